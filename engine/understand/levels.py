"""What the figures of a question amount to: rows that rise, stall or swing, values at chance, gaps between splits.

A finding is a state of a metric (`loss` + `rising` on `val`), as words would name it, or a comparison of two splits.
Thresholds come from `content/rules/figures.toml`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from engine.understand.rows import PAIR, LevelRules, RowShapes, is_told_as_a_row, rows_of
from engine.understand.values import ABOVE_ONE, Figure

RANKED = frozenset({"public", "private"})
"""Splits whose leaderboards hold the asker's own scores."""
POOR = frozenset({"low", "at-chance"})
"""States of one value that blame it."""
Comparison = Literal["gap", "better", "close-and-poor", "below-reference", "public-gap", "impossible"]


class Shape(NamedTuple):
    """A state that the values of one metric show."""

    metric: str
    split: str
    state: str
    start: int
    end: int
    onset: float | None = None


class Compared(NamedTuple):
    """What two values of one metric say together, or one that can't be."""

    name: Comparison
    start: int
    end: int


class Told(NamedTuple):
    """A value that nobody would complain of, or one that is no better than guessing, or nearly so."""

    start: int
    end: int
    good: bool


class Judged(NamedTuple):
    """What the figures of a question amount to."""

    shapes: list[Shape]
    compared: list[Compared]
    told: list[Told]
    """Values that speak for themselves."""


