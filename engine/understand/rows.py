"""Values of one quantity in the order of time, and what such a row does: rise, stall, swing, spike.

Thresholds come from `content/rules/figures.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

from engine.understand.values import REPEATED, Figure
from kb.content import read_toml

LONG = 5
"""Values of a row whose second half tells whether it has levelled off."""
PAIR = 2
"""Values of the shortest row."""


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


class RowShapes:
    """Tells what rows do; immutable and safe to share."""

    def __init__(self, rules: LevelRules) -> None:
        self._rules, self._n = rules, rules.number

    def __call__(self, metric: str, values: Sequence[float]) -> str:
        """Return what a row does, in the words of the lexicon's states; empty for a row that falls as a loss should."""
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
        return (
            len(values) > PAIR + 1
            and inside >= self._n["spike_ratio"] * usual > 0
            and values[-1] <= self._n["spike_return"] * usual
        )

    def _is_level(self, values: Sequence[float]) -> bool:
        """Whether values lie within the noise of one another."""
        return max(values) - min(values) <= self._n["flat_relative"] * sum(map(abs, values)) / len(values)


def rows_of(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Return the rows of figures in the order of their first values."""
    return _joined(list(_rows(figures)))


def is_told_as_a_row(row: Sequence[Figure]) -> bool:
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
