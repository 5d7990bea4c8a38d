"""Contrast: something works here and fails there, which is the strongest clue that people give.

    brilliant on the training set, terrible on the test set      data: train good, val bad
    bs 32 works, bs 4 doesn't                                    batch_size: 32 good, 4 bad
    the 30-layer net has a higher loss than the 3-layer one      layers: 30 bad, 3 good

`verdicts.py` finds what is said of each side; `content/rules/sides.toml` says what a good and a bad side of an axis
mean together.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

from engine.model import Contrasted
from engine.understand.cues import Cues
from engine.understand.levels import Told
from engine.understand.numbers import Number
from engine.understand.side_rules import SideRules
from engine.understand.text import Text
from engine.understand.values import Figure
from engine.understand.verdicts import DATA, REACH, Frame, Name, Reader, Side
from kb.content import read_toml

BEHIND = 8
"""Characters between a value and the setting that it is told for ("0.42 with 2 layers")."""
TWO = 2
"""Sides of a comparison by value."""


class Contrast(NamedTuple):
    """What two frames mean together."""

    axis: str
    good: str
    bad: str
    symptom: str | None
    remedy: str | None
    causes: tuple[str, ...]
    start: int
    end: int

    def told(self, text: Text) -> Contrasted:
        """The contrast in the asker's own words."""
        span = text.span(self.start, self.end)
        return Contrasted(self.axis, self.good, self.bad, self.symptom, self.remedy, self.causes, span)


class Sides:
    """Finds contrasts; immutable and safe to share."""

    def __init__(self, words: Cues, numbered: Mapping[str, str], rules: SideRules, symptoms: Container[str]) -> None:
        self._words, self._numbered, self._rules, self._symptoms = words, numbered, rules, symptoms

    @classmethod
    def load(cls, symptoms: Container[str]) -> Self:
        """Read `lexicon/sides.toml` and `rules/sides.toml`."""
        table = read_toml("lexicon/sides.toml")
        numbered = {source: axis for axis, source in table.pop("numbered").items()}
        return cls(Cues.of(table), numbered, SideRules.load(), symptoms)

    def __call__(
        self,
        text: Text,
        figures: Sequence[Figure],
        numbers: Sequence[Number],
        told: Sequence[Told] = (),
    ) -> tuple[list[Contrast], list[tuple[str, int, int]]]:
        """Return the contrasts in the order of the rules, and the symptoms that are not there with their places.

        A symptom is not there when what would show it is said to be fine. `told` are values that speak for
        themselves ("train accuracy hits 1.0", "test: 10 %").
        """
        reader = Reader(text, self._words, self._rules, self._symptoms, told)
        sides = [*reader.named(), *self._counted(figures, numbers)]
        frames = list(_by_change(text, figures, self._numbered))
        for axis in sorted({side.axis for side in sides}):
            mine = sorted((side for side in sides if side.axis == axis), key=lambda side: side.start)
            frames += reader.frames(mine)
            frames += _by_value(mine, figures, self._rules.better)
        return [*self._meant(text, frames), *self._blamed(reader)], list(reader.fine())

    def _blamed(self, reader: Reader) -> Iterator[Contrast]:
        for side in reader.changed():
            yield Contrast(side.axis, "", "", None, None, self._rules.blames[side.axis], side.start, side.end)

    def _counted(self, figures: Iterable[Figure], numbers: Iterable[Number]) -> Iterator[Side]:
        """Settings with a number, and counted things (layers, devices)."""
        for figure in figures:
            if not figure.is_metric and figure.holder in self._numbered:
                yield Side(figure.start, figure.end, self._numbered[figure.holder], figure.value)
        for number in numbers:
            if number.unit in self._numbered:
                yield Side(number.start, number.end, self._numbered[number.unit], number.value)

    def _meant(self, text: Text, frames: Sequence[Frame]) -> Iterator[Contrast]:
        for rule in self._rules.contrasts:
            mine = [frame for frame in frames if frame.axis == rule["axis"]]
            found = next(_pairs(rule, mine), None) or (_alone(rule, mine) if rule.get("alone") else None)
            if found:
                one, other = found
                close = not text.folded[min(one.end, other.end) : max(one.start, other.start)].count("\n")
                start = min(one.start, other.start) if close else other.start
                yield Contrast(
                    rule["axis"], _said(one.name), _said(other.name), rule.get("symptom"), rule.get("remedy"), (),
                    start, max(one.end, other.end) if close else other.end,
                )  # fmt: skip


