"""Reads statements out of scoped units.

Each reader is a plain function from a unit in its context to claims:

- place (`kb.sections`): an item under a role and a subject ("**Symptoms:**" below "## Overfitting") says what the role
  says of the subject
- nesting (`kb.sections`): a cause named under a symptom's heading is one of its causes
- cues (`kb.relate`): words between two named things ("leads to", 可以缓解) relate them
- columns (`kb.tables`): a table row relates its cells

A claim that its line denies ("--> no effect", ≠, 并不会) is kept as denied and never becomes an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb import wording
from kb.claims import Claim, Kin
from kb.model import Node
from kb.relate import Relator
from kb.scope import Scoped, residue
from kb.sections import Sections
from kb.sentences import Sentence
from kb.tables import Row
from kb.terms import Mention, Terms

_SAYING = ("negation-sign", "negation-before", "equals")
"""Words that make even a heading say something."""
BARE = 4
"""Words besides known terms up to which a head says nothing of its own."""
_STARTS = ("cause", "factor", "remedy")
"""Kinds that a sentence goes on about after another sentence has named them first."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read out of one unit."""

    claims: tuple[Claim, ...] = ()
    minted: tuple[Node, ...] = ()
    explains: tuple[str, ...] = ()
    """Nodes that the unit's words explain."""
    silent: bool = False
    """The unit stands under a symptom, cause or remedy heading, and nothing was read out of it."""


class Extractor:
    """Reads units one by one; holds nothing but the vocabulary and its rules."""

    def __init__(self, terms: Terms, relator: Relator, kin: Kin) -> None:
        self.terms, self.relator, self.kin = terms, relator, kin
        self.sections = Sections(terms.vocabulary, kin)

    def read(self, scoped: Scoped) -> Read:
        """Return what one unit says."""
        if scoped.unit.kind in ("code", "formula"):
            return Read(explains=scoped.scope.nearest[:2])
        if "reference" in (scoped.scope.role, scoped.role):
            return Read()
        if scoped.unit.kind == "row":
            row = Row(scoped.unit, self.terms, self.kin)
            return Read(tuple(dict.fromkeys(row.claims())), explains=tuple(row.named[:2]))
        placed, minted = self.sections.read(scoped)
        claims = tuple(dict.fromkeys([*self.sections.nested(scoped), *placed, *self._by_cues(scoped)]))
        claims = tuple(claim for claim in claims if claim.source != claim.target)
        return Read(claims, tuple(minted), self._explained(scoped), silent=not claims and _promises(scoped))

    def _by_cues(self, scoped: Scoped) -> list[Claim]:
        if scoped.unit.kind == "heading":
            claims = self.relator.relate(scoped.words.whole, about=(), topic=())
            return [claim for claim in claims if claim.relation == "remedied_by"]
        about = (scoped.names, *scoped.scope.about) if scoped.names and scoped.has_lead else scoped.scope.about
        claims = self.relator.relate(scoped.words.lead, about=(), topic=()) if scoped.words.lead else []
        for position, sentence in enumerate(scoped.words.rest or (() if scoped.words.lead else (scoped.words.whole,))):
            said = self.relator.relate(sentence, about=about, topic=scoped.scope.topic)
            claims += said or (self.relator.unmarked.goes_on(sentence, about) if position else [])
            opening = sentence.mentions[0] if sentence.mentions else None
            if opening and self.kin.kind(opening.node) in _STARTS and not _is_blamed(sentence, opening):
                about = ((opening.node,), *about)
        return claims

    def _explained(self, scoped: Scoped) -> tuple[str, ...]:
        """What the unit's words explain: the term they start with, what they define, else what stands above."""
        if _only_titles(scoped):
            return ()
        if scoped.names and scoped.has_lead:
            return scoped.names[:2]
        defined = [node for sentence in scoped.words.rest for node in wording.defined(sentence)]
        named = [mention.node for mention in scoped.words.whole.mentions]
        return tuple(dict.fromkeys(defined or scoped.scope.nearest or named))[:2]


def _is_blamed(sentence: Sentence, opening: Mention) -> bool:
    """Whether a sentence without a subject gives its first term as the reason: "usually caused by …"."""
    return any(mark.end <= opening.start for mark in sentence.cues("because"))


def _only_titles(scoped: Scoped) -> bool:
    """Whether a head does no more than name what stands below it."""
    if not scoped.only_head or scoped.has_children:
        return scoped.only_head
    introduces = scoped.role is not None or scoped.unit.text.endswith((":", "："))
    is_bare = scoped.unit.kind == "heading" or (introduces and residue(scoped.words.whole) <= BARE)
    return is_bare and not scoped.words.whole.cues(*_SAYING)


def _promises(scoped: Scoped) -> bool:
    """Whether the unit's place leads one to expect a statement."""
    scope = scoped.scope
    placed = scope.role in ("symptom", "cause", "remedy") and bool(scope.topic) and scope.nearest == scope.topic
    return placed and not scoped.only_head and not scoped.has_children and scoped.role is None
