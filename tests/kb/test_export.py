"""Facts about the exports, as readers that aren't ours see them: networkx, igraph, rdflib, an openCypher engine."""

from __future__ import annotations

import io
import json
import re
import socket
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import graphdblite
import igraph
import msgspec
import networkx as nx
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.export import FORMATS, export
from kb.export.cypher import literal
from kb.graph import Graph, all_edges, all_nodes, assemble
from kb.model import LANGS, Citation, Edge, Node

pytestmark = pytest.mark.filterwarnings("error")

HOSTILE = (
    "\"quoted\" 'twice' `thrice` </data></node> <![CDATA[ ]]> &amp; -- // */ ; } ) ${x} %s \\ \\' \\u0027 \\\\u0027 "
    "\r\n\t\v\f\b\x00\x1b\x7f\x85\u2028\u2029\u202e\ufeff\ufffe\ufffd 梯度爆炸 e\u0301 \U0001f4a5 @id _:b \\"
)
"""Whatever ends a string, a tag or a line in one of the formats, or can't be written in it at all."""

TEXT = st.text(max_size=30) | st.text(alphabet="\\u0027'\"\n\r<&]>;x", max_size=30)

FIRST = Citation("中文/梯度 爆炸#1.md", "梯度爆炸", ("原因", "学习率"), 3, 5, "学习率过大会导致梯度爆炸。", "zh")
SECOND = Citation("en/nan.md", "NaN", (), 12, 12, "Exploding gradients end in NaN.", "en")
NASTY = Citation("en/nan.md", "NaN", (HOSTILE, "x"), 20, 21, HOSTILE, "en")
RATE = Node(
    "learning-rate-too-high",
    "cause",
    {"en": "learning rate too high", "zh": "学习率过大"},
    {"en": ("learning rate too high", "lr too big"), "zh": ("步长过大",)},
    "root",
    {"en": "Steps overshoot.", "zh": "步子太大。"},
    "rate-unsuitable",
    ("high-lr", "lr-high"),
)
NODES = (
    RATE,
    Node("rate-unsuitable", "cause", {"en": "unsuitable rate"}, level="root", reviewed=False),
    Node("exploding-gradients", "cause", {"en": "exploding gradients", "zh": "梯度爆炸"}, level="mechanism"),
    Node("loss-nan", "symptom", {"en": HOSTILE, "zh": "损失为 NaN"}, {"en": (HOSTILE + "1", "NaN")}),
    Node("gradient-clipping", "remedy", {"en": "gradient clipping"}),
    Node("passage-0123456789ab", "passage", {"en": HOSTILE}),
)
EDGES = (
    Edge("learning-rate-too-high", "exploding-gradients", "leads_to", 1.0, (FIRST,)),
    Edge("exploding-gradients", "loss-nan", "has_symptom", 0.7, (SECOND, NASTY), "amended", HOSTILE),
    Edge("rate-unsuitable", "loss-nan", "has_symptom", 0.0, (NASTY,), "retracted", "Too general."),
    Edge("exploding-gradients", "gradient-clipping", "remedied_by", 1e-05, (SECOND,), "added"),
    Edge("gradient-clipping", "exploding-gradients", "cautions", 0.3, (SECOND,)),
    Edge("passage-0123456789ab", "loss-nan", "explains", 0.5, (NASTY,)),
)
CITATIONS = {FIRST, SECOND, NASTY}
STATED = [(edge.source, edge.relation, edge.target, edge.strength, edge.status, edge.reason) for edge in EDGES]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return assemble(NODES, EDGES)


def saying(text: str) -> Graph:
    """A small graph with the text wherever text can stand."""
    citation = replace(SECOND, quote=text, title=text, heading=(text, text))
    node = replace(RATE, broader=None, labels={"en": text}, aliases={"zh": (f"{text}1", text)}, meaning={"en": text})
    symptom = Node("loss-nan", "symptom", {"zh": text})
    return assemble([node, symptom], [Edge(node.id, "loss-nan", "has_symptom", 0.5, (citation,), reason=text)])


# ---- every format


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_graph_gives_the_same_text(graph: Graph, format: str) -> None:
    assert export(graph, format) == export(assemble(reversed(NODES), reversed(EDGES)), format)
    assert export(graph, format).endswith("\n")


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_graph_can_be_exported(format: str) -> None:
    assert isinstance(export(assemble([], []), format), str)


def test_an_unknown_format_is_refused_with_those_that_exist(graph: Graph) -> None:
    with pytest.raises(InputError, match=r"'yaml'\. Use one of json, graphml, jsonld, cypher\."):
        export(graph, "yaml")


# ---- JSON