class Levels:
    """Judges figures; immutable and safe to share."""

    def __init__(self, rules: LevelRules | None = None) -> None:
        self._rules = rules or LevelRules.load()
        self._n = self._rules.number
        self._shape_of = RowShapes(self._rules)

    def __call__(self, figures: Sequence[Figure], classes: Iterable[int] = ()) -> Judged:
        """Return what the figures amount to; `classes` are the numbers of classes that were named."""
        measured = [figure for figure in figures if figure.is_metric and not figure.groups & {"wished"}]
        own = [figure for figure in measured if "reference" not in figure.groups or figure.split in RANKED]
        rows = rows_of(own)
        shapes = [shape for row in rows for shape in self._row(row)]
        shapes += self._missed(figures)
        known = tuple(sorted(set(classes)))
        shapes += [shape for row in rows if not self._is_outdone(row[-1], rows) for shape in self._level(row, known)]
        shapes += self._both_low(rows)
        told = [Told(row[-1].start, row[-1].end, good=True) for row in rows if self._is_fine(row[-1])]
        impossible = [Compared("impossible", f.start, f.end) for f in own if self._is_impossible(f)]
        told += [Told(shape.start, shape.end, good=False) for shape in shapes if shape.state in POOR]
        return Judged(shapes, [*self._splits(rows), *self._references(measured), *impossible], told)

    # ---- rows

    def _row(self, row: Sequence[Figure]) -> Iterator[Shape]:
        if not is_told_as_a_row(row):
            return
        values = [figure.value for figure in row]
        first, last = row[0], row[-1]
        state = self._shape_of(first.holder, values)
        if state and (first.holder != "gradient" or state != "rising" or max(values) >= self._n["huge_gradient"]):
            turn = row[min(range(len(values)), key=values.__getitem__)] if state == "rising" else last
            yield Shape(first.holder, first.split, state, first.start, last.end, turn.time)

    # ---- values

    def _missed(self, figures: Sequence[Figure]) -> Iterator[Shape]:
        """Scores told beside the one that is wished for ("stops at 92 %, hoped for 97")."""
        for one, other in pairwise(figures):
            ours, wished = (one, other) if "wished" in other.groups else (other, one)
            if ours.holder != wished.holder or ("wished" in ours.groups) == ("wished" in wished.groups):
                continue
            if self._rules.is_share(ours.holder) and wished.value - ours.value >= self._n["reference_share"]:
                yield Shape(ours.holder, ours.split, "low", min(one.start, other.start), max(one.end, other.end))

    def _is_outdone(self, figure: Figure, rows: Sequence[Sequence[Figure]]) -> bool:
        """Whether a training score is far below the validation score, which then says what there is to say."""
        others = (row[-1].value for row in rows if row[-1].holder == figure.holder and row[-1].split == "val")
        is_share = self._rules.is_share(figure.holder) and figure.split == "train"
        return is_share and any(other - figure.value >= self._n["gap_share"] for other in others)

    def _level(self, row: Sequence[Figure], classes: Sequence[int]) -> Iterator[Shape]:
        last = row[-1]
        place = (last.holder, last.split)
        shape = self._shape_of(last.holder, [figure.value for figure in row])
        stays = (
            not last.groups.isdisjoint({"stays", "about", "sinks"})
            or (len(row) > PAIR and shape == "stalls")
            or (len(row) > 1 and shape == "dropping")
        )
        if last.holder == "gradient":
            if last.value >= self._n["huge_gradient"]:
                yield Shape(*place, "too-high", last.start, last.end, last.time)
            elif 0 <= min(figure.value for figure in row) <= self._n["tiny_gradient"]:
                yield Shape(*place, "near-zero", last.start, last.end, last.time)
        elif self._is_chance(last, classes) or (stays and self._is_likely_chance(last)):
            yield Shape(*place, "at-chance", last.start, last.end, last.time)
        elif last.holder == "loss" and last.value > 0 and shape != "never-falls" and _lingers(last):
            yield Shape(*place, "stalls", last.start, last.end, last.time)
        elif self._is_low(last):
            yield Shape(*place, "low", last.start, last.end, last.time)
        if last.holder == "loss" and last.value == 0 and stays:
            yield Shape(*place, "zero", last.start, last.end, last.time)
        if last.holder == "loss" and last.value < 0:
            yield Shape(*place, "negative", last.start, last.end, last.time)

    def _is_chance(self, figure: Figure, classes: Iterable[int]) -> bool:
        if self._rules.is_share(figure.holder):
            return any(abs(figure.value - 1.0 / k) <= min(self._n["chance_share"], 0.3 / k) for k in classes if k > 1)
        return figure.holder == "loss" and any(
            abs(figure.value - math.log(k))
            <= max(self._n["chance_loss"], min(figure.rounding, self._n["chance_rounded"]))
            for k in classes
            if k > 1
        )

    def _is_likely_chance(self, figure: Figure) -> bool:
        """Whether a value is that of guessing among a usual number of classes, or ln k to its last digit."""
        if self._is_chance(figure, self._rules.usual_classes):
            return True
        if figure.holder != "loss" or figure.value <= 0:
            return False
        classes = round(math.exp(min(figure.value, self._n["most_classes"])))
        exact = 2.0 * figure.rounding * classes <= self._n["chance_luck"]
        return classes > 1 and exact and abs(figure.value - math.log(classes)) <= figure.rounding

    def _is_low(self, figure: Figure) -> bool:
        if not self._rules.is_share(figure.holder):
            return False
        bound = self._n["low_share"] if figure.groups & {"poor", "stays"} else self._n["very_low_share"]
        return 0.0 <= figure.value < bound

    def _is_fine(self, figure: Figure) -> bool:
        if figure.holder == "loss" and figure.split == "train":
            return 0.0 < figure.value <= self._n["small_loss"]
        return self._rules.is_share(figure.holder) and self._n["good_share"] <= figure.value <= 1.0

    def _is_impossible(self, figure: Figure) -> bool:
        """Whether a share of one lies above one."""
        return self._rules.is_share(figure.holder) and 1.0 < figure.value <= ABOVE_ONE

    # ---- two values

    def _splits(self, rows: Sequence[Sequence[Figure]]) -> Iterator[Compared]:
        """Train against val, public against private; a validation loss that rises says so better than the gap does."""
        last: dict[tuple[str, str], Figure] = {}
        rising = {row[-1].holder for row in rows if self._shape_of(row[-1].holder, [f.value for f in row]) == "rising"}
        for row in rows:
            split = row[-1].split
            for name in ("train", "val") if split == "both" else (split,):
                last[row[-1].holder, name] = row[-1]
        for metric in sorted({metric for metric, _ in last}):
            train = last.get((metric, "train")) or last.get((metric, ""))
            val = last.get((metric, "val")) or last.get((metric, "inference"))
            if train and val and metric not in rising:
                found = self._compared(metric, train, val)
                if found == "close-and-poor" and not train.split:
                    continue
                if found:
                    yield Compared(found, min(train.start, val.start), max(train.end, val.end))
            public, private = last.get((metric, "public")), last.get((metric, "private"))
            if public and private and abs(public.value - private.value) >= self._n["close_share"]:
                yield Compared("public-gap", min(public.start, private.start), max(public.end, private.end))
        for row in rows:
            for one, other in pairwise(row):
                fell = one.value - other.value if self._rules.is_share(one.holder) else 0.0
                if "elsewhere" in other.groups and fell >= self._n["gap_share"]:
                    yield Compared("gap", one.start, other.end)

    def _both_low(self, rows: Sequence[Sequence[Figure]]) -> Iterator[Shape]:
        """A training score that is low, with a validation score as low beside it."""
        last = {(row[-1].holder, row[-1].split): row[-1] for row in rows}
        for (metric, split), train in last.items():
            val = last.get((metric, "val"))
            if split == "train" and val and self._compared(metric, train, val) == "close-and-poor":
                yield Shape(metric, split, "low", min(train.start, val.start), max(train.end, val.end))

    def _compared(self, metric: str, train: Figure, val: Figure) -> Comparison | None:
        one, other = train.value, val.value
        if self._rules.is_share(metric):
            if one - other >= self._n["gap_share"]:
                return "gap"
            if other - one >= self._n["better_share"]:
                return "better"
            return "close-and-poor" if max(one, other) < self._n["low_share"] else None
        if one <= 0 or other <= 0 or self._rules.better(metric) != "lower":
            return None
        if other / one >= self._n["gap_ratio"]:
            return "gap"
        return "better" if other / one <= self._n["better_ratio"] else None

    def _references(self, figures: Sequence[Figure]) -> Iterator[Compared]:
        """A value of somebody else's run that this one falls short of."""
        for one, other in pairwise(figures):
            ours, theirs = (one, other) if "reference" in other.groups else (other, one)
            if one.holder != other.holder or ("reference" in one.groups) == ("reference" in other.groups):
                continue
            short = theirs.value - ours.value
            if self._rules.is_share(one.holder) and short >= self._n["reference_share"]:
                yield Compared("below-reference", min(one.start, other.start), max(one.end, other.end))


def _lingers(figure: Figure) -> bool:
    """Whether words say of a value that it stays, and not that it came down to that."""
    return figure.groups & {"stays", "sinks"} == {"stays"}
