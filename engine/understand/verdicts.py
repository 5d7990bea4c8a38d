"""Verdicts on the sides of a contrast: what works, what fails, clause by clause.

Each clause says of a side whether it is good or bad: in a verdict ("works", "loss is high", 崩了), or by comparing two
sides ("higher than", 比…低).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.understand.cues import Cue, Cues
from engine.understand.levels import Told
from engine.understand.side_rules import SideRules
from engine.understand.text import BOTH, PAIR, Part, Text, covered
from kb.marks import Mark

Name = str | float
_BREAK = re.compile(r"[,，;；:：!！?？。、\n|]|\.(?=\s|$)|\s[/—]\s|(?<![a-z])(?:and|then)(?![a-z])")
DATA = "data"
"""The axis whose sides are the splits of the lexicon."""
REACH = 40
"""Characters between a setting and what is said of it."""


class Side(NamedTuple):
    """One side of an axis: a word, or the number of a setting."""

    start: int
    end: int
    axis: str
    name: Name


class Verdict(NamedTuple):
    """Something found good or bad."""

    start: int
    end: int
    good: bool
    level: bool
    """It says how things are, not only where they are going."""
    measured: bool = False
    """It is a state of a metric (high, low), no general judgement."""


class Frame(NamedTuple):
    """A verdict on one side."""

    axis: str
    name: Name
    good: bool
    level: bool
    measured: bool
    """It is said of a metric."""
    start: int
    end: int


class Reader:
    """Reads the sides and verdicts of one question; made, asked, and dropped."""

    def __init__(
        self,
        text: Text,
        words: Cues,
        rules: SideRules,
        symptoms: Container[str],
        told: Sequence[Told] = (),
    ) -> None:
        self.text, self.rules, self.symptoms, self.told = text, rules, symptoms, told
        self.cues = words.find(text.folded)
        inside = covered(len(text.folded) + 1, [(mark.start + 1, mark.end) for mark in text.marks])
        stops = [found.start() for found in _BREAK.finditer(text.folded) if not inside[found.start()]]
        stops += [mark.start for mark in text.marks if "but" in mark.form.cues]
        self.stops = sorted(stops)
        self.by_clause: dict[int, list[Cue]] = {}
        for cue in self.cues:
            self.by_clause.setdefault(self.clause(cue.start), []).append(cue)
        self.metrics: dict[int, list[Mark]] = {}
        for mark in text.marks:
            if mark.form.thing in rules.better:
                self.metrics.setdefault(self.clause(mark.start), []).append(mark)
        self.verdicts = self._verdicts()

    def clause(self, place: int) -> int:
        """The number of the clause that a place lies in."""
        return bisect_right(self.stops, place)

    def named(self) -> Iterator[Side]:
        """The sides that words name."""
        taken: set[int] = set()
        for cue in self.cues:
            for group in cue.groups:
                kind, _, rest = group.partition(".")
                if kind == "axis":
                    axis, name = rest.split(".")
                    taken.update(range(cue.start, cue.end))
                    yield Side(cue.start, cue.end, axis, name)
        for split in self.text.splits:
            if split.start not in taken:
                for name in PAIR if split.name == BOTH else (split.name,):
                    yield Side(split.start, split.end, DATA, name)

    # ---- verdicts

    def _verdicts(self) -> list[Verdict]:
        found = [
            Verdict(cue.start, cue.end, group == "judge.good", True)
            for cue in self.cues
            for group in cue.groups
            if group.startswith("judge.")
        ]
        found += [Verdict(start, end, good, level=True, measured=True) for start, end, good in self.told]
        for part in self.text.parts:
            for mark in part.sentence.marks:
                found += self._judged(part, mark)
        kept: list[Verdict] = []
        for verdict in sorted(found, key=lambda v: (v.start, -v.end)):
            if not kept or verdict.start >= kept[-1].end:
                kept.append(verdict)
        return kept

    def _judged(self, part: Part, mark: Mark) -> Iterator[Verdict]:
        states = [sense.id for sense in mark.form.predicates if sense.category == "state"]
        named = mark.form.node in self.symptoms and mark.form.thing in self.rules.better
        if not states and not named:
            return
        start, end = mark.start + part.offset, mark.end + part.offset
        denied = part.sentence.denies(mark.start)
        if named and not denied:
            yield Verdict(start, end, good=False, level=True, measured=True)
            return
        for state in states:
            good = self._praise(state, self._metric(start))
            if good is not None and not (denied and not good):
                yield Verdict(
                    start, end, good != denied, state in self.rules.level, state not in self.rules.bad | self.rules.good
                )
                return

    def _praise(self, state: str, metric: str | None) -> bool | None:
        if state in self.rules.good:
            return True
        if state in self.rules.bad:
            return False
        if metric is None:
            return None
        way = self.rules.by_metric[self.rules.better[metric]]
        return True if state in way["good"] else False if state in way["bad"] else None

    def _metric(self, place: int) -> str | None:
        """The metric that a state is said of: the nearest of its clause, else the last one of the clause before."""
        clause = self.clause(place)
        here = self.metrics.get(clause)
        if here:
            return min(here, key=lambda mark: (abs(mark.start - place), mark.start)).form.thing
        before = self.metrics.get(clause - 1)
        return before[-1].form.thing if before else None

    # ---- frames

    def frames(self, sides: Sequence[Side]) -> list[Frame]:
        """The verdicts on the sides of one axis, clause by clause."""
        clauses: dict[int, list[Side]] = {}
        for side in sides:
            clauses.setdefault(self.clause(side.start), []).append(side)
        judged: dict[int, list[Verdict]] = {}
        for verdict in self.verdicts:
            judged.setdefault(self.clause(verdict.start), []).append(verdict)
        out: list[Frame] = []
        pending: list[Side] = []
        for number in sorted(clauses.keys() | judged.keys()):
            here = clauses.get(number, [])
            verdicts = judged.get(number, [])
            both = here if len({side.name for side in here}) > 1 else self._with_last(here, clauses, number)
            compared = self._compared(both, number) if here and len({side.name for side in both}) > 1 else []
            if compared:
                out += compared
                pending = []
            elif here and verdicts:
                out += _assigned(here, verdicts)
                pending = []
            elif here:
                pending = here
            elif verdicts and pending:
                out += _assigned(pending, verdicts[:1])
                pending = []
        return out

    def _compared(self, sides: Sequence[Side], number: int) -> list[Frame]:
        """The frames of "A is higher than B"."""
        groups = {group: cue for cue in self.by_clause.get(number, ()) for group in cue.groups}
        if "than" not in groups:
            return []
        one, other = sides[0], next(side for side in sides if side.name != sides[0].name)
        metric = self._metric(one.start)
        way = next((name for name in ("better", "worse", "higher", "lower") if name in groups), None)
        if way is None or (way in ("higher", "lower") and metric is None) or self._is_turned(groups, way):
            return []
        good = way == "better" or (metric is not None and way == self.rules.better[metric])
        end = max(one.end, other.end, groups[way].end)
        return [
            Frame(one.axis, one.name, good, True, True, one.start, end),
            Frame(other.axis, other.name, not good, True, True, one.start, end),
        ]

    def _with_last(self, here: Sequence[Side], clauses: Mapping[int, Sequence[Side]], number: int) -> list[Side]:
        """The side of the clause before, where this one only compares it: "it jumps, and is far below the training"."""
        than = [cue for cue in self.by_clause.get(number, ()) if "than" in cue.groups]
        last = clauses.get(number - 1, [])[-1:] if than and here and here[0].start > than[0].start else []
        return [*last, *here]

    def _is_turned(self, groups: Mapping[str, Cue], way: str) -> bool:
        """Whether a comparison is denied ("no worse than", 并不比…差)."""
        starts = (groups[way].start, groups["than"].start)
        denials = [cue.end for cue in self.cues if "denied" in cue.groups]
        return any(0 <= start - end <= 1 for start in starts for end in denials)

    # ---- what is fine

    def fine(self) -> Iterator[tuple[str, int, int]]:
        """Symptoms that are not there, since what would show them is said to be fine, each with its place."""
        things: dict[int, list[Mark]] = {}
        for mark in self.text.marks:
            if mark.form.thing:
                things.setdefault(self.clause(mark.start), []).append(mark)
        splits = {(self.clause(split.start), split.name) for split in self.text.splits}
        for verdict in self.verdicts:
            clause = self.clause(verdict.start)
            for rule in self.rules.fine if verdict.good and not verdict.measured else ():
                said_of = [mark for mark in things.get(clause, ()) if mark.form.thing == rule["thing"]]
                if said_of and ("side" not in rule or (clause, rule["side"]) in splits):
                    for symptom in rule["absent"]:
                        yield symptom, min(said_of[0].start, verdict.start), max(said_of[0].end, verdict.end)

    # ---- what was changed

    def changed(self) -> Iterator[Side]:
        """Things said to be the only change before the trouble began, each as an axis of its own."""
        known = [mark for mark in self.text.marks if mark.form.thing in self.rules.blames]
        starts = [mark.start for mark in known]
        for cue in self.cues:
            place = bisect_left(starts, cue.end)
            if "changed" not in cue.groups or place == len(known):
                continue
            mark = known[place]
            if mark.start - cue.end <= REACH and self.clause(mark.start) <= self.clause(cue.end) + 1:
                yield Side(cue.start, mark.end, mark.form.thing or "", "")


def _assigned(sides: Sequence[Side], verdicts: Sequence[Verdict]) -> list[Frame]:
    """Each verdict goes to the nearest side before it, else after it; sides without one share the last."""
    out: list[Frame] = []
    for verdict in verdicts:
        before = [side for side in sides if side.start <= verdict.start]
        chosen = before[-1] if before else sides[0]
        same = [side for side in sides if side.start == chosen.start]
        out += [
            Frame(
                side.axis,
                side.name,
                verdict.good,
                verdict.level,
                verdict.measured,
                min(side.start, verdict.start),
                max(side.end, verdict.end),
            )
            for side in same
        ]
    judged = {frame.name for frame in out}
    last = out[-1]
    out += [last._replace(name=side.name) for side in sides if side.name not in judged]
    return out