def test_json_has_the_shape_of_the_contract(graph: Graph) -> None:
    document = json.loads(export(graph, "json"))
    node = next(node for node in document["nodes"] if node["id"] == "exploding-gradients")
    assert node | {"labels": {"en": "exploding gradients", "zh": "梯度爆炸"}, "aliases": {"en": [], "zh": []}} == node
    assert (node["kind"], node["level"]) == ("cause", "mechanism")
    edge = next(edge for edge in document["edges"] if edge["source"] == "learning-rate-too-high")
    assert (edge["target"], edge["relation"]) == ("exploding-gradients", "leads_to")
    assert edge["citations"] == [asdict(FIRST) | {"heading": ["原因", "学习率"]}]


@given(text=TEXT)
@example(text=HOSTILE)
def test_json_holds_every_field_of_every_node_and_edge(text: str) -> None:
    graph = saying(text)
    document = json.loads(export(graph, "json"))
    filled = [replace(node, aliases={lang: node.aliases.get(lang, ()) for lang in LANGS}) for node in all_nodes(graph)]
    assert msgspec.convert(document["nodes"], list[Node]) == filled
    assert msgspec.convert(document["edges"], list[Edge]) == all_edges(graph)


def test_json_keeps_retracted_edges_with_their_reason(graph: Graph) -> None:
    (edge,) = [edge for edge in json.loads(export(graph, "json"))["edges"] if edge["status"] == "retracted"]
    assert edge["reason"] == "Too general."


# ---- GraphML


def held_by_xml(text: str) -> str:
    def is_held(point: int) -> bool:
        return point in (9, 10, 13) or 32 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000

    return "".join(character if is_held(ord(character)) else "\ufffd" for character in text)


def by_networkx(text: str) -> nx.MultiDiGraph[str]:
    read: nx.MultiDiGraph[str] = nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)
    return read


def test_networkx_reads_every_node_and_edge_from_graphml(graph: Graph) -> None:
    read = by_networkx(export(graph, "graphml"))
    assert read.is_directed()
    assert set(read.nodes) == {node.id for node in NODES}
    assert {key for _, _, key in read.edges(keys=True)} == {"/".join(edge.key) for edge in EDGES}
    found = [
        (source, data["relation"], target, data["strength"], data["status"], data.get("reason"))
        for source, target, data in read.edges(data=True)
    ]
    assert sorted(found, key=str) == sorted(
        [(*stated[:5], stated[5] and held_by_xml(stated[5])) for stated in STATED], key=str
    )
    assert sum(len(json.loads(data["citations"])) for _, _, data in read.edges(data=True)) == 7


def test_networkx_reads_the_fields_of_a_node_from_graphml(graph: Graph) -> None:
    read = by_networkx(export(graph, "graphml"))
    assert read.nodes["learning-rate-too-high"] == {
        "kind": "cause",
        "level": "root",
        "label_en": "learning rate too high",
        "label_zh": "学习率过大",
        "aliases_en": '["learning rate too high","lr too big"]',
        "aliases_zh": '["步长过大"]',
        "meaning_en": "Steps overshoot.",
        "meaning_zh": "步子太大。",
        "broader": "rate-unsuitable",
        "also": '["high-lr","lr-high"]',
        "reviewed": True,
    }


