"""What an asker holds of what the question names: tried and failed, helped, suspected, ruled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model import Suspicion, Tried
from engine.understand.sides import Contrast
from engine.understand.text import Part, Text
from kb.compose import Mention
from kb.model import Node, NodeKind


def mentions_of(part: Part, nodes: Mapping[str, Node], *kinds: NodeKind) -> list[Mention]:
    """The nodes of some kinds that a sentence names."""
    return [mention for mention in part.sentence.mentions if nodes[mention.node].kind in kinds]


def suspicions(text: Text, nodes: Mapping[str, Node]) -> tuple[Suspicion, ...]:
    """Causes that the asker names: weak evidence for them, or their exclusion."""
    found: dict[str, Suspicion] = {}
    for part in text.parts:
        for mention in mentions_of(part, nodes, "cause"):
            excluded = part.denies(mention) and not part.doubts(mention)
            span = text.span(part.offset + mention.start, part.offset + mention.end)
            found.setdefault(mention.node, Suspicion(mention.node, excluded, span))
    return tuple(found.values())


def tried(text: Text, nodes: Mapping[str, Node], stands_for: Mapping[str, str]) -> tuple[Tried, ...]:
    """Remedies said to have been tried; their outcome may stand in the sentence after.

    `stands_for` says which remedy other nodes stand for where somebody tells what was tried.
    """
    found: dict[str, Tried] = {}
    for index, part in enumerate(text.parts):
        outcome = _outcome_from(text.parts, index)
        if outcome is None or part.only_asks() or not (part.has("tried.done") or _outcome(part) is not None):
            continue
        for mention in part.sentence.mentions:
            remedy = mention.node if nodes[mention.node].kind == "remedy" else stands_for.get(mention.node)
            if remedy:
                span = text.span(part.offset + mention.start, part.offset + mention.end)
                found.setdefault(remedy, Tried(remedy, outcome, span))
    return tuple(found.values())


def with_contrasts(tried: Sequence[Tried], contrasts: Sequence[Contrast], text: Text) -> tuple[Tried, ...]:
    """Add the changes that in effect helped: what works with a larger batch was helped by it."""
    found = {attempt.remedy: attempt for attempt in tried}
    for item in contrasts:
        if item.remedy:
            found.setdefault(item.remedy, Tried(item.remedy, True, text.span(item.start, item.end)))
    return tuple(found.values())


def _outcome_from(parts: Sequence[Part], index: int) -> bool | None:
    own = _outcome(parts[index])
    return _outcome(parts[index + 1]) if own is None and index + 1 < len(parts) else own


def _outcome(part: Part) -> bool | None:
    """Whether what was tried helped, as far as a sentence says."""
    if part.has("tried.failed"):
        return False
    return True if part.has("tried.helped") else None
