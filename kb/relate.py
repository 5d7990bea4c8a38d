"""Relates the named things of a sentence by the cue words between them.

A sentence is cut at its cues ("leads to", 由于, →); the things before a cue and those after it make claims by the table
in `rules/statements.toml`, which says for each cue which kinds relate how and how it takes its sides. A side that is
missing is taken from what the line is about.

    不当的初始化   可能会带来   梯度消失或者梯度爆炸
    [before]      [cue]       [after]

    poor-initialization leads_to vanishing-gradients, exploding-gradients
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from kb import wording
from kb.claims import Claim, Kin
from kb.cue_rules import Rule, cue_rule
from kb.model import Relation
from kb.sentences import Sentence
from kb.terms import Mark, Mention
from kb.unmarked import Groups, Unmarked, names_of

CUE_GAP = 2
"""Code points between two words that work as one ("避免 陷入", "this leads to")."""
FRONT = 4
"""Code points that may stand before a cue that opens its sentence ("And if", 但由于)."""
_CLAUSE_END = re.compile(r"[,，;；。.]")


class _Cue(NamedTuple):
    rule: Rule
    mark: Mark


class _Sides(NamedTuple):
    """Nodes on either side of a cue, already filled in where one was missing."""

    left: list[str]
    right: list[str]
    off: bool


class Relator:
    """Compiled rules for relating; immutable."""

    def __init__(self, kin: Kin, rules: Mapping[str, Any], thing_of: Callable[[str], str | None]) -> None:
        self.kin = kin
        self._thing = thing_of
        self.unmarked = Unmarked(kin)
        self._rules = {name: cue_rule(entry) for name, entry in rules.items()}

    def relate(self, sentence: Sentence, *, about: Groups, topic: Sequence[str]) -> list[Claim]:
        """Return what a sentence's cues say of the things it names; `about` stands in for a missing side."""
        if not sentence.mentions and not (about and sentence.cues("cautions", "helps")):
            return []
        if len(sentence.mentions) == 1 and not sentence.spoken and not sentence.mentions[0].composed:
            return []
        sentence = wording.without_asides(wording.after_concession(sentence), self.kin)
        hedge = wording.hedge(sentence)
        cues = self._cues(sentence)
        claims = [claim for at in range(len(cues)) for claim in self._by_cue(sentence, cues, at, about, topic)]
        silent = not claims and not any(cue.rule.relieves or not cue.rule.forward for cue in cues)
        claims += self.unmarked.beside(sentence, [cue.mark.start for cue in cues], anywhere=silent)
        claims += [*self.unmarked.relieved(sentence, about), *self.unmarked.drawback(sentence, about)]
        denied = wording.is_denied(sentence)
        return [
            claim._replace(hedge=hedge, denied=denied or claim.denied)
            for claim in self._without_restatements(claims, about, topic)
        ]

    def _without_restatements(self, claims: list[Claim], about: Groups, topic: Sequence[str]) -> list[Claim]:
        """Where a mechanism is explained, its own quantity ("the gradient gets tiny") only restates it."""
        if not any(claim.relation == "has_symptom" for claim in claims):
            return claims
        spoken = (*topic, *(about[0] if about else ()))
        mechanisms = {name for name in spoken if self.kin.level(name) == "mechanism"}
        things = {self._thing(name) for name in mechanisms} - {None}
        return [
            claim
            for claim in claims
            if claim.relation != "has_symptom" or claim.source in mechanisms or self._thing(claim.target) not in things
        ]

    # ---- cues and their sides

    def _cues(self, sentence: Sentence) -> list[_Cue]:
        out: list[_Cue] = []
        for mark in sentence.cues(*self._rules):
            rules = [
                self._rules[sense.id] for sense in mark.senses if sense.category == "cue" and sense.id in self._rules
            ]
            joined = out and out[-1].rule.relieves and mark.start - out[-1].mark.end <= CUE_GAP
            out += [
                _Cue(rule, mark)
                for rule in rules
                if not (rule.adjacent and not _touches(sentence, mark)) and not (joined and rule.forward)
            ]
        return out

    def _by_cue(
        self, sentence: Sentence, cues: Sequence[_Cue], at: int, about: Groups, topic: Sequence[str]
    ) -> list[Claim]:
        rule = cues[at].rule
        before, after = self._before(sentence, cues, at), self._after(sentence, cues, at)
        opens = len(sentence.folded[: cues[at].mark.start].strip()) <= FRONT
        fronted = bool(rule.fronted) and opens and not any(m.end <= cues[at].mark.start for m in sentence.mentions)
        if (
            (rule.needs_front and not fronted)
            or (rule.behind and opens)
            or (rule.hypothetical and _is_supposed(sentence, cues[at].mark))
        ):
            return []
        if fronted and after:
            inner = [mention for mention in after if mention.clause == after[0].clause]
            outer = [mention for mention in after if mention not in inner]
            before, after = (inner, outer) if rule.fronted == "condition" else (outer, inner)
        sides = self._sides(sentence, cues, at, (before, after), (*about, topic))
        sources, targets = (sides.left, sides.right) if rule.forward else (sides.right, sides.left)
        in_cause = rule.relieves and not rule.forward and bool(self.kin.resolve(topic, ("cause",)))
        if rule.reversed_pairs and fronted:
            rule = rule.without_reverse() if self._says_more(cues, at, after) else rule
        return self._pair(sources, targets, rule, off=sides.off, in_cause=in_cause)

    @staticmethod
    def _says_more(cues: Sequence[_Cue], at: int, outer: Sequence[Mention]) -> bool:
        """Whether another cue comes before what follows a condition: then the condition does not point to it."""
        later = [cue.mark.start for cue in cues[at + 1 :] if cue.mark is not cues[at].mark]
        return not outer or any(start < outer[0].anchor for start in later)

    def _sides(
        self,
        sentence: Sentence,
        cues: Sequence[_Cue],
        at: int,
        found: tuple[list[Mention], list[Mention]],
        groups: Groups,
    ) -> _Sides:
        """Fill in what the sentence leaves out on one side of the cue."""
        cue, (before, after) = cues[at], found
        kinds, others = cue.rule.left, cue.rule.right
        told = [m.start for m in before if self.kin.resolve([m.node], kinds)]
        told += [m.start for m in after if self.kin.resolve([m.node], others)]
        off = any(sentence.denies(place) for place in (cue.mark.start, *told))
        if cue.rule.relieves and not cue.rule.forward and not after and _ends_clause(sentence, cue.mark):
            groups = (self.kin.resolve(names_of(before), ("cause", "symptom")), *groups)
            return _Sides(names_of(before), list(self._stand_in(cue, after, before, groups, ("cause", "symptom"))), off)
        if cue.rule.forward and at and _follows(sentence, cue.mark, "also"):
            before = self._before(sentence, cues, at - 1) or before
        if cue.rule.forward and _follows(sentence, cue.mark, "this"):
            before = self._subject(sentence, cue.mark)
        left = list(self._stand_in(cue, before, after, groups, kinds)) or names_of(before)
        return _Sides(left, names_of(after), off)

    def _stand_in(
        self, cue: _Cue, side: Sequence[Mention], other: Sequence[Mention], groups: Groups, kinds: Sequence[str]
    ) -> tuple[str, ...]:
        """What takes the place of a side that names nothing fitting: the nearest thing spoken of that fits."""
        if not cue.rule.stand_in or not other or self.kin.resolve(names_of(side), kinds):
            return ()
        for group in groups:
            found = self.kin.resolve(group, kinds)
            if found or self.kin.resolve(group, ("cause", "remedy", "symptom")):
                return found
        return ()

    def _subject(self, sentence: Sentence, mark: Mark) -> list[Mention]:
        """The first cause that the sentence names, before a cue."""
        return [m for m in sentence.mentions if m.end <= mark.start and self.kin.resolve([m.node], ("cause",))][:1]

    def _before(self, sentence: Sentence, cues: Sequence[_Cue], at: int) -> list[Mention]:
        """Mentions before a cue, back to the cue before it; further back where those are of no fitting kind."""
        here = [mention for mention in sentence.mentions if mention.anchor < cues[at].mark.start]
        if cues[at].rule.whole:
            return here
        kinds = cues[at].rule.left
        nearest: list[Mention] = []
        for earlier in range(at - 1, -2, -1):
            start = cues[earlier].mark.end if earlier >= 0 else 0
            if earlier >= 0 and (cues[earlier].rule.needs_front or cues[earlier].mark is cues[at].mark):
                continue
            found = [mention for mention in here if start <= mention.anchor]
            nearest = nearest or found
            if self.kin.resolve(names_of(found), kinds):
                return found
        return nearest

    def _after(self, sentence: Sentence, cues: Sequence[_Cue], at: int) -> list[Mention]:
        """Mentions after a cue, up to the next one or to a later clause with a subject of its own.

        A condition reaches to the sentence's end.
        """
        later = [
            cue.mark.start for cue in cues[at + 1 :] if not cues[at].rule.needs_front and cue.mark is not cues[at].mark
        ]
        stop = min(later, default=len(sentence.folded))
        found = [mention for mention in sentence.mentions if cues[at].mark.end <= mention.anchor < stop]
        if cues[at].rule.forward and not cues[at].rule.needs_front:
            found = list(takewhile(lambda m: m.clause == found[0].clause or self.kin.level(m.node) != "root", found))
        return found

    def _pair(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, *, off: bool, in_cause: bool
    ) -> list[Claim]:
        """All claims between two sides. A remedy helps against causes; against symptoms only where no cause is near."""
        causal = in_cause or bool(self.kin.resolve(sources, ("cause",)))
        out: list[Claim] = []
        for kinds, relation in rule.pairs.items():
            if causal and kinds == ("symptom", "remedy"):
                continue
            for source in self.kin.resolve(sources, kinds[:1]):
                for target in self.kin.resolve(targets, kinds[1:]):
                    ends = (target, source) if kinds in rule.reversed_pairs else (source, target)
                    if source != target and self._is_possible(relation, *ends):
                        out.append(Claim(relation, *ends, denied=off))
        return out

    def _is_possible(self, relation: Relation, source: str, target: str) -> bool:
        """Nothing inside training brings about a setting that a person chose."""
        return relation != "leads_to" or (self.kin.level(source), self.kin.level(target)) != ("mechanism", "root")


def _touches(sentence: Sentence, mark: Mark) -> bool:
    """Whether a word links two named things directly and is no auxiliary somewhere in the sentence."""
    before = any(0 <= mark.start - mention.end <= CUE_GAP for mention in sentence.mentions)
    return before and any(0 <= mention.start - mark.end <= CUE_GAP for mention in sentence.mentions)


def _follows(sentence: Sentence, mark: Mark, name: str) -> bool:
    """Whether a word of one group stands right before a cue."""
    return any(word.end <= mark.start <= word.end + CUE_GAP for word in sentence.cues(name))


def _ends_clause(sentence: Sentence, mark: Mark) -> bool:
    return len(_CLAUSE_END.split(sentence.folded[mark.end :], maxsplit=1)[0].strip()) <= CUE_GAP


def _is_supposed(sentence: Sentence, mark: Mark) -> bool:
    """Whether a cue stands inside a condition: "if it oscillates because of X, …" does not say that it does."""
    return any(
        word.end <= mark.start and not any(char in sentence.folded[word.end : mark.start] for char in ",，")
        for word in sentence.cues("if")
    )
