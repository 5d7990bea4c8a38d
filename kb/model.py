"""The values that every stage passes on: nodes, edges and the citations that bear them out.

All of them are frozen and hashable enough to be compared, so that two builds of the same notes can be compared byte by
byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["en", "zh"]
NodeKind = Literal["symptom", "cause", "remedy", "check", "factor", "concept", "passage"]
Level = Literal["root", "mechanism"]
Relation = Literal["has_symptom", "leads_to", "remedied_by", "predisposes", "checked_by", "cautions", "explains"]
EdgeStatus = Literal["extracted", "amended", "added", "retracted"]

LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Citation:
    """The lines of a note that say something, with their words."""

    note: str
    """Path relative to the notes' folder, with forward slashes."""
    title: str
    heading: tuple[str, ...]
    """Headings above the lines, outermost first."""
    line_start: int
    """First line, counted from 1 in the file as it stands."""
    line_end: int
    """Last line, inclusive."""
    quote: str
    """Verbatim text of those lines, or a part of it, white space folded."""
    lang: Lang


@dataclass(frozen=True, slots=True)
class Node:
    """One typed thing of the graph."""

    id: str
    """Kebab-case, unique over the whole graph."""
    kind: NodeKind
    labels: Mapping[Lang, str]
    aliases: Mapping[Lang, tuple[str, ...]] = field(default_factory=dict)
    level: Level | None = None
    """Causes only: `root` is something a person can change, `mechanism` happens inside training."""
    meaning: Mapping[Lang, str] = field(default_factory=dict)
    """One sentence a language; empty for minted nodes and passages."""
    broader: str | None = None
    """The node of which this one is a special case."""
    also: tuple[str, ...] = ()
    """Other ids under which the node may be asked for."""
    reviewed: bool = True
    """False for a node minted from a note's own words."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One statement of the notes, with everything that bears it out."""

    source: str
    target: str
    relation: Relation
    strength: float
    """How firmly the notes say it, 0 to 1 (rules in `content/rules/strengths.toml`)."""
    citations: tuple[Citation, ...]
    status: EdgeStatus = "extracted"
    reason: str | None = None
    """Why a correction retracted, amended or added the edge."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two statements the same."""
        return (self.source, self.relation, self.target)
