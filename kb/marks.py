"""Finds the words of the lexicon in folded text: one pass of an Aho-Corasick automaton, whatever the lexicon's size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from kb.composition import Category, Sense

_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
"""Characters that make up Latin words and numbers in folded text."""


class Form(NamedTuple):
    """What a form of words can mean, with the questions asked most often already answered."""

    senses: tuple[Sense, ...]
    node: str | None
    """The first node that it names."""
    thing: str | None
    """The thing that it is, or that it contains (`梯度` in `梯度消失`)."""
    predicates: tuple[Sense, ...]
    """Its senses as a state or an act."""
    qualifiers: tuple[str, ...]
    """Splits and phases that it names."""
    cues: tuple[str, ...]


class Mark(NamedTuple):
    """A stretch of folded text that the lexicon knows."""

    start: int
    end: int
    form: Form

    @property
    def senses(self) -> tuple[Sense, ...]:
        """Everything that the stretch can mean."""
        return self.form.senses

    @property
    def thing(self) -> str | None:
        """The thing that it is about."""
        return self.form.thing

    def moved(self, by: int) -> Mark:
        """Return the mark with its offsets counted from another start."""
        return Mark(self.start + by, self.end + by, self.form)


def form_of(senses: Iterable[Sense], thing: str | None = None) -> Form:
    """Return a form with its answers filled in."""
    senses = tuple(senses)
    return Form(
        senses,
        first(senses, "node"),
        first(senses, "thing") or thing,
        tuple(sense for sense in senses if sense.category in ("state", "action")),
        tuple(sense.id for sense in senses if sense.category in ("split", "phase")),
        tuple(sense.id for sense in senses if sense.category == "cue"),
    )


def first(senses: Iterable[Sense], *categories: Category) -> str | None:
    """Return the first sense of some categories."""
    return next((sense.id for sense in senses if sense.category in categories), None)


class Marker:
    """The compiled lexicon. Immutable once made; safe to share."""

    def __init__(self, forms: Mapping[str, tuple[Sense, ...]]) -> None:
        spelt = [form for form in forms if form]
        self._automaton = ahocorasick_rs.AhoCorasick(spelt, implementation=ahocorasick_rs.Implementation.ContiguousNFA)
        self._edges = [(form[0] in _WORD, form[-1] in _WORD) for form in spelt]
        known = {senses: form_of(senses) for senses in set(forms.values())}
        self._forms = [known[forms[form]] for form in spelt]
        for at, text in enumerate(spelt):
            inner = self._inner_thing(text, self._forms[at])
            if inner != self._forms[at].thing:
                self._forms[at] = form_of(self._forms[at].senses, inner)

    def _inner_thing(self, text: str, form: Form) -> str | None:
        if form.thing or not form.node:
            return form.thing
        inner = (mark for mark in self._every(text) if mark.end - mark.start < len(text))
        return next((mark.form.thing for mark in inner if mark.form.thing), None)

    def _every(self, folded: str) -> list[Mark]:
        """All forms at all places, plurals last; Latin ones as whole words only, a plural's `s` included."""
        found: list[Mark] = []
        plurals: list[Mark] = []
        size = len(folded)
        edges, forms = self._edges, self._forms
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            word_start, word_end = edges[index]
            if word_start and start and folded[start - 1] in _WORD:
                continue
            if word_end and folded[end : end + 1] == "." and folded[end - 1 : end + 2 : 2].isdigit() and end + 1 < size:
                continue  # the 0 of 0.3 is no zero
            if word_end and end < size and folded[end] in _WORD:
                if folded[end] != "s" or (end + 1 < size and folded[end + 1] in _WORD):
                    continue
                plurals.append(Mark(start, end + 1, forms[index]))
                continue
            found.append(Mark(start, end, forms[index]))
        return found + plurals

    def marks(self, folded: str) -> list[Mark]:
        """Return the longest marks from left to right, none overlapping another; `folded` comes from `text.fold`."""
        kept: list[Mark] = []
        reached = 0
        found = sorted(self._every(folded), key=_leftmost_longest)
        for at, mark in enumerate(found):
            if mark.start >= reached:
                if not mark.form.node and _is_cut_by_node(found, at):
                    continue
                kept.append(mark)
                reached = mark.end
            elif kept and mark[:2] == kept[-1][:2]:
                kept[-1] = Mark(mark.start, mark.end, _both(kept[-1].form, mark.form))
        return kept


def _is_cut_by_node(found: list[Mark], at: int) -> bool:
    """Whether a longer phrase that names a node begins inside a mark: "is not" gives way to "not converging"."""
    mark = found[at]
    for place in range(at + 1, len(found)):
        other = found[place]
        if other.start >= mark.end:
            return False
        if other.end > mark.end and other.form.node and other.end - other.start > mark.end - mark.start:
            return True
    return False


@cache
def _both(one: Form, other: Form) -> Form:
    """What a stretch means that is a form of its own and another's plural."""
    return form_of(dict.fromkeys((*one.senses, *other.senses)), one.thing or other.thing)


def _leftmost_longest(mark: Mark) -> tuple[int, int]:
    return (mark.start, -mark.end)
