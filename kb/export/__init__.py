"""The graph for other programs: one module a format, each a function from the graph to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kb.errors import InputError
from kb.export.cypher import to_cypher
from kb.export.graphml import to_graphml
from kb.export.jsonld import to_jsonld
from kb.export.plain import to_json
from kb.graph import Graph

FORMATS: Mapping[str, Callable[[Graph], str]] = {
    "json": to_json,
    "graphml": to_graphml,
    "jsonld": to_jsonld,
    "cypher": to_cypher,
}


def export(graph: Graph, format: str) -> str:
    """The whole graph as text that ends in a newline: every node, every edge, retracted ones with their status.

    The same graph gives the same text. Raises InputError for a format that isn't one of FORMATS.
    """
    if format not in FORMATS:
        raise InputError(f"There is no export format {format!r}. Use one of {', '.join(FORMATS)}.")
    return FORMATS[format](graph)
