"""What the figures of a question amount to: rows that rise, stall or swing, values at chance, gaps between splits.

A finding is a state of a metric (`loss` + `rising` on `val`), as words would name it, or a comparison of two splits.
Thresholds come from `content/rules/figures.toml`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Self

from engine.understand.binding import ABOVE_ONE, REPEATED, Figure
from kb.content import read_toml

RANKED = frozenset({"public", "private"})
"""Splits whose leaderboards hold the asker's own scores."""
POOR = frozenset({"low", "at-chance"})
"""States of one value that blame it."""
LONG = 5
"""Values of a row whose second half tells whether it has levelled off."""
PAIR = 2
"""Values of the shortest row."""
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


@dataclass(frozen=True, slots=True)
class LevelRules:
    """The numbers of `rules/figures.toml`; each has its unit, reason and source there."""

    metrics: Mapping[str, Mapping[str, Any]]
    usual_classes: tuple[int, ...]
    number: Mapping[str, float]

    @classmethod
    def load(cls) -> Self:
        """Read the rules."""
        table = read_toml("rules/figures.toml")
        number = {name: entry["value"] for name, entry in table.items() if isinstance(entry, dict) and "value" in entry}
        return cls(table["metrics"], tuple(number.pop("usual_classes")), number)

    def better(self, metric: str) -> str:
        """Whether `lower` or `higher` values of a metric are better."""
        return str(self.metrics[metric]["better"])

    def is_share(self, metric: str) -> bool:
        """Whether a metric's values are shares of one."""
        return metric in self.metrics and bool(self.metrics[metric].get("share"))


class Levels:
    """Judges figures; immutable and safe to share."""

    def __init__(self, rules: LevelRules | None = None) -> None:
        self._rules = rules or LevelRules.load()
        self._n = self._rules.number

    def __call__(self, figures: Sequence[Figure], classes: Iterable[int] = ()) -> Judged:
        """Return what the figures amount to; `classes` are the numbers of classes that were named."""
        measured = [figure for figure in figures if figure.is_metric and not figure.groups & {"wished"}]
        own = [figure for figure in measured if "reference" not in figure.groups or figure.split in RANKED]
        rows = _joined(list(_rows(own)))
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
        if not _is_told_as_a_row(row):
            return
        values = [figure.value for figure in row]
        first, last = row[0], row[-1]
        state = self._shape(first.holder, values)
        if state and (first.holder != "gradient" or state != "rising" or max(values) >= self._n["huge_gradient"]):
            turn = row[min(range(len(values)), key=values.__getitem__)] if state == "rising" else last
            yield Shape(first.holder, first.split, state, first.start, last.end, turn.time)

    def _shape(self, metric: str, values: Sequence[float]) -> str:
        """What a row does, in the words of the lexicon's states; empty for a row that falls as a loss should."""
        if self._is_level(values):
            return self._flat(metric, values) if len(values) > PAIR else ""
        if self._is_swinging(values):
            return "oscillating"
        lowest, highest, last = min(values), max(values), values[-1]
        if self._rules.is_share(metric):
            return "dropping" if highest - last >= self._n["rise_share"] and last < values[0] else ""
        if metric == "loss" and len(values) > LONG and self._is_level(values[len(values) // 2 :]):
            return "stalls"
        if metric == "loss" and self._is_spike(values):
            return "spiking"
        return "rising" if last - lowest >= self._n["rise_relative"] * max(abs(lowest), 1e-12) else ""

    def _is_swinging(self, values: Sequence[float]) -> bool:
        """Whether a list goes up and down by more than noise."""
        steps = [b - a for a, b in pairwise(values)]
        turns = sum(a * b < 0 for a, b in pairwise(steps))
        large = min(map(abs, steps)) * len(values) >= self._n["swing_relative"] * sum(map(abs, values))
        return len(values) > PAIR + 1 and large and turns >= self._n["swings"] * (len(steps) - 1) and turns > 1

    def _flat(self, metric: str, values: Sequence[float]) -> str:
        """What a row that hardly changes does: a loss may still creep down, or never have moved at all."""
        if metric == "loss" and values[0] and len(set(values)) == 1:
            return "never-falls"
        creeps = metric == "loss" and len(values) > PAIR + 1 and all(b < a for a, b in pairwise(values))
        return "slow" if creeps else "stalls"

    def _is_spike(self, values: Sequence[float]) -> bool:
        """Whether one value towers over the rest, and the last one is back among them."""
        usual = sorted(values)[(len(values) - 1) // 2]
        inside = max(values[1:-1], default=0.0)
        return len(values) > PAIR + 1 and inside >= self._n["spike_ratio"] * usual > 0 and values[-1] <= 2.0 * usual

    def _is_level(self, values: Sequence[float]) -> bool:
        """Whether values lie within the noise of one another."""
        return max(values) - min(values) <= self._n["flat_relative"] * sum(map(abs, values)) / len(values)

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
        shape = self._shape(last.holder, [figure.value for figure in row])
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
        rising = {row[-1].holder for row in rows if self._shape(row[-1].holder, [f.value for f in row]) == "rising"}
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


def _is_told_as_a_row(row: Sequence[Figure]) -> bool:
    """Whether values follow one another: a pair only with a word for going on, none with a value of other data."""
    pair = len(row) == PAIR and not row[1].moved
    return len(row) >= PAIR and not pair and not any("elsewhere" in figure.groups for figure in row[1:])


def _joined(rows: list[list[Figure]]) -> list[list[Figure]]:
    """Rows of which those that hold nothing but one and the same value are one: a log that repeats itself."""
    out: list[list[Figure]] = []
    for row in rows:
        last = next((known for known in reversed(out) if _is_same(known, row)), None)
        if last:
            last.extend(row)
        else:
            out.append(list(row))
    return out


def _is_same(one: Sequence[Figure], other: Sequence[Figure]) -> bool:
    """Whether two rows of one quantity repeat one value to three decimals or more."""
    first = one[0]
    return (
        (first.holder, first.split) == (other[0].holder, other[0].split)
        and first.rounding <= REPEATED
        and all(figure.value == first.value for figure in (*one, *other))
    )


def _rows(figures: Sequence[Figure]) -> Iterator[list[Figure]]:
    """Values of one quantity in the order of time: lists, pairs with a word for going on, lines of a log."""
    rows: dict[tuple[str, str], list[list[Figure]]] = {}
    for before, figure in zip([None, *figures], figures, strict=False):
        known = rows.setdefault((figure.holder, figure.split), [])
        goes_on = figure.continues and before is not None and known and known[-1][-1] is before
        logged = known and figure.time is not None and known[-1][-1].time is not None
        if known and (goes_on or figure.continues or (logged and known[-1][-1].time != figure.time)):
            known[-1].append(figure)
        else:
            known.append([figure])
    for found in rows.values():
        yield from found
