"""GraphML for graph editors and libraries: Gephi, yEd, igraph, networkx.

GraphML attributes are plain values, so aliases, other ids and citations are JSON lists inside a string attribute. What
is None or empty is left out. Specification: http://graphml.graphdrawing.org/specification.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from kb.graph import Graph, all_edges, all_nodes
from kb.model import LANGS, Edge, Node

Value = str | float | bool | None

_NODE_KEYS: Mapping[str, str] = {
    "kind": "string",
    "level": "string",
    **{f"{field}_{lang}": "string" for field in ("label", "aliases", "meaning") for lang in LANGS},
    "broader": "string",
    "also": "string",
    "reviewed": "boolean",
}
_EDGE_KEYS: Mapping[str, str] = {
    "relation": "string",
    "strength": "double",
    "status": "string",
    "reason": "string",
    "citations": "string",
}

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Whatever XML 1.0 can't hold, not even as a character reference (https://www.w3.org/TR/xml/#charsets)."""

_LINE_ENDS: dict[str, str] = {"\r": "&#13;"}
"""XML readers turn a bare carriage return into a newline."""


def to_graphml(graph: Graph) -> str:
    """A directed GraphML graph with parallel edges; characters that XML can't hold become U+FFFD."""
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
            *_keys("node", _NODE_KEYS),
            *_keys("edge", _EDGE_KEYS),
            '<key id="graph_version" for="graph" attr.name="version" attr.type="string"/>',
            '<graph id="whyloss" edgedefault="directed">',
            _data("graph_version", graph.graph["version"]),
            *(_node(node) for node in all_nodes(graph)),
            *(_edge(edge) for edge in all_edges(graph)),
            "</graph>",
            "</graphml>",
            "",
        )
    )


def _keys(owner: str, types: Mapping[str, str]) -> Iterator[str]:
    for name, kind in types.items():
        yield f'<key id="{owner}_{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>'


def _node(node: Node) -> str:
    values: dict[str, Value] = {
        "kind": node.kind,
        "level": node.level,
        **{f"label_{lang}": node.labels.get(lang) for lang in LANGS},
        **{f"aliases_{lang}": _list(node.aliases.get(lang)) for lang in LANGS},
        **{f"meaning_{lang}": node.meaning.get(lang) for lang in LANGS},
        "broader": node.broader,
        "also": _list(node.also),
        "reviewed": node.reviewed,
    }
    return f"<node id={_attribute(node.id)}>{_all_data('node', values)}</node>"


def _edge(edge: Edge) -> str:
    name = _attribute("/".join(edge.key))
    values: dict[str, Value] = {
        "relation": edge.relation,
        "strength": edge.strength,
        "status": edge.status,
        "reason": edge.reason,
        "citations": _list(edge.citations),
    }
    ends = f"source={_attribute(edge.source)} target={_attribute(edge.target)}"
    return f"<edge id={name} {ends}>{_all_data('edge', values)}</edge>"


def _list(values: tuple[Any, ...] | None) -> str | None:
    return msgspec.json.encode(values).decode() if values else None


def _all_data(owner: str, values: Mapping[str, Value]) -> str:
    return "".join(_data(f"{owner}_{name}", value) for name, value in values.items() if value is not None)


def _data(key: str, value: str | float | bool) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<data key="{key}">{escape(_holdable(text), _LINE_ENDS)}</data>'


def _attribute(value: str) -> str:
    return quoteattr(_holdable(value))


def _holdable(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
