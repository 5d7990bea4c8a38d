"""How each kind of cue takes its sides, read from `rules/statements.toml`, which explains the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kb.model import Relation


class Rule(NamedTuple):
    """How one kind of cue takes its sides; see `rules/statements.toml`."""

    forward: bool
    """Claims run from what stands before the cue to what stands after."""
    pairs: Mapping[tuple[str, str], Relation]
    reversed_pairs: frozenset[tuple[str, str]]
    """Those whose claim runs from the second to the first."""
    fronted: str
    """What it is when it opens the sentence.

    `condition`: its clause comes first; `reason` or `purpose`: the rest comes first.
    """
    needs_front: bool
    """It counts only when it opens the sentence."""
    behind: bool
    """It counts only when it does not open the sentence."""
    stand_in: bool
    """A missing side may be taken from what the line is about."""
    whole: bool
    """Its left side reaches back over other cues to the sentence's start."""
    adjacent: bool
    """It counts only between two named things that it touches."""
    hypothetical: bool
    """Inside a condition it is only supposed."""
    relieves: bool
    """It says what helps: against causes first, against symptoms only where no cause is in sight."""

    def without_reverse(self) -> Rule:
        """Return the rule without its reversed pairs."""
        pairs = {kinds: relation for kinds, relation in self.pairs.items() if kinds not in self.reversed_pairs}
        return self._replace(pairs=pairs, reversed_pairs=frozenset())

    @property
    def left(self) -> tuple[str, ...]:
        """Kinds that may stand before the cue."""
        return tuple(dict.fromkeys(pair[0 if self.forward else 1] for pair in self.pairs))

    @property
    def right(self) -> tuple[str, ...]:
        """Kinds that may stand after it."""
        return tuple(dict.fromkeys(pair[1 if self.forward else 0] for pair in self.pairs))


def cue_rule(entry: Mapping[str, Any]) -> Rule:
    """Return the rule of one table."""
    return Rule(
        forward=entry["direction"] == "forward",
        pairs={(pair["from"], pair["to"]): pair["relation"] for pair in entry["pairs"]},
        reversed_pairs=frozenset((pair["from"], pair["to"]) for pair in entry["pairs"] if pair.get("reverse")),
        fronted=entry.get("fronted", ""), needs_front=entry.get("needs_front", False),
        behind=entry.get("behind", False), stand_in=entry.get("stand_in", False),
        whole=entry.get("whole", False), adjacent=entry.get("adjacent", False),
        hypothetical=entry.get("hypothetical", False), relieves=entry.get("relieves", False),
    )  # fmt: skip
