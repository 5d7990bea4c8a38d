"""Cuts a sentence into clauses and tells what a predicate in one of them may be said of, and on which split.

the loss fell for a while, then it suddenly rose      "rose" is said of the loss of the clause before
train loss falls while val loss rises                 "rises" is said of the nearest loss, on validation data
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kb.composition import Category, Composition
from kb.marks import Mark, first
from kb.vocabulary import Vocabulary

ACTION_REACH = 3
"""Code points between a thing and an act said after it (学习率 再 调小): verbs mostly stand before their object."""
SHOWN = 2
"""Code points between a thing and the word for what shows it (mAP 的 曲线)."""
UNDO_REACH = 5
"""Code points between an act and the remedy that it takes back ("remove the dropout")."""
OPENING = 16
"""Characters of a clause before the first of two things that it speaks of together."""
LONGEST_COUNT = 6
"""Characters before a thing in which it is counted."""
SPLITS = frozenset({"train", "val", "both", "inference"})
BOTH = frozenset({"train", "val", "both"})
_OPENING, _CLOSING = "(（[", ")）]"
_COUNTED = re.compile(r"\s?\d")
_CLAUSE = re.compile(r"[,，;；:：。!！?？…()（）\[\]|\n]|\.(?=\s|$)|—|->|=>|→|⇒")


class Part(NamedTuple):
    """A mark and the number of the clause that it stands in."""

    mark: Mark
    clause: int


class Clauses:
    """The clauses of one sentence, with the things and qualifiers that stand in them; made, asked, and dropped."""

    def __init__(self, vocabulary: Vocabulary, folded: str, marks: Sequence[Mark]) -> None:
        self.vocabulary, self.folded = vocabulary, folded
        self.starts, numbers = _clauses(folded)
        self.parts = [Part(mark, numbers[bisect_right(self.starts, mark.start) - 1]) for mark in marks]
        self.things = self._subjects([part for part in self.parts if part.mark.form.thing])
        self.likewise: set[int] = set()
        """Where a state is taken over from before ("so does")."""
        self.qualifiers = [(part.clause, name) for part in self.parts for name in part.mark.form.qualifiers]

    def _subjects(self, things: Sequence[Part]) -> list[Part]:
        """The things that something can be said of: in "mAP curve" that is the mAP."""
        return [
            part
            for before, part in zip([None, *things], things, strict=False)
            if not (
                before
                and part.mark.form.thing in self.vocabulary.shown_by
                and 0 <= part.mark.start - before.mark.end <= SHOWN
            )
        ]

    def candidates(self, part: Part, category: Category) -> list[Part]:
        """Return the things that a predicate may be said of, the likeliest first."""
        mark = part.mark
        is_short = mark.end - mark.start == 1 and not self.folded[mark.start].isascii()
        reach = 1 if is_short else self.vocabulary.reach
        here = [
            thing
            for thing in self.things
            if thing.clause == part.clause
            and (thing.mark.start < mark.start or not self._has_cue(mark.end, thing.mark.start))
        ]
        whole = mark._replace(start=self.denied_from(mark))
        near = [thing for thing in here if _gap(thing.mark, whole) <= reach]
        if not near:
            return [] if is_short else self._shared(part, here) if here else self.carried(part)
        before = [thing for thing in near if thing.mark.start < mark.start][::-1]
        after = [thing for thing in near if thing.mark.start > mark.start]
        if category == "action":
            return after + [thing for thing in before if _gap(thing.mark, mark) <= ACTION_REACH]
        after = [
            thing for thing in after if not (self._is_parted(mark, thing.mark) or self._is_joined(mark, thing.mark))
        ]
        if mark.start in self.likewise:
            return sorted(near, key=lambda thing: _gap(thing.mark, mark))
        attributive = bool(after) and after[0].mark.start - mark.end <= 1
        attributive |= self.folded.startswith(self.vocabulary.particles["attribute_after"], mark.end)
        return after + before if attributive else before + after

    def coordinated(self, candidates: Sequence[Part]) -> list[Part]:
        """The thing that is named in one breath with the nearest one: "both the loss and the gradient norm bounce"."""
        if not candidates or not self.vocabulary.of_questions:
            return []
        nearest = candidates[0]
        if nearest.mark.form.thing not in self.vocabulary.measured:
            return []
        return [
            thing
            for thing in self.things
            if thing.mark.form.thing in self.vocabulary.measured
            and thing.mark.end < nearest.mark.start
            and thing.mark.start - self.starts[bisect_right(self.starts, thing.mark.start) - 1] <= OPENING
            and self._are_together(thing.mark, nearest.mark)
        ][-1:]

    def carried(self, part: Part) -> list[Part]:
        """The thing that a clause without one goes on about.

        That of the opposite state in the clause before (初始化过大…，过小则…); else the last thing that curves show.
        """
        opposites = {self.vocabulary.parallel.get(sense.id, "") for sense in part.mark.form.predicates}
        for twin in reversed([other for other in self.parts if other.clause == part.clause - 1]):
            if self._names(twin, opposites):
                return [twin]
            if any(sense.id in opposites for sense in twin.mark.form.predicates):
                said_of = [
                    thing for thing in self.things if thing.clause == twin.clause and thing.mark.end <= twin.mark.start
                ]
                return said_of[-1:]
        earlier = [thing for thing in self.things if thing.clause < part.clause and not self._is_acted_on(thing)]
        speaking = (other for other in self.parts if "negation-before" not in other.mark.form.cues)
        opens = next((other for other in speaking if other.clause == part.clause), part) is part
        known = [
            thing
            for thing in earlier
            if thing.mark.form.thing in self.vocabulary.carried or (opens and thing.clause == part.clause - 1)
        ]
        return [thing for thing in known if not self.is_time(thing.mark)][-1:]

    def _shared(self, part: Part, here: Sequence[Part]) -> list[Part]:
        """The thing that the first state of the clause is said of: "loss decreases for two epochs and explodes".

        In a question the first state itself is said of the last thing before it, however far, if no cue (when, so)
        stands between.
        """
        states = (other for other in self.parts if first(other.mark.form.predicates, "state"))
        opening = next((state for state in states if state.clause == part.clause), part)
        known = (thing for thing in here if thing.mark.form.thing in self.vocabulary.carried)
        found = [thing for thing in known if thing.mark.end <= opening.mark.start][-1:]
        if opening.mark.start >= part.mark.start:
            loose = self.vocabulary.of_questions
            return [thing for thing in found if loose and not self._has_cue(thing.mark.end, part.mark.start)]
        return found

    def is_time(self, thing: Mark) -> bool:
        """Whether a thing only dates what is said; in questions, any time that stands beside another thing."""
        return thing.form.thing in self.vocabulary.timing and (self.vocabulary.of_questions or self._is_counted(thing))

    def denied_from(self, mark: Mark) -> int:
        """Where the word begins that denies a state right behind it, in a question; else where the state begins."""
        denials = (
            part.mark.start
            for part in self.parts
            if part.mark.end == mark.start and "negation-before" in part.mark.form.cues
        )
        return next(denials, mark.start) if self.vocabulary.of_questions else mark.start

    def _is_counted(self, thing: Mark) -> bool:
        """Whether a number makes a thing a point or a stretch of time ("within epoch 1"): nothing is said of that."""
        if thing.form.thing not in self.vocabulary.timing:
            return False
        before = self.folded[max(0, thing.start - LONGEST_COUNT) : thing.start].rstrip()
        counting = self.vocabulary.particles["counting"]
        counted = before[-1:].isdigit() or before.rpartition(" ")[2] in counting
        return counted or before.endswith(_chinese(counting)) or _COUNTED.match(self.folded, thing.end) is not None

    def _is_parted(self, mark: Mark, thing: Mark) -> bool:
        """Whether a bare adjective belongs to an unknown noun before the thing ("the big refactor my loss")."""
        if self.folded[mark.start : mark.end] not in self.vocabulary.particles["attributive"]:
            return False
        between = list(self.folded[mark.end : thing.start])
        for part in self.parts:
            for place in range(max(part.mark.start, mark.end), min(part.mark.end, thing.start)):
                between[place - mark.end] = " "
        return any(char.isalnum() for char in between)

    def _is_joined(self, mark: Mark, thing: Mark) -> bool:
        """Whether "and" stands between a state and a thing after it, of which something else is said."""
        between = self.folded[mark.end : thing.start]
        return any(word in between for word in self.vocabulary.particles["parting"])

    def _has_cue(self, start: int, end: int) -> bool:
        """Whether a cue stands between a predicate and a thing after it, which then belongs to another statement."""
        return any(part.mark.form.cues for part in self.parts if start <= part.mark.start < end)

    def _is_acted_on(self, thing: Part) -> bool:
        """Whether an act stands right before a thing ("lowered lr, still inf"): what follows is not said of it."""
        acts = (
            part for part in self.parts if part.clause == thing.clause and first(part.mark.form.predicates, "action")
        )
        return any(0 <= thing.mark.start - act.mark.end <= UNDO_REACH for act in acts)

    def _names(self, part: Part, states: Iterable[str]) -> bool:
        """Whether a set phrase (学习率过大) names what its thing is called in one of the states."""
        form = part.mark.form
        known = (self.vocabulary.compositions.get((form.thing or "", state), ()) for state in states)
        return any(composition.node == form.node for found in known for composition in found)

    def _are_together(self, one: Mark, other: Mark) -> bool:
        """Whether nothing but "and" or the like stands between two things."""
        particles = self.vocabulary.particles
        joint, *rest = self._without_splits(one.end, other.start).split() or [""]
        return joint in particles["coordinating"] and set(rest) <= set(particles["article"])

    def _without_splits(self, start: int, end: int) -> str:
        """A stretch without the words that only say which part of the data is meant."""
        chars = list(self.folded[start:end])
        for part in self.parts:
            if part.mark.form.qualifiers and start <= part.mark.start and part.mark.end <= end:
                chars[part.mark.start - start : part.mark.end - start] = " " * (part.mark.end - part.mark.start)
        return " ".join("".join(chars).split())

    def choose(self, known: Sequence[Composition], part: Part, thing: Part) -> str | None:
        """Return the node of the first composition whose qualifiers fit what stands around a predicate and a thing."""
        if not known:
            return None
        present = self.present(part.clause, thing.clause)
        own = {name for clause, name in self.qualifiers if clause == part.clause and name in SPLITS}
        if own and part.clause != thing.clause:
            present -= SPLITS - own
        splits = present & SPLITS
        if len(splits) > 1:
            present -= splits - {"both" if splits >= BOTH else self._nearest_split(thing)}
        fits = (c.node for c in known if c.needed <= present and not c.barred & present)
        return next(fits, None)

    def _nearest_split(self, thing: Part) -> str | None:
        """The split said of a thing, where its clause names several: "train falls while val loss rises"."""
        here = [
            (_gap(part.mark, thing.mark), name)
            for part in self.parts
            for name in part.mark.form.qualifiers
            if name in SPLITS and part.clause == thing.clause
        ]
        return min(here, default=(0, None))[1]

    def present(self, *clauses: int) -> set[str]:
        """Qualifiers of the predicate's clause and splits of its thing's; without one, splits of the clauses before."""
        here = {
            name for clause, name in self.qualifiers if clause in clauses and (name in SPLITS or clause == clauses[0])
        }
        if here & SPLITS:
            return here
        earlier = [(clause, name) for clause, name in self.qualifiers if clause < min(clauses)]
        last = max((clause for clause, _ in earlier), default=None)
        return here | {name for clause, name in earlier if clause == last}


def _clauses(folded: str) -> tuple[list[int], list[int]]:
    """Where clauses start, and the number of each; after a closing bracket the clause before it goes on."""
    starts, numbers, last, opened = [0], [0], 0, None
    for found in _CLAUSE.finditer(folded):
        if opened is not None and found[0] in _CLOSING:
            number, opened = opened, None
        else:
            opened = numbers[-1] if found[0] in _OPENING else opened
            last += 1
            number = last
        starts.append(found.end())
        numbers.append(number)
    return starts, numbers


def _gap(one: Mark, other: Mark) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _chinese(words: Iterable[str]) -> tuple[str, ...]:
    """Words that need no blank before them."""
    return tuple(word for word in words if not word.isascii())
