"""openCypher statements, one a line, for Neo4j and other property-graph databases.

A node is `(:Node:Cause {id: ...})`, an edge a relationship `[:LEADS_TO]`, both with their fields as properties.
Properties are plain values or lists of them, so a citation is a `(:Citation)` of its own, and a relationship lists ids:

    MATCH (a)-[r]->(b) MATCH (c:Citation) WHERE c.id IN r.citations RETURN a.id, type(r), b.id, c.quote

MERGE makes loading twice the same as loading once. Before a large graph make an index on the `id` of `Node` and
`Citation`; openCypher has no statement for that, each database its own.
Specification: https://opencypher.org/resources/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from kb.export.citations import citation_id, distinct_citations
from kb.graph import Graph, all_edges, all_nodes
from kb.model import LANGS, Citation, Edge, Node

Value = str | float | bool | Sequence[str] | None

_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEEDS_ESCAPE = re.compile("[\\\\'\x00-\x1f\x7f-\x9f\u2028\u2029]|(?<=\\\\)u")


def to_cypher(graph: Graph) -> str:
    """Statements that end in `;` and a newline: nodes, then citations, then relationships."""
    edges = all_edges(graph)
    citations = distinct_citations(edges)
    lines = (
        *(_node(node) for node in all_nodes(graph)),
        *(_citation(name, citation) for name, citation in citations.items()),
        *(_edge(edge) for edge in edges),
    )
    return "".join(f"{line};\n" for line in lines)


def _node(node: Node) -> str:
    properties: dict[str, Value] = {
        "id": node.id,
        "kind": node.kind,
        "level": node.level,
        **{f"label_{lang}": node.labels.get(lang) for lang in LANGS},
        **{f"aliases_{lang}": node.aliases.get(lang, ()) for lang in LANGS},
        **{f"meaning_{lang}": node.meaning.get(lang) for lang in LANGS},
        "broader": node.broader,
        "also": node.also,
        "reviewed": node.reviewed,
    }
    return f"MERGE (n:Node {{id: {literal(node.id)}}}) SET n = {_map(properties)}, n:{node.kind.capitalize()}"


def _citation(name: str, citation: Citation) -> str:
    return f"MERGE (c:Citation {{id: {literal(name)}}}) SET c = {_map({'id': name, **asdict(citation)})}"


def _edge(edge: Edge) -> str:
    properties: dict[str, Value] = {
        "strength": edge.strength,
        "status": edge.status,
        "reason": edge.reason,
        "citations": [citation_id(citation) for citation in edge.citations],
    }
    ends = f"MATCH (a:Node {{id: {literal(edge.source)}}}) MATCH (b:Node {{id: {literal(edge.target)}}})"
    return f"{ends} MERGE (a)-[r:{edge.relation.upper()}]->(b) SET r = {_map(properties)}"


def _map(properties: Mapping[str, Value]) -> str:
    return f"{{{', '.join(f'{name}: {literal(value)}' for name, value in properties.items() if value is not None)}}}"


def literal(value: Value) -> str:
    r"""A value as openCypher writes it, on one line.

    Some databases read `\uXXXX` before they split the text into strings, so that a quoted `\u0027` would end the
    string. Hence no backslash of ours is ever followed by a `u` of the text: that `u` is escaped too.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return f"'{_NEEDS_ESCAPE.sub(_escaped, value)}'"
    return f"[{', '.join(literal(item) for item in value or ())}]"


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character, f"\\u{ord(character):04x}")
