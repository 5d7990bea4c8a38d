"""What all notes say becomes nodes and edges: equal statements join, corrections apply, conflicts show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from kb.findings import Converted, Found
from kb.model import Citation, Edge, Node, Relation
from kb.text import squeeze


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements that can't both be right, or that a reader should know of together."""

    kind: str
    """How the two clash.

    `denied`: one note says it, another denies it; `opposite`: opposite remedies; `harmful`: a remedy that brings about
    what it is for.
    """
    what: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """The graph's material, and what was noticed on the way."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    fresh: tuple[Edge, ...]
    """Those edges that were joined anew since the last time."""
    conflicts: tuple[Conflict, ...]
    denied: tuple[Found, ...]


Key = tuple[str, str, str]
"""(source, relation, target): what makes statements the same."""


class _Said(NamedTuple):
    """One line that bears a statement out."""

    note: str
    citation: Citation
    force: float


def passage_id(quote: str) -> str:
    """Return the id of a passage, which depends on its words alone."""
    return f"passage-{hashlib.sha256(squeeze(quote).encode()).hexdigest()[:12]}"


class Linker:
    """Joins what notes say. A note can be put, replaced or dropped; only what it touches is joined again."""

    def __init__(
        self,
        known: Mapping[str, Node],
        *,
        strengths: Mapping[str, Any],
        corrections: Sequence[Mapping[str, Any]],
        opposites: Sequence[Sequence[str]],
    ) -> None:
        self._known = known
        self._strengths = strengths
        self._corrections = {(entry["source"], entry["relation"], entry["target"]): entry for entry in corrections}
        self._opposites = opposites
        self._notes: dict[str, Converted] = {}
        self._said: dict[Key, list[_Said]] = {}
        self._edges: dict[Key, Edge] = {}
        self._touched: set[Key] = set()

    def put(self, converted: Converted) -> None:
        """Take in what a note says, in place of what it said before."""
        self.drop(converted.note)
        self._notes[converted.note] = converted
        for key, said in self._statements(converted):
            self._said.setdefault(key, []).append(said)
            self._touched.add(key)

    def drop(self, note: str) -> None:
        """Forget what a note said, if it said anything."""
        before = self._notes.pop(note, None)
        for key, _ in self._statements(before) if before else ():
            self._said[key] = [said for said in self._said[key] if said.note != note]
            self._touched.add(key)

    def linked(self) -> Linked:
        """Return the graph's material; it does not depend on the order in which notes came."""
        for key in self._touched:
            if self._said.get(key):
                self._edges[key] = self._edge(key)
            else:
                self._said.pop(key, None)
                self._edges.pop(key, None)
        fresh = tuple(self._edges[key] for key in sorted(self._touched) if key in self._edges)
        self._touched.clear()
        edges = tuple(self._edges[key] for key in sorted(self._edges))
        denied = tuple(found for note in sorted(self._notes) for found in self._notes[note].found if found.denied)
        return Linked(self._nodes(edges), edges, fresh, tuple(_conflicts(edges, denied, self._opposites)), denied)

    def _statements(self, converted: Converted) -> Iterator[tuple[Key, _Said]]:
        hedges = self._strengths["hedge"]
        for found in converted.found:
            if not found.denied:
                target = found.target or passage_id(found.citation.quote)
                said = _Said(converted.note, found.citation, hedges[found.hedge])
                yield (found.source, found.relation, target), said
        for explained in converted.explained:
            said = _Said(converted.note, explained.citation, hedges["plain"])
            source = passage_id(explained.citation.quote)
            yield from (((source, "explains", node), said) for node in explained.nodes)

    def _edge(self, key: Key) -> Edge:
        """The firmest wording counts, and each further note closes a share of the distance to certainty."""
        said = self._said[key]
        base, agreement = max(item.force for item in said), self._strengths["agreement"]
        most = max(base, agreement["most"])
        notes = len({item.note for item in said})
        strength = most - (most - base) * (1 - agreement["share"]) ** (notes - 1)
        places = {(item.note, item.citation.line_start, item.citation.line_end): item.citation for item in said}
        source, relation, target = key
        edge = Edge(
            source, target, cast("Relation", relation), round(strength, 4), tuple(places[at] for at in sorted(places))
        )
        return _apply(edge, self._corrections[key]) if key in self._corrections else edge

    def _nodes(self, edges: Iterable[Edge]) -> tuple[Node, ...]:
        """The vocabulary's nodes, those minted by the notes, and the passages that edges start from or end at."""
        nodes = dict(self._known)
        for note in sorted(self._notes, reverse=True):
            nodes.update((node.id, node) for node in self._notes[note].minted if node.id not in self._known)
        for edge in edges:
            passage = edge.source if edge.relation == "explains" else edge.target
            if passage not in nodes:
                first = edge.citations[0]
                nodes[passage] = Node(id=passage, kind="passage", labels={first.lang: first.quote})
        return tuple(nodes[id_] for id_ in sorted(nodes))


def _apply(edge: Edge, correction: Mapping[str, Any]) -> Edge:
    reason = correction["reason"]
    if correction["action"] == "retract":
        return replace(edge, status="retracted", reason=reason)
    return replace(edge, status="amended", reason=reason, strength=float(correction["strength"]))


def _conflicts(edges: Sequence[Edge], denied: Sequence[Found], opposites: Sequence[Sequence[str]]) -> list[Conflict]:
    live = {edge.key: edge for edge in edges if edge.status != "retracted"}
    out: dict[tuple[str, str], Conflict] = {}
    for found in denied:
        edge = live.get((found.source, found.relation, found.target))
        if edge:
            what = f"{found.source} {found.relation} {found.target}"
            out.setdefault(("denied", what), Conflict("denied", what, (edge.citations[0], found.citation)))
    for one, other in opposites:
        for (source, relation, target), edge in live.items():
            against = live.get((source, relation, other)) if target == one and relation == "remedied_by" else None
            if against:
                what = f"{source} remedied_by {one} and {other}"
                out[("opposite", what)] = Conflict("opposite", what, (edge.citations[0], against.citations[0]))
    for (source, relation, target), edge in live.items():
        harm = live.get((target, "cautions", source)) if relation == "remedied_by" else None
        if harm:
            what = f"{target} is said to help against and to bring about {source}"
            out[("harmful", what)] = Conflict("harmful", what, (edge.citations[0], harm.citations[0]))
    return [out[key] for key in sorted(out)]
