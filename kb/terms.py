"""Finds the terms of a text: words of the vocabulary as they stand, and nodes composed from what is said of what."""

from __future__ import annotations

from collections.abc import Sequence

from kb import compose
from kb.compose import Mention
from kb.marks import Mark, Marker
from kb.text import fold
from kb.vocabulary import Vocabulary

__all__ = ["Mark", "Mention", "Terms"]


class Terms:
    """Compiled vocabulary: text in, marks and mentions out. Immutable once made; safe to share."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._marker = Marker(vocabulary.forms)

    def marks(self, folded: str) -> list[Mark]:
        """Return the longest marks from left to right, none overlapping another; `folded` comes from `text.fold`."""
        return self._marker.marks(folded)

    def mentions(self, folded: str, marks: Sequence[Mark]) -> list[Mention]:
        """Return the nodes that one sentence names, in order; `marks` are those of `folded`, offsets relative to it."""
        return compose.mentions(self.vocabulary, folded, marks)

    def thing_of(self, node: str) -> str | None:
        """Return the thing that a known node's label speaks of (the gradient in "vanishing gradients")."""
        known = self.vocabulary.nodes.get(node)
        labels = known.labels.values() if known else ()
        return next((mark.thing for label in labels for mark in self.marks(fold(label)) if mark.thing), None)
