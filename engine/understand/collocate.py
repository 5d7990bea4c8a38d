"""Symptoms told by words that stand together: an output and "the same" for every image, a paper and "below".

`content/lexicon/collocations.toml` groups the words, `content/rules/collocations.toml` says which groups together mean
what, and within which distance.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from engine.understand.cues import Cue, Cues
from engine.understand.text import Part, Text
from kb.content import read_toml

_COMMA = re.compile(r"[,，;；。:：]\s?|\.\s")
BESIDE = 16
"""Characters before a collocation in which a barred word still belongs to it."""


class Collocation(NamedTuple):
    """A symptom with the stretch of words that mean it."""

    symptom: str
    start: int
    end: int
    denied: bool


class Collocations:
    """Finds collocations; immutable and safe to share."""

    def __init__(self, words: Cues, rules: Sequence[Mapping[str, Any]]) -> None:
        self._words, self._rules = words, rules

    @classmethod
    def load(cls) -> Self:
        """Read the two files."""
        words = Cues.of(read_toml("lexicon/collocations.toml"), apart=True)
        return cls(words, read_toml("rules/collocations.toml")["collocation"])

    def __call__(self, text: Text) -> list[Collocation]:
        """Return the first collocation of each rule that the text holds."""
        cues: dict[str, list[Cue]] = {}
        for cue in self._words.find(text.folded):
            for group in cue.groups:
                cues.setdefault(group, []).append(cue)
        found: list[Collocation] = []
        for rule in self._rules:
            first = next(self._found(rule, text, cues), None)
            if first:
                found.append(first)
        return found

    def _found(self, rule: Mapping[str, Any], text: Text, cues: Mapping[str, list[Cue]]) -> Iterator[Collocation]:
        if not all(group in cues for group in rule["all"]):
            return
        offsets = [part.offset for part in text.parts]
        wanted = [cues[group] for group in rule["all"]]
        barred = [cue for group in rule.get("none", ()) for cue in cues.get(group, ())]
        for cue in wanted[0]:
            chosen = _nearest(cue, wanted[1:], rule["within"])
            if chosen is None:
                continue
            start, end = min(c.start for c in chosen), max(c.end for c in chosen)
            home = text.parts[bisect_right(offsets, start) - 1]
            if not (rule.get("across") or end <= home.end):
                continue
            if rule.get("clause") and _COMMA.search(text.folded, start, end):
                continue
            if any(home.offset <= other.start < end and other.end > start - BESIDE for other in barred):
                continue
            yield Collocation(rule["symptom"], start, end, _is_denied(home, chosen))


def _nearest(cue: Cue, others: Sequence[Sequence[Cue]], within: int) -> list[Cue] | None:
    """The nearest word of each other group that is no part of those chosen, all within reach of the first."""
    chosen = [cue]
    for group in others:
        first, last = bisect_left(group, (cue.start - within,)), bisect_right(group, (cue.end + within,))
        free = [
            other for other in group[first:last] if all(other.end <= c.start or c.end <= other.start for c in chosen)
        ]
        near = min(free, key=lambda other: (abs(other.start - cue.start), other.start), default=None)
        if (
            near is None
            or max(near.end, *(c.end for c in chosen)) - min(near.start, *(c.start for c in chosen)) > within
        ):
            return None
        chosen.append(near)
    return chosen


def _is_denied(part: Part, chosen: Sequence[Cue]) -> bool:
    return any(part.sentence.denies(cue.start - part.offset) for cue in chosen[1:] if cue.start >= part.offset)
