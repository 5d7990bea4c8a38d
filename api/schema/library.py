"""The graph and the notes, for reading, and how the service is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schema.base import CitationOut, Response
from kb.model import EdgeStatus, Lang, Level, NodeKind, Relation


class NodeOut(Response):
    """A thing of the graph."""

    id: str
    kind: NodeKind
    level: Level | None
    labels: dict[Lang, str]
    aliases: dict[Lang, list[str]]
    meaning: dict[Lang, str]
    broader: str | None
    also: list[str]
    reviewed: bool


class EdgeOut(Response):
    """A statement of the notes."""

    source: str
    target: str
    relation: Relation
    strength: float
    status: EdgeStatus
    reason: str | None
    citations: list[CitationOut]


class NodeList(Response):
    """The nodes that a search finds."""

    nodes: list[NodeOut]
    total: int = Field(description="How many match, of which `nodes` holds the first.")
    kb_version: str


class NodeDetail(NodeOut):
    """A node with every edge that starts or ends there."""

    outgoing: list[EdgeOut]
    incoming: list[EdgeOut]
    kb_version: str


class GraphOut(Response):
    """Nodes, and the edges between them."""

    version: str
    nodes: list[NodeOut]
    edges: list[EdgeOut]


class NoteRef(Response):
    """A note that can be opened."""

    note: str
    url: str
    lines: int


class NoteList(Response):
    """Every note."""

    notes: list[NoteRef]
    kb_version: str


class NoteOut(NoteRef):
    """A note's text; line n of a citation is the n-th piece of `text` split at newlines."""

    text: str


class Health(Response):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Readiness(Response):
    """Questions are answered, from this graph."""

    status: Literal["ready"] = "ready"
    version: str
    kb_version: str
    nodes: int
    edges: int
    notes: int