def _by_change(text: Text, figures: Sequence[Figure], numbered: Mapping[str, str]) -> Iterator[Frame]:
    """Frames of a setting that was changed and helped by it: "lr from 1e-3 to 1e-4, then it converged"."""
    helped = [(part.offset, part.end) for part in text.parts if part.has("tried.helped")]
    for one, other in pairwise(figures):
        axis = numbered.get(other.holder)
        if axis is None or one.holder != other.holder or not other.moved:
            continue
        if any(start <= one.at and other.end <= end for start, end in helped):
            yield Frame(axis, one.value, False, True, True, one.start, other.end)
            yield Frame(axis, other.value, True, True, True, one.start, other.end)


def _pairs(rule: Mapping[str, Any], frames: Sequence[Frame]) -> Iterator[tuple[Frame, Frame]]:
    """Frames that fit a rule: the first one good (or bad as well, where the rule says so), the second bad."""
    want = rule.get("good") or rule["bad"]
    other = rule["bad"] if "good" in rule else rule["and_bad"]
    praised = {frame.name for frame in frames if frame.good}
    for one in frames:
        for two in frames:
            if one.good != ("good" in rule) or two.good or one.name == two.name:
                continue
            if rule["axis"] == DATA and not (two.level and (one.good or one.level)):
                continue
            if "and_bad" in rule and not (one.measured and two.measured and {one.name, two.name}.isdisjoint(praised)):
                continue
            if isinstance(one.name, str) and isinstance(two.name, str):
                if (one.name, two.name) == (want, other):
                    yield one, two
            elif want == _order(one.name, two.name):
                yield one, two


def _order(one: Name, other: Name) -> str:
    """Whether the first of two numbers is `higher` or `lower`; empty for names."""
    if isinstance(one, str) or isinstance(other, str):
        return ""
    return "higher" if one > other else "lower"


def _alone(rule: Mapping[str, Any], frames: Sequence[Frame]) -> tuple[Frame, Frame] | None:
    """The good side of a rule for which that says enough, where nothing is said of the other."""
    good = [frame for frame in frames if frame.name == rule["good"] and frame.good]
    return (good[0], good[0]) if good and all(frame.name == rule["good"] for frame in frames) else None


def _said(name: Name) -> str:
    return name if isinstance(name, str) else f"{name:g}"


def _by_value(sides: Sequence[Side], figures: Sequence[Figure], better: Mapping[str, str]) -> Iterator[Frame]:
    """Frames from one metric's values under two settings: 56 layers 0.9, 20 layers 0.3."""
    if len({side.name for side in sides}) < TWO or any(isinstance(side.name, str) for side in sides):
        return
    values = [figure for figure in figures if figure.is_metric]
    places, starts = [figure.at for figure in values], [side.start for side in sides]
    tied = [
        (side, figure)
        for side in sides
        for figure in values[bisect_left(places, side.end) : bisect_right(places, side.end + REACH)]
        if bisect_right(starts, side.end) == bisect_left(starts, figure.at)
    ]
    if len({side.name for side, _ in tied}) < TWO:
        tied = [(side, figure) for side in sides for figure in values if 0 <= side.start - figure.end <= BEHIND]
    metrics = {figure.holder for _, figure in tied}
    if len(metrics) != 1 or len({side.name for side, _ in tied}) < TWO:
        return
    sign = 1.0 if better[metrics.pop()] == "higher" else -1.0
    best = max(sign * figure.value for _, figure in tied)
    for side, figure in tied:
        yield Frame(side.axis, side.name, sign * figure.value == best, True, True, side.start, figure.end)
