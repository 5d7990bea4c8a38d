"""Puts nodes together from what a sentence says of what.

A predicate ("oscillates", "lower") looks for the thing it is said of in its clause, then in the clause before. The pair
is looked up in the vocabulary's compositions, and the one whose qualifiers fit best wins:

    训练集 Loss   下降缓慢            train × loss × slow      → train-loss-slow
    lower         the learning rate   decrease × learning-rate → lower-learning-rate
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from kb.clauses import UNDO_REACH, Clauses, Part
from kb.composition import ANYTHING, Sense
from kb.marks import Form, Mark, first, form_of
from kb.vocabulary import Vocabulary

JOIN = 4
"""Code points between two states that may mean a third (下降 得 很 慢)."""
LIKEWISE = "likewise"
"""The state that takes over the last one."""


class Mention(NamedTuple):
    """A node that the text names, with its span and the clause it stands in."""

    start: int
    end: int
    node: str
    clause: int
    anchor: int
    """Where its predicate stands; its start, when it is one phrase. Decides what comes before and after a cue."""
    composed: bool = False


def mentions(vocabulary: Vocabulary, folded: str, marks: Sequence[Mark]) -> list[Mention]:
    """Return the nodes that one sentence names, in order; `marks` are those of `folded`, offsets relative to it."""
    if not any(mark.form.node or mark.form.predicates for mark in marks):
        return []
    return _Sentence(vocabulary, folded, marks).mentions()


class _Sentence:
    """Composes the nodes of one sentence; made, asked once, and dropped."""

    def __init__(self, vocabulary: Vocabulary, folded: str, marks: Sequence[Mark]) -> None:
        self.vocabulary, self.folded = vocabulary, folded
        self.clauses = Clauses(vocabulary, folded, marks)

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

    def _said(self, part: Part) -> list[Mention]:
        """What a predicate makes of the things around it: of the nearest alone, if one sense says nothing of that."""
        predicates = self._predicates(part)
        if not predicates:
            return []
        candidates = self.clauses.candidates(part, predicates[0].category)
        candidates = [thing for thing in candidates if not self.clauses.is_time(thing.mark)] or candidates
        if (
            candidates
            and self.vocabulary.of_questions
            and all(thing.mark.form.thing in self.vocabulary.timing for thing in candidates)
        ):
            candidates = self.clauses.carried(part) or candidates
        if any(self._says_nothing(thing, sense) for thing in candidates[:1] for sense in predicates):
            candidates = candidates[:1]
        together = self.clauses.coordinated(candidates)
        said_of = [candidates, together] if together else [candidates]
        found = [self._composed(part, predicate, things) for predicate in predicates for things in said_of]
        return [mention for mention in found if mention]

    def _shifted(self, form: Form, clause: int) -> str:
        """A set phrase about training, said of validation data, means the validation symptom."""
        node = self.vocabulary.said_of.get((form.node or "", form.thing or ""), form.node or "")
        shifts = self.vocabulary.shifts.get(node)
        if not shifts:
            return node
        present = self.clauses.present(clause, clause)
        return next((other for split, other in shifts.items() if split in present), node)

    def _predicates(self, part: Part) -> Sequence[Sense]:
        """What a mark can say of a thing.

        A form that is both is a state after its thing (层数增多) or an article ("a lower mAP"), an act before it.
        """
        found = part.mark.form.predicates
        if len({sense.category for sense in found}) <= 1:
            return found
        preceded = self.folded.endswith(self.vocabulary.particles["state_after"], 0, part.mark.start) or any(
            t.clause == part.clause and 0 <= part.mark.start - t.mark.end <= self.vocabulary.reach
            for t in self.clauses.things
        )
        return [sense for sense in found if sense.category == ("state" if preceded else "action")]

    def _is_taken_back(self, part: Part) -> bool:
        """Whether an act right before a remedy's name undoes it."""
        if self.vocabulary.nodes[part.mark.form.node or ""].kind != "remedy":
            return False
        acts = (other.mark for other in self.clauses.parts if 0 <= part.mark.start - other.mark.end <= UNDO_REACH)
        return any(sense.id in self.vocabulary.undoing for act in acts for sense in act.form.predicates)

    # ---- states that change with what stands beside them

    def _merged(self) -> list[Part]:
        """Join two states of one clause that mean a third (`falls` + `slowly`), and turn denied ones round.

        "So does" takes over the last state.
        """
        out: list[Part] = []
        told: Form | None = None
        for here in self.clauses.parts:
            part = here
            if self._is_undone(part.mark):
                continue
            if first(part.mark.form.predicates, "state") == LIKEWISE:
                meant = self._state_named(told) if told else None
                if meant is None:
                    continue
                self.clauses.likewise.add(part.mark.start)
                part = Part(Mark(part.mark.start, part.mark.end, meant), part.clause)
            elif part.mark.form.node or first(part.mark.form.predicates, "state"):
                told = part.mark.form
            before = out[-1] if out else None
            near = before and before.clause == part.clause and part.mark.start - before.mark.end <= JOIN
            joined = self._joined(before.mark, part.mark) if before and near else None
            if joined:
                out[-1] = Part(joined, part.clause)
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
        if self.clauses.denied_from(mark) < mark.start:
            return False
        undone = self.folded.endswith(self.vocabulary.particles["undone_before"], 0, mark.start)
        return undone or self.folded.startswith(self.vocabulary.particles["manner_after"], mark.end)

    def _joined(self, one: Mark, other: Mark) -> Mark | None:
        state, later = first(one.form.predicates, "state"), first(other.form.predicates, "state", "action")
        if later and "negation-before" in one.form.cues:
            meant = self.vocabulary.denied.get(later)
        else:
            meant = self.vocabulary.pairs.get(frozenset((state, later))) if state and later else None
        return Mark(one.start, other.end, _state(meant)) if meant else None

    # ---- predicate × thing

    def _composed(self, part: Part, predicate: Sense, candidates: Sequence[Part]) -> Mention | None:
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
        alone = not candidates or not any(thing.clause == part.clause for thing in self.clauses.things)
        bare = self.vocabulary.compositions.get((ANYTHING, predicate.id), ()) if alone else ()
        node = self.clauses.choose(bare, part, part)
        return Mention(part.mark.start, part.mark.end, node, part.clause, part.mark.start, True) if node else None

    def _says_nothing(self, thing: Part, predicate: Sense) -> bool:
        """Whether the vocabulary knows the two and says that together they mean no node."""
        known = self.vocabulary.compositions.get((thing.mark.form.thing or "", predicate.id))
        return known is not None and not known

    def _node(self, part: Part, thing: Part, predicate: Sense) -> str | None:
        if thing.mark is part.mark or (predicate.category == "action" and self._modifies(thing.mark)):
            return None
        names = [sense.id for sense in thing.mark.form.senses if sense.category == "thing"]
        for name in names or [thing.mark.form.thing or ""]:
            known = self.vocabulary.compositions.get((name, predicate.id), ())
            node = self.clauses.choose(known, part, thing)
            if node:
                return node
        return None

    def _modifies(self, thing: Mark) -> bool:
        """Whether the thing only modifies a noun that follows, as in 减少 神经元 之间的 …."""
        return self.folded.startswith(self.vocabulary.particles["modifier_after"], thing.end)


@cache
def _state(name: str) -> Form:
    return form_of((Sense("state", name),))


def _without_repeats(found: list[Mention]) -> list[Mention]:
    """Order by place; drop a second mention of a node that covers the same words."""
    kept: list[Mention] = []
    for mention in sorted(found):
        if not any(mention.node == other.node and mention.start < other.end for other in kept):
            kept.append(mention)
    return kept
