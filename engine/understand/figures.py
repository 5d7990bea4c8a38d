"""Finds what numbers can belong to in a question, metrics and settings by name, and has them bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from engine.understand.binding import Binder
from engine.understand.cues import Cues
from engine.understand.numbers import Number
from engine.understand.text import Text
from engine.understand.values import Figure, FigureWords, Holder
from kb.content import read_toml
from kb.marks import Mark


class Figures:
    """Ties numbers to metrics and settings; immutable and safe to share."""

    def __init__(
        self, metrics: Mapping[str, Mapping[str, Any]], settings: Cues, things: Mapping[str, str], words: FigureWords
    ) -> None:
        self._metrics, self._settings, self._things, self._words = metrics, settings, things, words

    @classmethod
    def load(cls) -> Self:
        """Read the metrics of `rules/figures.toml` and the names of settings of `rules/context.toml`."""
        keys = read_toml("rules/context.toml")["keys"]
        rules = read_toml("rules/figures.toml")
        settings = Cues({key: (key.replace("_", " "), *keys[key]) for key in rules["settings"]["read"]})
        return cls(rules["metrics"], settings, rules["settings"]["things"], FigureWords.load())

    def __call__(self, text: Text, numbers: Sequence[Number]) -> list[Figure]:
        """Return the figures in order; numbers that belong to nothing known are left out."""
        if not numbers:
            return []
        shares = {name for name, entry in self._metrics.items() if entry.get("share")}
        return Binder(text, numbers, self._holders(text), self._words, shares).figures()

    def _holders(self, text: Text) -> list[Holder]:
        named = [
            Holder(mark.start, mark.end, self._things.get(thing, thing), is_metric=thing in self._metrics)
            for mark, thing in ((mark, mark.form.thing or "") for mark in text.marks if not mark.form.predicates)
            if thing in self._metrics or (thing in self._things and _is_thing(mark))
        ]
        settings = [
            Holder(cue.start, cue.end, cue.groups[0], is_metric=False) for cue in self._settings.find(text.folded)
        ]
        return list(_longest([*named, *settings]))


def _longest(holders: Iterable[Holder]) -> Iterator[Holder]:
    """Holders that don't overlap; of those that begin together the longest ("grad accum" before "grad")."""
    end = 0
    for holder in sorted(holders, key=lambda one: (one.start, -one.end, not one.is_metric)):
        if holder.start >= end:
            end = holder.end
            yield holder


def _is_thing(mark: Mark) -> bool:
    """Whether a mark is the name of a thing, no longer phrase about it ("batch size 2")."""
    return any(sense.category == "thing" for sense in mark.senses)
