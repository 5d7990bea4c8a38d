"""The story of a cause: the tree of its strongest paths to what is seen, and for a mechanism the root behind it.

Every hop is an edge of the graph; a step between a special case and its general cause (`broader`) is no statement of a
note and gives no hop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.infer import RANK_DIGITS, Posterior
from engine.network import Network
from engine.paths import path_between
from kb.graph import Graph
from kb.model import Edge, Relation

HopKey = tuple[str, Relation, str]
"""(source, relation, target)"""


@dataclass(frozen=True, slots=True)
class Story:
    """A cause with all that it takes part in."""

    cause: str
    origin: tuple[HopKey, ...]
    """From the likeliest root behind a mechanism to it; empty for a root, and where no root is likely enough."""
    hops: tuple[HopKey, ...]
    """From the cause to what is seen, each once, what is explained best first; then from factors to the cause."""
    actors: Mapping[str, float]
    """Causes and observed symptoms of the story, with their chance if the cause is at work."""

    @property
    def shows_only_through_others(self) -> bool:
        """Whether it explains symptoms, none of them by a step of its own."""
        sources = {source for source, relation, _ in self.hops if relation == "has_symptom"}
        return bool(sources) and self.cause not in sources


def story_of(
    graph: Graph,
    network: Network,
    posterior: Posterior,
    cause: str,
    *,
    symptoms: Iterable[str],
    causes: Iterable[str],
    factors: Iterable[str],
) -> Story:
    """Tell a cause's way to symptoms that are there and to causes that somebody named, and what predisposes to it."""
    place, names = network.causes[cause], list(network.causes)
    actors: dict[str, float] = {cause: 1.0}
    hops: dict[HopKey, None] = {}
    for last, symptom in _ends(network, place, symptoms, causes):
        path = [names[step] for step in path_between(network.parent, place, last)]
        actors |= {actor: float(network.reach[place, network.causes[actor]]) for actor in path}
        hops |= dict.fromkeys(hop for hop in _leads(path) if edges_of(network, hop))
        if symptom is not None:
            hops[path[-1], "has_symptom", symptom] = None
            actors[symptom] = float(network.typical[place, network.symptoms[symptom]])
    for general in _more_general(graph, cause):
        actors.setdefault(general, float(network.reach[place, network.causes[general]]))
    predisposed: list[HopKey] = [(factor, "predisposes", cause) for factor in dict.fromkeys(factors)]
    hops |= dict.fromkeys(hop for hop in predisposed if edges_of(network, hop))
    origin, share = _origin(graph, network, posterior, cause)
    for source, _, _ in origin:
        actors.setdefault(source, share)
    return Story(cause, origin, tuple(hops), actors)


def edges_of(network: Network, hop: HopKey) -> tuple[Edge, ...]:
    """The edges that state a hop; empty if no note does."""
    source, relation, target = hop
    return tuple(edge for edge in network.edges.get((source, relation), ()) if edge.target == target)


def _origin(graph: Graph, network: Network, posterior: Posterior, cause: str) -> tuple[tuple[HopKey, ...], float]:
    """The cited way from the likeliest root to a mechanism, and P(that root is the origin | mechanism at work)."""
    if graph.nodes[cause]["node"].level != "mechanism":
        return (), 0.0
    place, names = network.causes[cause], list(network.causes)
    behind = network.by_origin(posterior.worlds * network.works[place]) / posterior.probability[cause]
    for root in np.argsort(-np.round(behind[:-1], RANK_DIGITS), kind="stable").tolist():
        if behind[root] < network.rules.root_share:
            break
        if root == place or graph.nodes[names[root]]["node"].level != "root":
            continue
        way = tuple(_leads([names[step] for step in path_between(network.parent, root, place)]))
        if all(edges_of(network, hop) for hop in way):
            return way, float(behind[root])
    return (), 0.0


def _leads(path: Iterable[str]) -> Iterator[HopKey]:
    for source, target in pairwise(path):
        yield source, "leads_to", target


def _ends(
    network: Network, origin: int, symptoms: Iterable[str], causes: Iterable[str]
) -> list[tuple[int, str | None]]:
    """(last cause, symptom) of the strongest path to each end that the origin reaches, strongest path first.

    Ends are the symptoms, and the causes that somebody named; for those the symptom is None.
    """
    found: list[tuple[float, str, int, str | None]] = []
    for symptom in set(symptoms) & network.symptoms.keys():
        strength = network.best[origin] * network.direct[:, network.symptoms[symptom]]
        last = int(np.argmax(strength))
        found.append((float(strength[last]), symptom, last, symptom))
    for cause in set(causes) & network.causes.keys():
        last = network.causes[cause]
        if last != origin:
            found.append((float(network.best[origin, last]), cause, last, None))
    reached = sorted((end for end in found if end[0] > 0.0), key=lambda end: (-end[0], end[1]))
    return [(last, symptom) for _, _, last, symptom in reached]


def _more_general(graph: Graph, cause: str) -> Iterator[str]:
    """The causes of which this one is a special case, nearest first."""
    general = graph.nodes[cause]["node"].broader
    while general is not None and general in graph and graph.nodes[general]["node"].kind == "cause":
        yield general
        general = graph.nodes[general]["node"].broader
