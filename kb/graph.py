"""The typed graph: which relation may join which kinds, and the one place where nodes and edges become a graph.

Everything is checked here, once, so that whoever reads a graph can rely on it:

    factor --predisposes--> cause --leads_to--> cause --has_symptom--> symptom
                              |---checked_by---> check                   |
                              '---remedied_by--> remedy <--remedied_by---'
                                                   '--cautions--> cause or passage
    passage --explains--> anything but a passage

Nodes and edges are kept in sorted order, and a graph's version is a hash over all of their fields.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise
from operator import attrgetter
from typing import Any, TypeAlias, get_args

import msgspec
import networkx as nx

from kb.errors import ContentError, Problem
from kb.model import Edge, Node, NodeKind, Relation

Graph: TypeAlias = "nx.MultiDiGraph[str]"
"""Quoted, because networkx's classes take no parameter when the program runs."""

SCHEMA: Mapping[Relation, frozenset[tuple[NodeKind, NodeKind]]] = {
    "has_symptom": frozenset({("cause", "symptom")}),
    "leads_to": frozenset({("cause", "cause")}),
    "remedied_by": frozenset({("cause", "remedy"), ("symptom", "remedy")}),
    "predisposes": frozenset({("factor", "cause")}),
    "checked_by": frozenset({("cause", "check")}),
    "cautions": frozenset({("remedy", "cause"), ("remedy", "passage")}),
    "explains": frozenset(("passage", kind) for kind in get_args(NodeKind) if kind != "passage"),
}
"""The (source kind, target kind) pairs that each relation may join."""

_KEBAB_CASE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BY_ID = attrgetter("id")
_BY_KEY = attrgetter("source", "relation", "target")

Fault = tuple[str, str]
"""What is wrong, and what to do about it."""


def assemble(
    nodes: Iterable[Node], edges: Iterable[Edge], *, lines: dict[int, tuple[object, bytes]] | None = None
) -> Graph:
    """Join nodes and edges into a checked graph; the order in which they come doesn't matter.

    `graph.nodes[id]["node"]` is the Node, `graph.edges[source, target, relation]["edge"]` the Edge and
    `graph.graph["version"]` the hash over both. `lines` keeps the canonical lines from one call to the next, so that
    what is still the same object is not encoded again. Raises ContentError with every problem found.
    """
    sorted_nodes = sorted(nodes, key=_BY_ID)
    sorted_edges = [_with_float_strength(edge) for edge in sorted(edges, key=_BY_KEY)]
    problems = [*_node_problems(sorted_nodes), *_edge_problems(sorted_edges, sorted_nodes)]
    if problems:
        raise ContentError(problems)
    graph: Graph = nx.MultiDiGraph(version=fingerprint(_remembered(sorted_nodes, sorted_edges, lines)))
    graph.add_nodes_from((node.id, {"node": node}) for node in sorted_nodes)
    for edge in sorted_edges:
        graph.add_edge(edge.source, edge.target, key=edge.relation, edge=edge)
    return graph


def all_nodes(graph: Graph) -> list[Node]:
    """Every node, sorted by id."""
    return sorted((data["node"] for _, data in graph.nodes(data=True)), key=_BY_ID)


def all_edges(graph: Graph) -> list[Edge]:
    """Every edge, retracted ones too, sorted by source, relation and target."""
    return sorted((data["edge"] for _, _, data in graph.edges(data=True)), key=_BY_KEY)


def live_edges(
    graph: Graph,
    *,
    relation: Relation | None = None,
    source: str | None = None,
    target: str | None = None,
) -> list[Edge]:
    """The edges that hold, sorted by source, relation and target; None stands for any, an unknown id has no edges."""
    found = (
        edge
        for edge in _edges_at(graph, source, target)
        if edge.status != "retracted" and relation in (None, edge.relation) and target in (None, edge.target)
    )
    return sorted(found, key=_BY_KEY)


def canonical_lines(nodes: Iterable[Node], edges: Iterable[Edge]) -> Iterator[bytes]:
    """One JSON line a node, then one an edge, each ending in a newline: keys in the model's order, mappings sorted."""
    items: Iterator[Node | Edge] = chain(nodes, edges)
    for item in items:
        try:
            yield _ENCODER.encode(item) + b"\n"
        except UnicodeEncodeError:
            fault = ("its text holds half of a surrogate pair, which UTF-8 can't express", "Remove that character.")
            raise ContentError([_problem(item, fault)]) from None


def _remembered(
    nodes: Sequence[Node], edges: Sequence[Edge], lines: dict[int, tuple[object, bytes]] | None
) -> Iterator[bytes]:
    if lines is None:
        yield from canonical_lines(nodes, edges)
        return
    known = dict(lines)
    lines.clear()
    items: Iterator[Node | Edge] = chain(nodes, edges)
    for item in items:
        entry = known.get(id(item))
        if entry is None or entry[0] is not item:
            entry = (item, next(canonical_lines([item], ()) if isinstance(item, Node) else canonical_lines((), [item])))
        lines[id(item)] = entry
        yield entry[1]


