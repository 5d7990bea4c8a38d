"""Which states praise and which blame, and what a good and a bad side mean together: `rules/sides.toml`, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from kb.content import read_toml


@dataclass(frozen=True, slots=True)
class SideRules:
    """What `rules/sides.toml` says, and which way the metrics of `rules/figures.toml` are better."""

    good: frozenset[str]
    bad: frozenset[str]
    level: frozenset[str]
    by_metric: Mapping[str, Mapping[str, frozenset[str]]]
    """`lower` or `higher` → `good` or `bad` → states."""
    better: Mapping[str, str]
    contrasts: tuple[Mapping[str, Any], ...]
    fine: tuple[Mapping[str, Any], ...]
    blames: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls) -> Self:
        """Read the rules."""
        table = read_toml("rules/sides.toml")
        states = {name: frozenset(found) for name, found in table["states"].items()}
        metrics = {
            way: {name: frozenset(found) for name, found in entry.items()} for way, entry in table["metrics"].items()
        }
        better = {name: entry["better"] for name, entry in read_toml("rules/figures.toml")["metrics"].items()}
        blames = {thing: tuple(causes) for thing, causes in table["blames"].items()}
        return cls(
            states["good"],
            states["bad"],
            states["level"],
            metrics,
            better,
            tuple(table["contrast"]),
            tuple(table["fine"]),
            blames,
        )
