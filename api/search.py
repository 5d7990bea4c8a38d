"""Looking nodes up by what people call them."""

from __future__ import annotations

from collections.abc import Iterable

from kb.graph import Graph, all_nodes
from kb.model import Edge, Node
from kb.text import fold


def find_nodes(graph: Graph, query: str, kind: str | None) -> list[Node]:
    """The nodes of a kind with a name that holds the query: exact names first, then beginnings, then by id.

    Passages are no names of things and are found only where their kind is asked for.
    """
    wanted = fold(query).strip()
    ranked = [
        (rank, node.id, node)
        for node in all_nodes(graph)
        if node.kind == kind or (kind is None and node.kind != "passage")
        if (rank := _rank(wanted, node)) is not None
    ]
    return [node for *_, node in sorted(ranked, key=lambda row: row[:2])]


def by_any_id(graph: Graph) -> dict[str, str]:
    """Every id, and every other id under which a node may be asked for, to the node's own id."""
    also = {name: node.id for node in all_nodes(graph) for name in node.also}
    return also | {node.id: node.id for node in all_nodes(graph)}


def edges_at(graph: Graph, name: str) -> tuple[list[Edge], list[Edge]]:
    """The edges that start at a node and those that end there, retracted ones too."""
    outgoing: Iterable[tuple[str, str, Edge]] = graph.out_edges(name, data="edge")
    incoming: Iterable[tuple[str, str, Edge]] = graph.in_edges(name, data="edge")
    return [edge for _, _, edge in outgoing], [edge for _, _, edge in incoming]


def neighbourhood(graph: Graph, centre: str, depth: int) -> Graph:
    """The part of the graph that lies within `depth` edges of a node, whichever way the edges run."""
    reached = frontier = {centre}
    for _ in range(depth):
        near = {node for here in frontier for node in (*graph.successors(here), *graph.predecessors(here))}
        frontier = near - reached
        reached = reached | frontier
    part: Graph = graph.subgraph(reached)
    return part


def _rank(wanted: str, node: Node) -> int | None:
    """0 for a name that is the query, 1 for one that begins with it, 2 for one that holds it, None for no such name."""
    ranks = [_match(wanted, fold(name)) for name in _names(node)]
    return min((rank for rank in ranks if rank is not None), default=None)


def _match(wanted: str, name: str) -> int | None:
    if wanted not in name:
        return None
    return 0 if name == wanted else 1 if name.startswith(wanted) else 2


def _names(node: Node) -> Iterable[str]:
    yield node.id
    yield from node.also
    yield from node.labels.values()
    for aliases in node.aliases.values():
        yield from aliases
