"""JSON as the contract has it: `{"nodes": [...], "edges": [...]}`."""

from __future__ import annotations

from typing import Any

import msgspec

from kb.graph import Graph, all_edges, all_nodes
from kb.model import LANGS, Edge, Node


def to_json(graph: Graph) -> str:
    """Nodes by id and edges by source, relation and target, two spaces a level, text as itself and not as escapes."""
    document = {
        "version": graph.graph["version"],
        "nodes": [_node(node) for node in all_nodes(graph)],
        "edges": [_edge(edge) for edge in all_edges(graph)],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "level": node.level,
        "labels": dict(sorted(node.labels.items())),
        "aliases": {lang: node.aliases.get(lang, ()) for lang in LANGS},
        "meaning": dict(sorted(node.meaning.items())),
        "broader": node.broader,
        "also": node.also,
        "reviewed": node.reviewed,
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "relation": edge.relation,
        "strength": edge.strength,
        "status": edge.status,
        "reason": edge.reason,
        "citations": edge.citations,
    }
