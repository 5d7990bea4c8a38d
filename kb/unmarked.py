"""What a sentence says without a cue word between: neighbours, elided subjects, acts that relieve, drawbacks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kb import wording
from kb.claims import Claim, Kin
from kb.sentences import Sentence
from kb.terms import Mark, Mention

Groups = Sequence[Sequence[str]]
"""What is spoken of: groups of nodes, the nearest first."""

BESIDE = 4
"""Code points between a state and the cause it names the place of ("stuck at a saddle point")."""
OPENING = 2
"""Code points before an act that opens its sentence as an order."""


class Unmarked:
    """Reads claims that no cue marks."""

    def __init__(self, kin: Kin) -> None:
        self.kin = kin

    def beside(self, sentence: Sentence, cues: Sequence[int], *, anywhere: bool) -> list[Claim]:
        """Return the claims of neighbours: where no cue (given by its offset) stands between, or `anywhere`."""
        out: list[Claim] = []
        subject: Mention | None = None
        for one, other in pairwise(sentence.mentions):
            if not anywhere and any(one.start <= at <= other.end for at in cues):
                subject = None
                continue
            found = self._neighbours(sentence, one, other) or (
                self._neighbours(sentence, subject, other, near=one) if subject else []
            )
            subject = (subject or one) if found and found[0].relation == "has_symptom" else None
            out += found
        return out

    def _neighbours(
        self, sentence: Sentence, one: Mention, other: Mention, *, near: Mention | None = None
    ) -> list[Claim]:
        """A cause and, right after it, what it shows; a state and the cause that is its place.

        学习率过大时 loss 会震荡 is one of the first kind, "stuck at a saddle point" one of the second. `near` is the
        symptom of the same cause that stands between the two.
        """
        off = sentence.denies(one.start) or sentence.denies(other.start)
        cause, later = self.kin.as_kind(one.node, ("cause",)), self.kin.as_kind(other.node, ("cause",))
        if cause and self.kin.kind(other.node) == "symptom" and other.clause - (near or one).clause in (0, 1):
            return [Claim("has_symptom", cause, other.node, denied=off)]
        beside = other.clause == one.clause and other.start - one.end <= BESIDE
        if later and self.kin.kind(one.node) == "symptom" and beside:
            return [Claim("has_symptom", later, one.node, denied=off)]
        return self._common_in(one, other) if "usual" in sentence.senses("hedge") else []

    def _common_in(self, one: Mention, other: Mention) -> list[Claim]:
        """A setting and a cause said to be common in it, in either order."""
        for setting, found in ((one, other), (other, one)):
            factor, cause = self.kin.as_kind(setting.node, ("factor",)), self.kin.as_kind(found.node, ("cause",))
            if factor and cause:
                return [Claim("predisposes", factor, cause)]
        return []

    def goes_on(self, sentence: Sentence, about: Groups) -> list[Claim]:
        """Return what a sentence without a subject says of the cause that the sentence before it named.

        Symptoms alone are what the cause shows; an order ("Increase the capacity.") is what to do about it.
        """
        causes = self.kin.resolve(about[0] if about else (), ("cause",))
        kinds = {self.kin.kind(mention.node) for mention in sentence.mentions}
        if not causes or kinds & {"cause", "factor"} or wording.is_denied(sentence) or sentence.cues("because", "if"):
            return []
        named = [mention for mention in sentence.mentions if not sentence.denies(mention.start)]
        remedies = self.kin.resolve(names_of(named), ("remedy",))
        if remedies:
            orders = sentence.marks[0].start <= OPENING and any(
                s.category == "action" for s in sentence.marks[0].senses
            )
            return [Claim("remedied_by", causes[0], remedy, wording.hedge(sentence)) for remedy in remedies if orders]
        shown = [mention.node for mention in named if self.kin.kind(mention.node) == "symptom"]
        return [Claim("has_symptom", causes[0], symptom, wording.hedge(sentence)) for symptom in dict.fromkeys(shown)]

    def relieved(self, sentence: Sentence, about: Groups) -> list[Claim]:
        """Return remedies for a symptom that the sentence names by the act that relieves it (加快收敛).

        The remedy is the one named before the act, or else above the line.
        """
        acts = {mark.start for mark in sentence.marks if any(sense.category == "action" for sense in mark.senses)}
        out: list[Claim] = []
        for mention in sentence.mentions:
            if mention.composed and mention.start in acts and self.kin.kind(mention.node) == "symptom":
                named = [other.node for other in sentence.mentions if other.end <= mention.start]
                remedies = self.kin.resolve(named, ("remedy",))[-1:] or self.kin.first(about, ("remedy",))[:1]
                out += [Claim("remedied_by", mention.node, remedy) for remedy in remedies]
        return out

    def drawback(self, sentence: Sentence, about: Groups) -> list[Claim]:
        """Return the caution that the line is, if it is one.

        It is where a remedy stands with words for a drawback, or a "but" between its use and a symptom.
        """
        cues = sentence.cues("cautions") or self._turns(sentence)
        if not cues:
            return []
        named = [m.node for m in sentence.mentions if m.start < cues[0].end + wording.ASIDE]
        every = [m.node for m in sentence.mentions]
        subjects = (
            self.kin.resolve(named, ("remedy",))
            or self.kin.first(about, ("remedy",))
            or self.kin.resolve(every, ("remedy",))
        )
        return [Claim("cautions", subject, "") for subject in subjects[:1]]

    def _turns(self, sentence: Sentence) -> list[Mark]:
        """Each "but" that stands between what something helps against and a symptom."""
        helps = sentence.cues("helps")
        shown = [mention.start for mention in sentence.mentions if self.kin.kind(mention.node) == "symptom"]
        return [
            mark
            for mark in sentence.cues("but")
            if helps and helps[0].start < mark.start and any(start > mark.end for start in shown)
        ]


def names_of(mentions: Sequence[Mention]) -> list[str]:
    """Return the nodes of some mentions, in order."""
    return [mention.node for mention in mentions]
