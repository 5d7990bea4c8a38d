"""Facts about the checked graph: what it holds, what it refuses, and in which order it hands things out."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ContentError
from kb.graph import SCHEMA, all_edges, all_nodes, assemble, live_edges
from kb.model import Citation, Edge, Node, NodeKind, Relation

pytestmark = pytest.mark.filterwarnings("error")

CITATION = Citation("en/nan.md", "NaN", ("NaN", "Causes"), 12, 13, "A high rate makes it explode.", "en")
RATE = Node("learning-rate-too-high", "cause", {"en": "learning rate too high"}, level="root")
EXPLOSION = Node("exploding-gradients", "cause", {"en": "exploding gradients"}, level="mechanism")
NAN = Node("loss-nan", "symptom", {"en": "loss is NaN"})
CLIPPING = Node("gradient-clipping", "remedy", {"en": "gradient clipping"})
NODES = (RATE, EXPLOSION, NAN, CLIPPING)
LEADS = Edge("learning-rate-too-high", "exploding-gradients", "leads_to", 0.9, (CITATION,))
SHOWS = Edge("exploding-gradients", "loss-nan", "has_symptom", 0.7, (CITATION,))
MENDS = Edge("loss-nan", "gradient-clipping", "remedied_by", 0.5, (CITATION,))
WRONG = Edge("learning-rate-too-high", "loss-nan", "has_symptom", 0.5, (CITATION,), "retracted", "The note says else.")
EDGES = (LEADS, SHOWS, MENDS, WRONG)


def node_of(kind: NodeKind, name: str) -> Node:
    return Node(name, kind, {"en": name}, level="root" if kind == "cause" else None)


def refusal(nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> str:
    """The text of the one problem that assembling must report."""
    with pytest.raises(ContentError) as caught:
        assemble(nodes, edges)
    (problem,) = caught.value.problems
    return str(problem)


def test_nodes_and_edges_lie_where_readers_look_for_them() -> None:
    graph = assemble(NODES, EDGES)
    assert graph.nodes["loss-nan"]["node"] == NAN
    assert graph.edges["exploding-gradients", "loss-nan", "has_symptom"]["edge"] == SHOWS
    assert graph.graph["version"].startswith("sha256:")


@given(nodes=st.permutations(NODES), edges=st.permutations(EDGES))
def test_the_order_of_input_leaves_no_trace(nodes: list[Node], edges: list[Edge]) -> None:
    graph, usual = assemble(nodes, edges), assemble(NODES, EDGES)
    assert list(graph.nodes) == list(usual.nodes) == sorted(graph.nodes)
    assert list(graph.edges(keys=True)) == list(usual.edges(keys=True))
    assert graph.graph == usual.graph


def test_everything_is_handed_out_sorted_and_retracted_edges_stay() -> None:
    graph = assemble(NODES, EDGES)
    assert [node.id for node in all_nodes(graph)] == sorted(node.id for node in NODES)
    assert all_edges(graph) == sorted(EDGES, key=lambda edge: edge.key)


def test_one_and_one_point_nought_are_the_same_strength() -> None:
    whole, fraction = assemble(NODES, [replace(LEADS, strength=1)]), assemble(NODES, [replace(LEADS, strength=1.0)])
    assert whole.graph["version"] == fraction.graph["version"]


def test_an_empty_graph_is_a_graph() -> None:
    assert live_edges(assemble([], [])) == []


# ---- live edges

ENDS = st.none() | st.sampled_from([*(node.id for node in NODES), "no-such-node"])


@given(relation=st.none() | st.sampled_from(get_args(Relation)), source=ENDS, target=ENDS)
def test_live_edges_are_those_that_a_scan_of_all_edges_finds(
    relation: Relation | None, source: str | None, target: str | None
) -> None:
    expected = [
        edge
        for edge in sorted(EDGES, key=lambda edge: edge.key)
        if edge.status != "retracted"
        and (relation is None or edge.relation == relation)
        and (source is None or edge.source == source)
        and (target is None or edge.target == target)
    ]
    assert live_edges(assemble(NODES, EDGES), relation=relation, source=source, target=target) == expected


# ---- the schema


def test_the_schema_knows_every_relation() -> None:
    assert set(SCHEMA) == set(get_args(Relation))


@pytest.mark.parametrize("relation", get_args(Relation))
@pytest.mark.parametrize("source", get_args(NodeKind))
@pytest.mark.parametrize("target", get_args(NodeKind))
def test_a_relation_joins_the_kinds_of_its_schema_and_no_others(
    relation: Relation, source: NodeKind, target: NodeKind
) -> None:
    nodes = (node_of(source, "one"), node_of(target, "two"))
    edge = Edge("one", "two", relation, 0.5, (CITATION,))
    if (source, target) in SCHEMA[relation]:
        assert live_edges(assemble(nodes, [edge])) == [edge]
    else:
        assert "schema forbids" in refusal(nodes, (edge,))


# ---- what is refused


@pytest.mark.parametrize("name", ["Loss-NaN", "loss_nan", "-loss", "loss-", "loss--nan", "", "loss nan", "梯度", "a\n"])
def test_an_id_that_is_not_kebab_case_is_refused(name: str) -> None:
    assert "isn't kebab-case" in refusal((replace(NAN, id=name),), ())


def test_an_id_used_twice_is_refused() -> None:
    assert "used twice" in refusal((NAN, replace(NAN, kind="concept")), ())


@pytest.mark.parametrize("also", ["gradient-clipping", "loss-nan"])
def test_another_name_that_is_an_id_already_is_refused(also: str) -> None:
    assert f"{also!r} under `also`" in refusal((CLIPPING, replace(NAN, also=(also,))), ())


def test_another_name_of_two_nodes_is_refused() -> None:
    nodes = (replace(CLIPPING, also=("clip",)), replace(NAN, also=("clip",)))
    assert "already names 'gradient-clipping'" in refusal(nodes, ())


def test_a_cause_without_a_level_is_refused() -> None:
    assert "no level" in refusal((replace(RATE, level=None),), ())


def test_a_level_on_anything_but_a_cause_is_refused() -> None:
    assert "only causes" in refusal((replace(NAN, level="root"),), ())


def test_broader_must_name_a_node() -> None:
    assert "no node's id" in refusal((replace(NAN, broader="loss-odd"),), ())


def test_broader_must_not_lead_in_a_circle() -> None:
    nodes = (replace(NAN, broader="loss-odd"), replace(NAN, id="loss-odd", broader="loss-nan"))
    with pytest.raises(ContentError, match="circle") as caught:
        assemble((*nodes, replace(NAN, id="loss-below", broader="loss-nan")), ())
    assert len(caught.value.problems) == 2, "the node below the circle isn't at fault"


def test_an_edge_without_a_citation_is_refused() -> None:
    assert "no citation" in refusal(NODES, (replace(LEADS, citations=()),))


def test_an_edge_given_twice_is_refused() -> None:
    assert "occurs twice" in refusal(NODES, (LEADS, replace(LEADS, strength=0.1)))


@pytest.mark.parametrize("strength", [-0.1, 1.0000001, float("nan"), float("inf")])
def test_a_strength_outside_nought_to_one_is_refused(strength: float) -> None:
    assert "outside 0 to 1" in refusal(NODES, (replace(LEADS, strength=strength),))


def test_an_edge_from_a_node_to_itself_is_refused() -> None:
    assert "with itself" in refusal(NODES, (replace(LEADS, target=LEADS.source),))


@pytest.mark.parametrize("end", ["source", "target"])
def test_an_edge_to_an_unknown_node_is_refused(end: str) -> None:
    assert "no node has the id 'learning-rat'" in refusal(NODES, (replace(LEADS, **{end: "learning-rat"}),))


def test_an_unknown_relation_is_refused() -> None:
    edge = replace(LEADS, relation="causes")
    assert "no relation 'causes'" in refusal(NODES, (edge,))


def test_text_that_utf8_cannot_hold_is_refused() -> None:
    assert "surrogate" in refusal((replace(NAN, labels={"en": "\ud800"}),), ())


def test_a_problem_of_an_edge_names_the_cited_lines() -> None:
    assert refusal(NODES, (replace(LEADS, strength=2.0),)).startswith("en/nan.md:12: edge 'learning-rate-too-high'")


def test_all_problems_are_reported_together() -> None:
    nodes = (replace(RATE, level=None), replace(NAN, id="Loss"), CLIPPING)
    edges = (replace(LEADS, strength=7.0, citations=()), replace(MENDS, source="nowhere"))
    with pytest.raises(ContentError) as caught:
        assemble(nodes, edges)
    text = str(caught.value)
    assert len(caught.value.problems) == len(text.splitlines()) == 6
    for part in ("no level", "kebab-case", "outside 0 to 1", "no citation", "'exploding-gradients'", "'nowhere'"):
        assert part in text
