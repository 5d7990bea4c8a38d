"""A number with what it belongs to, and what stands around it: how its owner takes it, its epoch, its rounding."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from engine.understand.cues import Cue, Cues
from engine.understand.numbers import Number
from engine.understand.text import Text
from kb.content import read_toml
from kb.text import fold

LINE_HEAD = 24
"""Characters at the head of a log's line in which its epoch or step stands."""
NEAR = 16
"""Characters before a value in which a word tells how its owner takes it; half as many after it."""
GROUPS = ("moves", "elsewhere", "stays", "about", "poor", "reference", "wished", "reached", "again", "sinks", "nearly")
"""Words around values, by what they say of them."""
CLOSE = 2
"""Characters between a holder and a number that stands right behind it."""
PERCENT = 100.0
ABOVE_ONE = 1.1
"""A score a little above 1 is no percentage but one that can't be."""
REPEATED = 0.0005
"""Rounding from which a value that is met again is the same one: three decimals are no coincidence."""
CLAUSE = re.compile(r"[,，;；。!！?？\n]|\.(?=\s|$)")
"""Ends a clause, beyond which words are said of something else."""
_DECIMALS = re.compile(r"\.(\d+)")


class Holder(NamedTuple):
    """A word that numbers belong to: a metric (a thing of the lexicon) or a setting (a key of `rules/context.toml`)."""

    start: int
    end: int
    name: str
    is_metric: bool


class Figure(NamedTuple):
    """A number with what it belongs to; places are those of the mended text."""

    holder: str
    is_metric: bool
    split: str
    """`train`, `val`, … or empty."""
    value: float
    """Shares in [0, 1] for scores, however they were written."""
    start: int
    """Where its holder or the number itself begins, whichever comes first."""
    at: int
    """Where the number begins."""
    end: int
    continues: bool
    """A later value of the same quantity as the figure before it."""
    moved: bool
    """A word or an arrow between the two says so."""
    time: float | None
    """Epoch or step that stands with it."""
    rounding: float
    """Half a unit of its last digit: what the value may be off by."""
    groups: frozenset[str]
    """What the words around it say: `stays`, `poor`, `reference`, …; `elsewhere` where it is of other data."""


@dataclass(frozen=True, slots=True)
class FigureWords:
    """Words around figures, from `lexicon/numbers.toml`."""

    bridge: re.Pattern[str]
    near: Cues
    """The words of `GROUPS`."""
    times: re.Pattern[str]
    """What is written before the number of an epoch, a step or a layer, where values are listed by these."""
    behind: re.Pattern[str]
    """What may stand between a number and the split that it is of ("61 % on the test set")."""
    part: re.Pattern[str]
    """What makes a share one of something ("10 % of the data")."""
    axis: re.Pattern[str]
    """What stands before a setting that only says what a metric is told over ("accuracy by epoch")."""
    announced: re.Pattern[str]
    """What opens a list of values."""

    @classmethod
    def load(cls) -> Self:
        """Read `lexicon/numbers.toml`."""
        table = read_toml("lexicon/numbers.toml")
        words = sorted((fold(word) for word in _forms(table["bridge"])), key=lambda word: (-len(word), word))
        latin = "|".join(re.escape(word) for word in words if _is_latin(word[0]))
        other = "|".join(re.escape(word) for word in words if not _is_latin(word[0]))
        over, lists = _any(table["axis"]), _any(table["announces"])
        near, article = _any(table["behind"]["of"]), _any(table["behind"]["article"])
        steps, layers = table["unit"]["time"]["before"], table["unit"]["layers"]["before"]
        return cls(
            bridge=re.compile(rf"(?:(?<![a-z0-9])(?:{latin})(?![a-z0-9])|{other}|[\s,，、:：≈~～>#/→+*])*+"),
            near=Cues({name: tuple(_forms(table[name])) for name in GROUPS}, apart=True),
            times=re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, (*steps, *layers)))})\d*(?![a-z])"),
            behind=re.compile(rf"\s?(?:[(（]|(?:{near}) )?(?:(?:{article}) )?"),
            part=re.compile(rf"\s?(?:{_any(table['part_of'])})(?![a-z])"),
            axis=re.compile(rf"(?:(?:{over})(?: \d+)?|\d) ?$"),
            announced=re.compile(rf"(?:[:：]|{lists})\s?$"),
        )


def _forms(entry: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (form for forms in entry.values() for form in forms)


def _any(entry: Mapping[str, Sequence[str]]) -> str:
    return "|".join(map(re.escape, _forms(entry)))


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


class Nearby:
    """Reads the surroundings of one question's numbers; made, asked, and dropped."""

    def __init__(self, text: Text, numbers: Sequence[Number], words: FigureWords) -> None:
        self.text = text
        self.cues = words.near.find(text.folded)
        self.cue_starts = [cue.start for cue in self.cues]
        self.times = [number for number in numbers if number.unit == "time"]
        self.time_starts = [number.start for number in self.times]

    def groups(self, number: Number) -> frozenset[str]:
        """Return what the words around a number say of it, by the groups of `GROUPS`."""
        found = (
            cue.groups
            for cue in self._within(number.start - NEAR, number.end + NEAR // 2)
            if self._same_clause(cue, number)
        )  # fmt: skip
        return frozenset(group for groups in found for group in groups) - {"elsewhere"}

    def between(self, start: int, number: Number) -> set[str]:
        """Return the groups of the words between the end of a value and the next number."""
        found = (cue.groups for cue in self._within(start, number.start) if cue.end <= number.start)
        return {group for groups in found for group in groups}

    def is_again(self, number: Number) -> bool:
        """Whether words right before a value go on about the last metric ("at epoch 58 it's at 112")."""
        near = self._within(number.start - NEAR, number.start)
        return any("again" in cue.groups and 0 <= number.start - cue.end <= CLOSE for cue in near)

    def is_only_near(self, number: Number) -> bool:
        """Whether a zero is no value but what a value is near to or far from ("not close to 0")."""
        near = self._within(number.start - NEAR, number.start) if number.value == 0 else ()
        return any("nearly" in cue.groups and 0 <= number.start - cue.end <= CLOSE for cue in near)

    def time(self, number: Number) -> float | None:
        """The epoch or step named within a few words of a value, or at the head of its line."""
        first, last = (
            bisect_left(self.time_starts, number.end - NEAR),
            bisect_right(self.time_starts, number.end + NEAR),
        )
        near = [
            other
            for other in self.times[first:last]
            if "\n" not in self.text.folded[min(other.start, number.start) : max(other.end, number.end)]
        ]
        if near:
            return min(near, key=lambda other: abs(other.start - number.start)).value
        line = self.text.folded.rfind("\n", 0, number.start) + 1
        opening = self.times[bisect_left(self.time_starts, line) :][:1]
        return (
            opening[0].value
            if opening and opening[0].start - line <= LINE_HEAD and opening[0].end < number.start
            else None
        )

    def rounding(self, number: Number) -> float:
        """Half a unit of the last digit that is written."""
        decimals = _DECIMALS.search(self.text.folded, number.start, number.end)
        written = len(decimals[1]) if decimals else 0
        return 0.5 * 10.0**-written * (1 / PERCENT if number.is_percent else 1.0)

    def _within(self, start: int, end: int) -> Sequence[Cue]:
        """The words that begin within a stretch."""
        return self.cues[bisect_left(self.cue_starts, start) : bisect_right(self.cue_starts, end)]

    def _same_clause(self, cue: Cue, number: Number) -> bool:
        between = (min(cue.end, number.end), max(cue.start, number.start))
        return CLAUSE.search(self.text.folded, *between) is None
