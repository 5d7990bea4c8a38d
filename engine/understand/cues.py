"""The cues of questions: phrases that tell intent, scope and what was tried, found by one automaton of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import ahocorasick_rs

from kb.content import read_toml
from kb.model import LANGS
from kb.text import spellings

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
"""Characters that make up Latin words and numbers in folded text."""


class Cue(NamedTuple):
    """A cue's place in folded text and the groups it belongs to."""

    start: int
    end: int
    groups: tuple[str, ...]


class Cues:
    """Compiled phrases, grouped by dotted names such as `intent.remedy`."""

    def __init__(self, groups: Mapping[str, tuple[str, ...]], *, apart: bool = False) -> None:
        """Compile the groups; `apart` lets a longer phrase of one group hide only phrases of that group."""
        self._groups: dict[str, list[str]] = {}
        for group, phrases in groups.items():
            for phrase in phrases:
                for form in spellings(phrase):
                    self._groups.setdefault(form, []).append(group)
        self._forms = sorted(self._groups)
        self._known = [(_is_word(form[0]), _is_word(form[-1]), tuple(self._groups[form])) for form in self._forms]
        self._apart = apart
        kind = ahocorasick_rs.MatchKind.Standard if apart else ahocorasick_rs.MatchKind.LeftmostLongest
        self._automaton = ahocorasick_rs.AhoCorasick(self._forms, matchkind=kind)

    @classmethod
    def load(cls) -> Self:
        """Read `lexicon/questions.toml`."""
        return cls.of(read_toml("lexicon/questions.toml"))

    @classmethod
    def of(cls, tables: Mapping[str, Any], *, apart: bool = False) -> Self:
        """Compile nested tables whose leaves hold phrases by language."""
        return cls(dict(_flat(tables)), apart=apart)

    @property
    def forms(self) -> list[str]:
        """Every folded phrase of every group."""
        return self._forms

    def words(self, group: str) -> frozenset[str]:
        """Return the folded phrases of one group."""
        return frozenset(form for form, groups in self._groups.items() if group in groups)

    def find(self, folded: str) -> list[Cue]:
        """Return the cues from left to right; Latin ones only as whole words, none inside a longer one."""
        out = []
        size = len(folded)
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=self._apart):
            opens, closes, groups = self._known[index]
            if opens and start and folded[start - 1] in _WORD:
                continue
            if closes and end < size and folded[end] in _WORD:
                continue
            out.append(Cue(start, end, groups))
        return _apart(out) if self._apart else out


def _apart(found: Sequence[Cue]) -> list[Cue]:
    """Cues of which none hides in a longer one of its own group."""
    ends: dict[str, int] = {}
    out: list[Cue] = []
    for cue in sorted(found, key=lambda one: (one.start, -one.end)):
        groups = tuple(group for group in cue.groups if ends.get(group, 0) < cue.end)
        ends |= dict.fromkeys(groups, cue.end)
        if groups:
            out.append(Cue(cue.start, cue.end, groups))
    return out


def _is_word(char: str) -> bool:
    return char in _WORD


def _flat(tables: Mapping[str, Any], prefix: str = "") -> list[tuple[str, tuple[str, ...]]]:
    out: list[tuple[str, tuple[str, ...]]] = []
    for name, entry in tables.items():
        if set(entry) <= set(LANGS):
            out.append((prefix + name, tuple(phrase for lang in LANGS for phrase in entry.get(lang, ()))))
        else:
            out += _flat(entry, f"{prefix}{name}.")
    return out
