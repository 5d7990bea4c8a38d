"""A table row's cells relate by what they name: causes to symptoms, remedies and checks, whatever the header promises.

Where a cell contradicts its column, the cell is right: a diagnosis under "solution" is no remedy.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.claims import Claim, Kin
from kb.sentences import sentence_of
from kb.terms import Terms
from kb.units import Unit

_KINDS = ("cause", "symptom", "remedy", "check")


class Row:
    """One row, read: its nodes by kind, and its causes column by column."""

    def __init__(self, unit: Unit, terms: Terms, kin: Kin) -> None:
        self.kin = kin
        self.found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        self.causes: list[list[str]] = []
        for title, cell in zip(unit.header, unit.cells, strict=False):
            self._take(title, cell, terms)

    def _take(self, title: str, cell: str, terms: Terms) -> None:
        """A cell's own words count, unless its column holds drawbacks.

        One that names nothing is read with its title ("Ltest" × "large").
        """
        own, head = sentence_of(cell, terms), sentence_of(title, terms)
        if "caution" in head.senses("role"):
            return
        words = own if own.mentions or head.mentions else sentence_of(f"{title} {cell}", terms)
        before = len(self.found["cause"])
        for mention in words.mentions:
            resolved = next((id_ for kind in _KINDS if (id_ := self.kin.as_kind(mention.node, (kind,)))), None)
            if resolved and not words.denies(mention.start):
                self.found[self.kin.kind(resolved)].append(resolved)
        if len(self.found["cause"]) > before:
            self.causes.append(self.found["cause"][before:])

    @property
    def named(self) -> list[str]:
        """Nodes that the row names, causes first."""
        return list(dict.fromkeys(node for kind in _KINDS for node in self.found[kind]))

    def claims(self) -> list[Claim]:
        """Return what the row says.

        Its first column of causes shows symptoms, is remedied and checked; later ones bring the first about.
        """
        first: Sequence[str] = self.causes[0] if self.causes else ()
        out = [Claim("has_symptom", cause, symptom) for cause in first for symptom in self.found["symptom"]]
        out += [
            Claim("remedied_by", cause, remedy)
            for cause in first or self.found["symptom"]
            for remedy in self.found["remedy"]
        ]
        out += [Claim("checked_by", cause, check) for cause in first for check in self.found["check"]]
        out += [
            Claim("leads_to", cause, mechanism)
            for later in self.causes[1:]
            for cause in later
            for mechanism in first
            if (self.kin.level(cause), self.kin.level(mechanism)) == ("root", "mechanism")
        ]
        return out