def test_igraph_reads_every_node_and_edge_from_graphml(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text(export(graph, "graphml"), encoding="utf-8", newline="")
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    assert {node["id"]: node["label_en"] for node in read.vs} == {
        node.id: held_by_xml(node.labels["en"]) for node in NODES
    }
    names = read.vs["id"]
    found = [
        (names[edge.source], edge["relation"], names[edge.target], edge["strength"], edge["status"]) for edge in read.es
    ]
    assert sorted(found) == sorted(stated[:5] for stated in STATED)


@given(text=TEXT)
@example(text=HOSTILE)
def test_any_text_comes_back_from_graphml_but_for_what_xml_cannot_hold(text: str) -> None:
    read = by_networkx(export(saying(text), "graphml"))
    (data,) = [data for _, _, data in read.edges(data=True)]
    assert (read.nodes["learning-rate-too-high"].get("label_en") or "") == held_by_xml(text)
    assert (data.get("reason") or "") == held_by_xml(text)
    assert json.loads(data["citations"])[0]["quote"] == re.sub("[\ufffe\uffff]", "\ufffd", text)


# ---- JSON-LD

PREFIXES = """
PREFIX whyloss: <urn:whyloss:schema:> PREFIX node: <urn:whyloss:node:> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
"""


def by_rdflib(text: str) -> Callable[[str], list[tuple[Any, ...]]]:
    """A function that runs a SPARQL query over the document and gives rows of plain values."""
    read = rdflib.Graph()
    with warnings.catch_warnings():  # rdflib's own parser uses a class that rdflib has deprecated
        warnings.filterwarnings("ignore", "ConjunctiveGraph is deprecated", DeprecationWarning)
        read.parse(data=text, format="json-ld")
    return lambda query: [
        tuple(None if value is None else value.toPython() for value in row) for row in read.query(PREFIXES + query)
    ]


@pytest.fixture
def ask(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[tuple[Any, ...]]]:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("reading JSON-LD went to the network")

    monkeypatch.setattr(socket, "socket", refuse)
    return by_rdflib(export(graph, "jsonld"))


def test_rdflib_counts_every_label_with_its_language(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask("SELECT (LANG(?l) AS ?lang) (COUNT(*) AS ?n) { ?x skos:prefLabel ?l } GROUP BY LANG(?l) ORDER BY ?lang")
    assert rows == [("en", 5), ("zh", 3)]


def test_rdflib_finds_labels_meanings_and_hierarchy(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    assert ask(
        "SELECT ?p ?d ?l { node:learning-rate-too-high skos:prefLabel ?p; skos:definition ?d; whyloss:level ?l; "
        "skos:broader node:rate-unsuitable; a whyloss:Cause, skos:Concept. FILTER(LANG(?p) = 'zh' && LANG(?d) = 'zh') }"
    ) == [("学习率过大", "步子太大。", "root")]


def test_a_preferred_label_is_no_alternative_one(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask("SELECT ?l { node:learning-rate-too-high skos:altLabel ?l }")
    assert sorted(rows) == [("lr too big",), ("步长过大",)]


def test_rdflib_finds_every_statement_with_strength_and_status(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask(
        "SELECT ?s ?p ?o ?strength ?status ?reason { ?x a rdf:Statement; rdf:subject ?s; rdf:predicate ?p; "
        "rdf:object ?o; whyloss:strength ?strength; whyloss:status ?status. OPTIONAL { ?x whyloss:reason ?reason } }"
    )
    found = [(*(name.rpartition(":")[2] for name in row[:3]), *row[3:]) for row in rows]
    assert sorted(found, key=str) == sorted(STATED, key=str)


def test_only_edges_that_hold_are_asserted(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask(
        "SELECT ?s ?o { ?s ?p ?o. FILTER(STRSTARTS(STR(?s), STR(node:)) && STRSTARTS(STR(?o), STR(node:)) "
        "&& STRSTARTS(STR(?p), STR(whyloss:))) }"
    )
    found = {tuple(name.rpartition(":")[2] for name in row) for row in rows}
    assert found == {(edge.source, edge.target) for edge in EDGES if edge.status != "retracted"}


def test_rdflib_finds_every_citation_with_its_lines_quote_and_note(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask(
        "SELECT ?path ?title ?start ?end ?quote (LANG(?quote) AS ?lang) { ?c a prov:Entity; whyloss:lineStart ?start; "
        "whyloss:lineEnd ?end; prov:value ?quote; prov:wasQuotedFrom ?n. "
        "?n dcterms:identifier ?path; dcterms:title ?title }"
    )
    expected = {(c.note, c.title, c.line_start, c.line_end, c.quote, c.lang) for c in CITATIONS}
    assert set(rows) == expected
    assert len(rows) == len(expected)


def test_rdflib_leads_from_a_statement_to_its_citations(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask("SELECT ?x ?c { ?x a rdf:Statement; prov:wasDerivedFrom ?c }")
    assert len(rows) == sum(len(edge.citations) for edge in EDGES)


def test_rdflib_reads_headings_in_their_order(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    rows = ask("SELECT ?h { ?c whyloss:lineStart 3; whyloss:heading/rdf:first ?h } ") + ask(
        "SELECT ?h { ?c whyloss:lineStart 3; whyloss:heading/rdf:rest/rdf:first ?h }"
    )
    assert rows == [("原因",), ("学习率",)]


def test_a_passage_is_a_quoted_text_and_the_graph_bears_its_version(
    graph: Graph, ask: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    assert ask("SELECT ?q { ?x a whyloss:Passage; prov:value ?q }") == [(HOSTILE,)]
    assert ask("SELECT ?v { ?x a skos:ConceptScheme; dcterms:hasVersion ?v }") == [(graph.graph["version"],)]


@given(text=TEXT)
@example(text=HOSTILE)
def test_any_text_comes_back_from_jsonld(text: str) -> None:
    ask = by_rdflib(export(saying(text), "jsonld"))
    assert ask("SELECT ?q { ?c whyloss:lineStart ?n; prov:value ?q }") == [(text,)]
    assert ask("SELECT ?l { node:learning-rate-too-high skos:prefLabel ?l }") == [(text,)]
    assert ask("SELECT ?r { ?x whyloss:reason ?r }") == [(text,)]


# ---- Cypher


def by_engine(text: str) -> graphdblite.Database:
    """A database in memory in which every line of the text has been run."""
    database = graphdblite.Database.open_memory()
    for line in text.split("\n")[:-1]:
        database.execute(line)
    return database


def counts(database: graphdblite.Database) -> tuple[int, ...]:
    patterns = ("(x:Node)", "(x:Cause)", "(x:Citation)", "()-[x]->()", "()-[x:HAS_SYMPTOM]->()")
    return tuple(database.query(f"MATCH {pattern} RETURN count(x) AS n")[0]["n"] for pattern in patterns)


def test_a_cypher_engine_loads_every_node_edge_and_citation(graph: Graph) -> None:
    assert counts(by_engine(export(graph, "cypher"))) == (len(NODES), 3, len(CITATIONS), len(EDGES), 2)


def test_loading_cypher_twice_is_loading_it_once(graph: Graph) -> None:
    text = export(graph, "cypher")
    assert counts(by_engine(text + text)) == counts(by_engine(text))


def test_cypher_is_one_statement_a_line(graph: Graph) -> None:
    lines = export(graph, "cypher").splitlines()
    assert len(lines) == len(NODES) + len(CITATIONS) + len(EDGES)
    assert all(line.startswith(("MERGE ", "MATCH ")) and line.endswith(";") for line in lines)


def test_a_cypher_engine_finds_the_fields_of_a_node(graph: Graph) -> None:
    (row,) = by_engine(export(graph, "cypher")).query("MATCH (n:Cause {id: 'learning-rate-too-high'}) RETURN n")
    assert {name: value for name, value in row["n"].items() if not name.startswith("__")} == {
        "id": "learning-rate-too-high",
        "kind": "cause",
        "level": "root",
        "label_en": "learning rate too high",
        "label_zh": "学习率过大",
        "aliases_en": ["learning rate too high", "lr too big"],
        "aliases_zh": ["步长过大"],
        "meaning_en": "Steps overshoot.",
        "meaning_zh": "步子太大。",
        "broader": "rate-unsuitable",
        "also": ["high-lr", "lr-high"],
        "reviewed": True,
    }


def test_a_cypher_engine_finds_every_edge_with_strength_and_status(graph: Graph) -> None:
    rows = by_engine(export(graph, "cypher")).query(
        "MATCH (a)-[r]->(b) "
        "RETURN a.id AS s, toLower(type(r)) AS p, b.id AS o, r.strength AS w, r.status AS t, r.reason AS y"
    )
    assert sorted((tuple(row[name] for name in "spowty") for row in rows), key=str) == sorted(
        ((s, p, o, w, t, y) for s, p, o, w, t, y in STATED), key=str
    )


def test_a_cypher_engine_leads_from_an_edge_to_its_citations(graph: Graph) -> None:
    rows = by_engine(export(graph, "cypher")).query(
        "MATCH (a)-[r]->(b) MATCH (c:Citation) WHERE c.id IN r.citations "
        "RETURN a.id AS a, b.id AS b, c.note AS n, c.heading AS h, c.line_start AS s, c.line_end AS e, c.quote AS q"
    )
    found = {(r["a"], r["b"], r["n"], tuple(r["h"]), r["s"], r["e"], r["q"]) for r in rows}
    expected = {
        (edge.source, edge.target, c.note, c.heading, c.line_start, c.line_end, c.quote)
        for edge in EDGES
        for c in edge.citations
    }
    assert found == expected
    assert len(rows) == len(expected)


@given(text=TEXT)
@example(text=HOSTILE)
def test_any_text_comes_back_from_cypher(text: str) -> None:
    database = by_engine(export(saying(text), "cypher"))
    assert database.query("MATCH (c:Citation) RETURN c.quote AS q") == [{"q": text}]
    assert database.query("MATCH (n:Cause) RETURN n.aliases_zh AS a") == [{"a": [f"{text}1", text]}]
    assert database.query("MATCH ()-[r]->() RETURN r.reason AS r") == [{"r": text}]


@given(text=TEXT)
@example(text=HOSTILE)
def test_a_cypher_string_reads_the_same_where_unicode_escapes_are_decoded_first(text: str) -> None:
    decoded = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match.group(1), 16)), literal(text))
    assert graphdblite.Database.open_memory().query(f"RETURN {decoded} AS t") == [{"t": text}]
