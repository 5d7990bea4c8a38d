from __future__ import annotations

import networkx as nx
import pytest

from api.search import by_any_id, find_nodes, neighbourhood
from kb.graph import Graph, assemble
from kb.model import Citation, Edge, Node

SAID = (Citation("n.md", "T", (), 1, 1, "q", "en"),)


@pytest.fixture(scope="module")
def graph() -> Graph:
    nodes = [
        Node("loss-nan", "symptom", {"en": "loss is NaN", "zh": "loss 为 NaN"}, {"en": ("nan",)}, also=("nan-loss",)),
        Node("gradient-nan", "symptom", {"en": "gradient is NaN", "zh": "梯度为 NaN"}),
        Node("nan", "cause", {"en": "bad input", "zh": "坏输入"}, level="root"),
        Node("far", "cause", {"en": "far away", "zh": "很远"}, level="root"),
        Node("passage-1", "passage", {"en": "NaN is not a number"}),
    ]
    edges = [
        Edge("far", "nan", "leads_to", 1.0, SAID),
        Edge("nan", "loss-nan", "has_symptom", 1.0, SAID),
        Edge("nan", "gradient-nan", "has_symptom", 1.0, SAID),
        Edge("passage-1", "loss-nan", "explains", 1.0, SAID),
    ]
    return assemble(nodes, edges)


@pytest.mark.parametrize(
    ("query", "kind", "found"),
    [
        ("NAN", None, ["loss-nan", "nan", "gradient-nan"]),
        ("nan", "symptom", ["loss-nan", "gradient-nan"]),
        ("nan-loss", None, ["loss-nan"]),
        ("梯度", None, ["gradient-nan"]),
        ("not a number", None, []),
        ("not a number", "passage", ["passage-1"]),
        ("", "cause", ["far", "nan"]),
        ("no such thing", None, []),
    ],
)
def test_nodes_are_found_by_any_name_exact_ones_first(
    graph: Graph, query: str, kind: str | None, found: list[str]
) -> None:
    assert [node.id for node in find_nodes(graph, query, kind)] == found


def test_a_node_may_be_asked_for_by_its_other_ids(graph: Graph) -> None:
    assert by_any_id(graph)["nan-loss"] == "loss-nan"
    assert {by_any_id(graph)[name] for name in graph} == set(graph)


@pytest.mark.parametrize("depth", range(4))
def test_a_neighbourhood_is_what_networkx_reaches_in_so_many_steps(graph: Graph, depth: int) -> None:
    for centre in graph:
        expected = nx.ego_graph(graph.to_undirected(as_view=True), centre, radius=depth)
        assert set(neighbourhood(graph, centre, depth)) == set(expected)
        assert neighbourhood(graph, centre, depth).graph["version"] == graph.graph["version"]
