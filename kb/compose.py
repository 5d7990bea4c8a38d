"""Puts nodes together from what a sentence says of what.

A predicate ("oscillates", "lower") looks for the thing it is said of in its clause, then in the clause before. The pair
is looked up in the vocabulary's compositions, and the one whose qualifiers fit best wins:

    训练集 Loss   下降缓慢            train × loss × slow      → train-loss-slow
    lower         the learning rate   decrease × learning-rate → lower-learning-rate
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from kb.composition import ANYTHING, Category, Composition, Sense
from kb.marks import Form, Mark, first, form_of
from kb.vocabulary import Vocabulary

ACTION_REACH = 3
"""Code points between a thing and an act said after it (学习率 再 调小): verbs mostly stand before their object."""
JOIN = 4
"""Code points between two states that may mean a third (下降 得 很 慢)."""
SHOWN = 2
"""Code points between a thing and the word for what shows it (mAP 的 曲线)."""
UNDO_REACH = 5
"""Code points between an act and the remedy that it takes back ("remove the dropout")."""
SPLITS = frozenset({"train", "val", "both", "inference"})
BOTH = frozenset({"train", "val", "both"})
LIKEWISE = "likewise"
"""The state that takes over the last one."""
_OPENING, _CLOSING = "(（[", ")）]"
_AND = re.compile(r"(?<![a-z])and(?![a-z])|而且|并且")
_TOGETHER = re.compile(r"(?:and|&|和|与|跟|以及|、)(?: (?:the|its|my|also the))?")
OPENING = 16
"""Characters of a clause before the first of two things that it speaks of together."""
LONGEST_COUNT = 6
"""Characters before a thing in which it is counted."""
_COUNTED = re.compile(r"\s?\d")
_COUNT = re.compile(r"(?:\d|每|每个|(?<![a-z])(?:each|every|per))\s?$")
_CLAUSE = re.compile(r"[,，;；:：。!！?？…()（）\[\]|\n]|\.(?=\s|$)|—|->|=>|→|⇒")


class Mention(NamedTuple):
    """A node that the text names, with its span and the clause it stands in."""

    start: int
    end: int
    node: str
    clause: int
    anchor: int
    """Where its predicate stands; its start, when it is one phrase. Decides what comes before and after a cue."""
    composed: bool = False


class _Part(NamedTuple):
    mark: Mark
    clause: int


def mentions(vocabulary: Vocabulary, folded: str, marks: Sequence[Mark]) -> list[Mention]:
    """Return the nodes that one sentence names, in order; `marks` are those of `folded`, offsets relative to it."""
    if not any(mark.form.node or mark.form.predicates for mark in marks):
        return []
    return _Sentence(vocabulary, folded, marks).mentions()


class _Sentence:
    """Composes the nodes of one sentence; made, asked once, and dropped."""

    def __init__(self, vocabulary: Vocabulary, folded: str, marks: Sequence[Mark]) -> None:
        self.vocabulary, self.folded = vocabulary, folded
        self.starts, numbers = _clauses(folded)
        self.parts = [_Part(mark, numbers[bisect_right(self.starts, mark.start) - 1]) for mark in marks]
        self.things = self._subjects([part for part in self.parts if part.mark.form.thing])
        self.likewise: set[int] = set()
        """Where a state is taken over from before ("so does")."""
        self.qualifiers = [(part.clause, name) for part in self.parts for name in part.mark.form.qualifiers]

    def _subjects(self, things: Sequence[_Part]) -> list[_Part]:
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

    def mentions(self) -> list[Mention]:
        found: list[Mention] = []
        for part in self._merged():
            start, end, form = part.mark
            if form.node and not self._is_taken_back(part):
                found.append(Mention(start, end, self._shifted(form, part.clause), part.clause, start))
            found += self._said(part)
        named = {mention.node for mention in found}
        kept = [mention for mention in found if self.vocabulary.contrary.get(mention.node) not in named]
        return _without_repeats(kept)

    def _said(self, part: _Part) -> list[Mention]:
        """What a predicate makes of the things around it: of the nearest alone, if one sense says nothing of that."""
        predicates = self._predicates(part)
        if not predicates:
            return []
        candidates = self._candidates(part, predicates[0].category)
        candidates = [thing for thing in candidates if not self._is_time(thing.mark)] or candidates
        if (
            candidates
            and self.vocabulary.of_questions
            and all(thing.mark.form.thing in self.vocabulary.timing for thing in candidates)
        ):
            candidates = self._carried(part) or candidates
        if any(self._says_nothing(thing, sense) for thing in candidates[:1] for sense in predicates):
            candidates = candidates[:1]
        together = self._coordinated(candidates)
        said_of = [candidates, together] if together else [candidates]
        found = [self._composed(part, predicate, things) for predicate in predicates for things in said_of]
        return [mention for mention in found if mention]

    def _coordinated(self, candidates: Sequence[_Part]) -> list[_Part]:
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
            and _TOGETHER.fullmatch(self._without_splits(thing.mark.end, nearest.mark.start))
        ][-1:]

    def _without_splits(self, start: int, end: int) -> str:
        """A stretch without the words that only say which part of the data is meant."""
        chars = list(self.folded[start:end])
        for part in self.parts:
            if part.mark.form.qualifiers and start <= part.mark.start and part.mark.end <= end:
                chars[part.mark.start - start : part.mark.end - start] = " " * (part.mark.end - part.mark.start)
        return " ".join("".join(chars).split())

    def _is_time(self, thing: Mark) -> bool:
        """Whether a thing only dates what is said; in questions, any time that stands beside another thing."""
        return thing.form.thing in self.vocabulary.timing and (self.vocabulary.of_questions or self._is_counted(thing))

    def _is_counted(self, thing: Mark) -> bool:
        """Whether a number makes a thing a point or a stretch of time ("within epoch 1"): nothing is said of that."""
        if thing.form.thing not in self.vocabulary.timing:
            return False
        return bool(
            _COUNTED.match(self.folded, thing.end)
            or _COUNT.search(self.folded, max(0, thing.start - LONGEST_COUNT), thing.start)
        )

    def _shifted(self, form: Form, clause: int) -> str:
        """A set phrase about training, said of validation data, means the validation symptom."""
        node = self.vocabulary.said_of.get((form.node or "", form.thing or ""), form.node or "")
        shifts = self.vocabulary.shifts.get(node)
        if not shifts:
            return node
        present = self._present(clause, clause)
        return next((other for split, other in shifts.items() if split in present), node)

    def _predicates(self, part: _Part) -> Sequence[Sense]:
        """What a mark can say of a thing.

        A form that is both is a state after its thing (层数增多) or an article ("a lower mAP"), an act before it.
        """
        found = part.mark.form.predicates
        if len({sense.category for sense in found}) <= 1:
            return found
        preceded = self.folded.endswith(self.vocabulary.particles["state_after"], 0, part.mark.start) or any(
            t.clause == part.clause and 0 <= part.mark.start - t.mark.end <= self.vocabulary.reach for t in self.things
        )
        return [sense for sense in found if sense.category == ("state" if preceded else "action")]

    def _is_taken_back(self, part: _Part) -> bool:
        """Whether an act right before a remedy's name undoes it."""
        if self.vocabulary.nodes[part.mark.form.node or ""].kind != "remedy":
            return False
        acts = (other.mark for other in self.parts if 0 <= part.mark.start - other.mark.end <= UNDO_REACH)
        return any(sense.id in self.vocabulary.undoing for act in acts for sense in act.form.predicates)

    # ---- states that change with what stands beside them

    def _merged(self) -> list[_Part]:
        """Join two states of one clause that mean a third (`falls` + `slowly`), and turn denied ones round.

        "So does" takes over the last state.
        """
        out: list[_Part] = []
        told: Form | None = None
        for here in self.parts:
            part = here
            if self._is_undone(part.mark):
                continue
            if first(part.mark.form.predicates, "state") == LIKEWISE:
                meant = self._state_named(told) if told else None
                if meant is None:
                    continue
                self.likewise.add(part.mark.start)
                part = _Part(Mark(part.mark.start, part.mark.end, meant), part.clause)
            elif part.mark.form.node or first(part.mark.form.predicates, "state"):
                told = part.mark.form
            before = out[-1] if out else None
            near = before and before.clause == part.clause and part.mark.start - before.mark.end <= JOIN
            joined = self._joined(before.mark, part.mark) if before and near else None
            if joined:
                out[-1] = _Part(joined, part.clause)
            else:
                out.append(part)
        return out

    def _state_named(self, form: Form) -> Form | None:
        """The state that a form says, by itself or by naming a node ("loss zigzags": oscillating)."""
        if first(form.predicates, "state"):
            return form
        known = self.vocabulary.compositions.items()
        return next(
            (_state(s) for (t, s), found in known if t == form.thing and any(c.node == form.node for c in found)), None
        )

    def _is_undone(self, mark: Mark) -> bool:
        """Whether a particle before a state takes it back, or one after it makes it the manner of an act.

        What a question denies in a word of its own (并不大) is not there, which is worth knowing.
        """
        if mark.form.node or not mark.form.predicates or mark.form.predicates[0].category != "state":
            return False
        if self._denied_from(mark) < mark.start:
            return False
        undone = self.folded.endswith(self.vocabulary.particles["undone_before"], 0, mark.start)
        return undone or self.folded.startswith(self.vocabulary.particles["manner_after"], mark.end)

    def _denied_from(self, mark: Mark) -> int:
        """Where the word begins that denies a state right behind it, in a question; else where the state begins."""
        denials = (
            part.mark.start
            for part in self.parts
            if part.mark.end == mark.start and "negation-before" in part.mark.form.cues
        )
        return next(denials, mark.start) if self.vocabulary.of_questions else mark.start

    def _joined(self, one: Mark, other: Mark) -> Mark | None:
        state, later = first(one.form.predicates, "state"), first(other.form.predicates, "state", "action")
        if later and "negation-before" in one.form.cues:
            meant = self.vocabulary.denied.get(later)
        else:
            meant = self.vocabulary.pairs.get(frozenset((state, later))) if state and later else None
        return Mark(one.start, other.end, _state(meant)) if meant else None

    # ---- predicate × thing

    def _composed(self, part: _Part, predicate: Sense, candidates: Sequence[_Part]) -> Mention | None:
        for thing in candidates:
            if self._says_nothing(thing, predicate):
                return None
            node = self._node(part, thing, predicate)
            if node is None and self.vocabulary.of_questions and thing.mark.form.thing in self.vocabulary.settling:
                return None
            if node:
                near = thing.clause == part.clause
                start = min(part.mark.start, thing.mark.start) if near else part.mark.start
                end = max(part.mark.end, thing.mark.end) if near else part.mark.end
                return Mention(start, end, node, part.clause, part.mark.start, composed=True)
        alone = not candidates or not any(thing.clause == part.clause for thing in self.things)
        bare = self.vocabulary.compositions.get((ANYTHING, predicate.id), ()) if alone else ()
        node = self._choose(bare, part, part)
        return Mention(part.mark.start, part.mark.end, node, part.clause, part.mark.start, True) if node else None

    def _says_nothing(self, thing: _Part, predicate: Sense) -> bool:
        """Whether the vocabulary knows the two and says that together they mean no node."""
        known = self.vocabulary.compositions.get((thing.mark.form.thing or "", predicate.id))
        return known is not None and not known

    def _node(self, part: _Part, thing: _Part, predicate: Sense) -> str | None:
        if thing.mark is part.mark or (predicate.category == "action" and self._modifies(thing.mark)):
            return None
        names = [sense.id for sense in thing.mark.form.senses if sense.category == "thing"]
        for name in names or [thing.mark.form.thing or ""]:
            known = self.vocabulary.compositions.get((name, predicate.id), ())
            node = self._choose(known, part, thing)
            if node:
                return node
        return None

    def _modifies(self, thing: Mark) -> bool:
        """Whether the thing only modifies a noun that follows, as in 减少 神经元 之间的 …."""
        return self.folded.startswith(self.vocabulary.particles["modifier_after"], thing.end)

    def _candidates(self, part: _Part, category: Category) -> list[_Part]:
        """Things that the predicate may be said of, the likeliest first."""
        mark = part.mark
        is_short = mark.end - mark.start == 1 and not self.folded[mark.start].isascii()
        reach = 1 if is_short else self.vocabulary.reach
        here = [
            thing
            for thing in self.things
            if thing.clause == part.clause
            and (thing.mark.start < mark.start or not self._has_cue(mark.end, thing.mark.start))
        ]
        whole = mark._replace(start=self._denied_from(mark))
        near = [thing for thing in here if _gap(thing.mark, whole) <= reach]
        if not near:
            return [] if is_short else self._shared(part, here) if here else self._carried(part)
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
        return _AND.search(self.folded, mark.end, thing.start) is not None

    def _has_cue(self, start: int, end: int) -> bool:
        """Whether a cue stands between a predicate and a thing after it, which then belongs to another statement."""
        return any(part.mark.form.cues for part in self.parts if start <= part.mark.start < end)

    def _shared(self, part: _Part, here: Sequence[_Part]) -> list[_Part]:
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

    def _carried(self, part: _Part) -> list[_Part]:
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
        return [thing for thing in known if not self._is_time(thing.mark)][-1:]

    def _is_acted_on(self, thing: _Part) -> bool:
        """Whether an act stands right before a thing ("lowered lr, still inf"): what follows is not said of it."""
        acts = (
            part for part in self.parts if part.clause == thing.clause and first(part.mark.form.predicates, "action")
        )
        return any(0 <= thing.mark.start - act.mark.end <= UNDO_REACH for act in acts)

    def _names(self, part: _Part, states: Iterable[str]) -> bool:
        """Whether a set phrase (学习率过大) names what its thing is called in one of the states."""
        form = part.mark.form
        known = (self.vocabulary.compositions.get((form.thing or "", state), ()) for state in states)
        return any(composition.node == form.node for found in known for composition in found)

    def _choose(self, known: Sequence[Composition], part: _Part, thing: _Part) -> str | None:
        if not known:
            return None
        present = self._present(part.clause, thing.clause)
        own = {name for clause, name in self.qualifiers if clause == part.clause and name in SPLITS}
        if own and part.clause != thing.clause:
            present -= SPLITS - own
        splits = present & SPLITS
        if len(splits) > 1:
            present -= splits - {"both" if splits >= BOTH else self._nearest_split(thing)}
        fits = (c.node for c in known if c.needed <= present and not c.barred & present)
        return next(fits, None)

    def _nearest_split(self, thing: _Part) -> str | None:
        """The split said of a thing, where its clause names several: "train falls while val loss rises"."""
        here = [
            (_gap(part.mark, thing.mark), name)
            for part in self.parts
            for name in part.mark.form.qualifiers
            if name in SPLITS and part.clause == thing.clause
        ]
        return min(here, default=(0, None))[1]

    def _present(self, *clauses: int) -> set[str]:
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


@cache
def _state(name: str) -> Form:
    return form_of((Sense("state", name),))


def _gap(one: Mark, other: Mark) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _without_repeats(found: list[Mention]) -> list[Mention]:
    """Order by place; drop a second mention of a node that covers the same words."""
    kept: list[Mention] = []
    for mention in sorted(found):
        if not any(mention.node == other.node and mention.start < other.end for other in kept):
            kept.append(mention)
    return kept
