"""JSON-LD for the web of data; the context is inside, so that reading needs no network.

Labels, meanings and hierarchy are SKOS. An edge that holds is a triple, `node:a whyloss:leads_to node:b`, and every
edge, a retracted one too, is also an rdf:Statement, on which strength, status and reason hang:

    rdf:Statement --prov:wasDerivedFrom--> citation (lines, quote) --prov:wasQuotedFrom--> note

A retracted edge has no triple of its own: a statement about it doesn't assert it.
References: https://www.w3.org/TR/json-ld11/ https://www.w3.org/TR/skos-reference/ https://www.w3.org/TR/prov-o/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from kb.export.citations import citation_id, distinct_citations
from kb.graph import SCHEMA, Graph, all_edges, all_nodes, live_edges
from kb.model import Citation, Edge, Node

_SCHEME = "urn:whyloss:graph"


def _text(name: str) -> dict[str, str]:
    return {"@id": name, "@container": "@language"}


def _link(name: str) -> dict[str, str]:
    return {"@id": name, "@type": "@id"}


CONTEXT: Mapping[str, Any] = {
    "@version": 1.1,
    "whyloss": "urn:whyloss:schema:",
    "node": "urn:whyloss:node:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "id": "@id",
    "type": "@type",
    "prefLabel": _text("skos:prefLabel"),
    "altLabel": _text("skos:altLabel"),
    "definition": _text("skos:definition"),
    "broader": _link("skos:broader"),
    "inScheme": _link("skos:inScheme"),
    "level": "whyloss:level",
    "also": "whyloss:also",
    "reviewed": "whyloss:reviewed",
    "version": "dcterms:hasVersion",
    **{relation: _link(f"whyloss:{relation}") for relation in SCHEMA},
    "subject": _link("rdf:subject"),
    "predicate": _link("rdf:predicate"),
    "object": _link("rdf:object"),
    "strength": {"@id": "whyloss:strength", "@type": "xsd:double"},
    "status": "whyloss:status",
    "reason": "whyloss:reason",
    "wasDerivedFrom": _link("prov:wasDerivedFrom"),
    "wasQuotedFrom": _link("prov:wasQuotedFrom"),
    "quote": _text("prov:value"),
    "title": "dcterms:title",
    "path": "dcterms:identifier",
    "heading": {"@id": "whyloss:heading", "@container": "@list"},
    "lineStart": "whyloss:lineStart",
    "lineEnd": "whyloss:lineEnd",
}


def to_jsonld(graph: Graph) -> str:
    """One JSON-LD document, two spaces a level; a passage's text is a quote, any other node's a label."""
    edges = all_edges(graph)
    citations = distinct_citations(edges)
    things = [
        {"id": _SCHEME, "type": "skos:ConceptScheme", "version": graph.graph["version"]},
        *(_node(node, live_edges(graph, source=node.id)) for node in all_nodes(graph)),
        *(_statement(edge) for edge in edges),
        *(_citation(name, citation) for name, citation in citations.items()),
        *_notes(citations.values()),
    ]
    document = {"@context": CONTEXT, "@graph": things}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _node(node: Node, edges: Iterable[Edge]) -> dict[str, Any]:
    is_passage = node.kind == "passage"
    fields = {
        "id": f"node:{node.id}",
        "type": [f"whyloss:{node.kind.capitalize()}", "prov:Entity" if is_passage else "skos:Concept"],
        "inScheme": None if is_passage else _SCHEME,
        "quote" if is_passage else "prefLabel": dict(sorted(node.labels.items())),
        "altLabel": _alternatives(node),
        "definition": dict(sorted(node.meaning.items())),
        "level": node.level,
        "broader": node.broader and f"node:{node.broader}",
        "also": node.also,
        "reviewed": node.reviewed,
        **_relations(edges),
    }
    return _filled(fields)


def _alternatives(node: Node) -> dict[str, list[str]]:
    """Aliases without the label itself: in SKOS a preferred label is no alternative one as well (S13)."""
    found = {
        lang: [alias for alias in aliases if alias != node.labels.get(lang)]
        for lang, aliases in sorted(node.aliases.items())
    }
    return {lang: aliases for lang, aliases in found.items() if aliases}


def _relations(edges: Iterable[Edge]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for edge in edges:
        found.setdefault(edge.relation, []).append(f"node:{edge.target}")
    return found


def _statement(edge: Edge) -> dict[str, Any]:
    fields = {
        "id": f"urn:whyloss:edge:{'/'.join(edge.key)}",
        "type": "rdf:Statement",
        "subject": f"node:{edge.source}",
        "predicate": f"whyloss:{edge.relation}",
        "object": f"node:{edge.target}",
        "strength": edge.strength,
        "status": edge.status,
        "reason": edge.reason,
        "wasDerivedFrom": [f"urn:whyloss:{citation_id(citation)}" for citation in edge.citations],
    }
    return _filled(fields)


def _citation(name: str, citation: Citation) -> dict[str, Any]:
    return {
        "id": f"urn:whyloss:{name}",
        "type": "prov:Entity",
        "wasQuotedFrom": _note_iri(citation.note),
        "quote": {citation.lang: citation.quote},
        "heading": citation.heading,
        "lineStart": citation.line_start,
        "lineEnd": citation.line_end,
    }


def _notes(citations: Iterable[Citation]) -> Iterator[dict[str, Any]]:
    titles: dict[str, set[str]] = {}
    for citation in citations:
        titles.setdefault(citation.note, set()).add(citation.title)
    for note, names in sorted(titles.items()):
        yield {"id": _note_iri(note), "type": "prov:Entity", "path": note, "title": sorted(names)}


def _note_iri(note: str) -> str:
    return f"urn:whyloss:note:{quote(note)}"


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something; `False` and 0 do."""
    return {name: value for name, value in fields.items() if value not in (None, (), [], {})}