def fingerprint(lines: Iterable[bytes]) -> str:
    """`sha256:` and the hash over the lines, in hexadecimal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return f"sha256:{digest.hexdigest()}"


def _plain(value: Any) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


_ENCODER = msgspec.json.Encoder(order="deterministic", enc_hook=_plain)


def _with_float_strength(edge: Edge) -> Edge:
    """1 and 1.0 are the same strength and must be the same bytes."""
    return edge if type(edge.strength) is float else replace(edge, strength=float(edge.strength))


def _edges_at(graph: Graph, source: str | None, target: str | None) -> Iterator[Edge]:
    found: Iterable[tuple[str, str, dict[str, Any]]] = ()
    if source is not None:
        found = graph.out_edges(source, data=True) if source in graph else ()
    elif target is not None:
        found = graph.in_edges(target, data=True) if target in graph else ()
    else:
        found = graph.edges(data=True)
    return (data["edge"] for _, _, data in found)


# ---- checks


def _problem(item: Node | Edge, fault: Fault) -> Problem:
    """Put a fault where its author can find it: the cited lines for an edge, the vocabulary or a note for a node."""
    what, todo = fault
    if isinstance(item, Node):
        return Problem("vocabulary" if item.reviewed else "notes", None, f"node {item.id!r}: {what}", todo)
    name = f"edge {item.source!r} {item.relation} {item.target!r}"
    if not item.citations:
        return Problem("graph", None, f"{name}: {what}", todo)
    return Problem(item.citations[0].note, item.citations[0].line_start, f"{name}: {what}", todo)


def _node_problems(nodes: Sequence[Node]) -> Iterator[Problem]:
    owners = _owners(nodes)
    parents = {node.id: node.broader for node in nodes if node.broader is not None}
    for before, node in pairwise(nodes):
        if before.id == node.id:
            yield _problem(node, ("the id is used twice, and ids are unique", "Rename or merge one of the two."))
    for node in nodes:
        for fault in (*_id_faults(node, owners), *_level_faults(node), *_broader_faults(node, owners, parents)):
            yield _problem(node, fault)


def _owners(nodes: Sequence[Node]) -> dict[str, str]:
    """Whom a name means: every id its own node, every name under `also` the first node that lists it."""
    owners = {node.id: node.id for node in nodes}
    for node in nodes:
        for name in node.also:
            owners.setdefault(name, node.id)
    return owners


def _id_faults(node: Node, owners: Mapping[str, str]) -> Iterator[Fault]:
    for name in (node.id, *node.also):
        if not _KEBAB_CASE.fullmatch(name):
            yield (f"{name!r} isn't kebab-case", "Use lower-case letters a-z, digits and single hyphens only.")
    for name in node.also:
        if name == node.id or owners[name] != node.id:
            yield (f"{name!r} under `also` already names {owners[name]!r}", "Remove it from `also`.")


def _level_faults(node: Node) -> Iterator[Fault]:
    if node.kind == "cause" and node.level not in ("root", "mechanism"):
        yield ("a cause has no level", 'Set level to "root" (a person can change it) or "mechanism".')
    if node.kind != "cause" and node.level is not None:
        yield (f"a {node.kind} has a level, which only causes have", "Remove the level.")


def _broader_faults(node: Node, owners: Mapping[str, str], parents: Mapping[str, str]) -> Iterator[Fault]:
    if node.broader is None:
        return
    if owners.get(node.broader) != node.broader:
        yield (f"`broader` names {node.broader!r}, which is no node's id", "Correct the id or add the node.")
    elif _is_own_ancestor(node.id, parents):
        yield ("following `broader` leads back to the node itself", "Remove one `broader` of the circle.")


def _is_own_ancestor(start: str, parents: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    here = parents.get(start)
    while here is not None and here != start and here not in seen:
        seen.add(here)
        here = parents.get(here)
    return here == start


def _edge_problems(edges: Sequence[Edge], nodes: Sequence[Node]) -> Iterator[Problem]:
    kinds = {node.id: node.kind for node in nodes}
    for before, edge in pairwise(edges):
        if before.key == edge.key:
            yield _problem(edge, ("the edge occurs twice", "Merge the two into one edge with the citations of both."))
    for edge in edges:
        for fault in (*_end_faults(edge, kinds), *_bearing_faults(edge)):
            yield _problem(edge, fault)


def _end_faults(edge: Edge, kinds: Mapping[str, NodeKind]) -> Iterator[Fault]:
    if edge.source == edge.target:
        yield ("the edge joins a node with itself", "Remove the edge or correct one of its ends.")
    ends = (kinds.get(edge.source), kinds.get(edge.target))
    if edge.relation not in SCHEMA:
        yield (f"there is no relation {edge.relation!r}", f"Use one of {', '.join(SCHEMA)}.")
    elif None in ends:
        for name, kind in zip((edge.source, edge.target), ends, strict=True):
            if kind is None:
                yield (f"no node has the id {name!r}", "Correct the id or add the node.")
    elif ends not in SCHEMA[edge.relation]:
        allowed = " or ".join(f"{source} → {target}" for source, target in sorted(SCHEMA[edge.relation]))
        yield (
            f"it goes from {ends[0]} to {ends[1]}, which the schema forbids",
            f"Let {edge.relation} join {allowed} only.",
        )


def _bearing_faults(edge: Edge) -> Iterator[Fault]:
    if not edge.citations:
        yield ("nothing bears it out: the edge has no citation", "Cite the lines of a note that say so.")
    if not 0.0 <= edge.strength <= 1.0:
        yield (f"its strength is {edge.strength}, outside 0 to 1", "Give a strength from 0 to 1.")
