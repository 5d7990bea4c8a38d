"""The graph as arrays: every world that could lie behind what is seen, with its prior and what it shows.

Terms
    origin     what is wrong at first: one known cause, or one that no note knows ("unknown"); exactly one holds
    world      an origin and the causes that are at work because of it
    link       P(an effect comes about | this one thing behind it is at work), from an edge's strength and notes
    leak       chance that a symptom shows although nothing at work is tied to it
    noisy-OR   several things can each bring about an effect: P(effect) = 1 - product of (1 - P(this one does))

Drawing (a factor only makes its cause likelier beforehand)

    factor ~~~> root cause --leads_to--> mechanism --has_symptom--> symptom <-- leak
                     |                                                 ^
                     '-----------------has_symptom---------------------'
    special case --broader_up--> general cause --broader_down--> special case

Worlds of one origin, here `rate --0.7--> explosion --0.5--> death`: 3 of the 2 x 2 states can come about.

    rate                      0.3
    rate, explosion           0.7 * 0.5
    rate, explosion, death    0.7 * 0.5

Method
    1. Prior of an origin: a bounded weight by the number of passages that blame the cause; a small one for a mechanism
       to which other causes lead, for then it is an origin only where none of these is.
    2. Worlds of an origin: the causes it reaches take their turns in topological order; each splits every world so
       far into one where it is at work and one where it isn't, by the noisy-OR of those before it. Causes on a common
       cycle are ordered by their strongest path from the origin, and arrows that point back are left out, so that no
       cause makes itself likelier.
    3. P(symptom | world) = noisy-OR of the leak and the causes at work; so is P(remedy helps | world).

Exact or not
    All of it is exact for an origin that reaches at most `causes_followed` others. Of more, the likeliest to be reached
    are split on; each further one enters a world with its chance instead of a yes or no, as if it came about anew for
    every symptom, and evidence then moves it only through the others.

Cost
    With C causes: at most C * 2^causes_followed worlds, in practice far fewer: 561 and 12 ms for 71 causes, once.

Read on
    J. Pearl, Probabilistic Reasoning in Intelligent Systems, 1988: 4.3.2 (noisy-OR).
    M. Henrion, Practical issues in constructing a Bayes' belief network, UAI 1987 (leak).
    M. Shwe et al., on INTERNIST-1/QMR, 1991 (two layers of causes and findings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import networkx as nx
import numpy as np

from engine.paths import Floats, Ints, strongest_paths
from engine.rules import Rules
from kb.graph import Graph, all_nodes, live_edges
from kb.model import Citation, Edge, Node, Relation


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """C causes, S symptoms, R remedies, each sorted by id; W worlds by origin, the last one the unknown cause's."""

    rules: Rules
    causes: Mapping[str, int]
    symptoms: Mapping[str, int]
    remedies: Mapping[str, int]
    edges: Mapping[tuple[str, Relation], tuple[Edge, ...]]
    """Live edges by source and relation, sorted by target."""
    starts: Ints
    """(C + 1,) the first world of each origin; the unknown one has a single world."""
    log_prior: Floats
    """(W,)"""
    works: Floats
    """(C, W) whether a cause is at work, 1 or 0; a chance for causes beyond those that are followed."""
    shows: Floats
    """(W, S) P(symptom | world) with leak."""
    helps: Floats
    """(W, R) P(remedy helps | world)"""
    lifts: Mapping[str, Floats]
    """(W,) a factor: what it adds to each log prior."""
    reach: Floats
    """(C + 1, C) P(column at work | row is the origin)"""
    typical: Floats
    """(C + 1, S) P(symptom | origin)"""
    direct: Floats
    """(C, S) P(symptom | cause at work) by its own edge, without leak."""
    best: Floats
    """(C, C) product of the links along the strongest path from row to column."""
    parent: Ints
    """(C, C) the cause before column on the strongest path from row; -1 at its start and where there is no path."""

    def by_origin(self, worlds: Floats) -> Floats:
        """Sums of the first axis, W long, over the worlds of each origin, (C + 1, …)."""
        found: Floats = np.add.reduceat(worlds, self.starts, axis=0)
        return found


def compile_network(graph: Graph, rules: Rules) -> Network:
    """Turn the graph's live edges into arrays; the graph isn't touched."""
    nodes = all_nodes(graph)
    edges = live_edges(graph)
    causes, symptoms, remedies = (_index(nodes, kind) for kind in ("cause", "symptom", "remedy"))
    links = _links(nodes, edges, causes, rules)
    best, parent = strongest_paths(links)
    chances, states = _worlds(links, best, rules.causes_followed)
    sizes = [len(chance) for chance in chances]
    works = np.vstack([*states, np.zeros((1, len(causes)))])
    direct = rules.edge_certainty * _strengths(edges, "has_symptom", causes, symptoms, rules)
    cure = rules.remedy_works * _strengths(edges, "remedied_by", causes, remedies, rules)
    shows = _noisy_or(works, direct, rules.leak)
    shows[-1] = 1.0 - (1.0 - rules.leak) * (1.0 - rules.unknown_shows)
    prior = _log_prior(nodes, edges, rules)
    return Network(
        rules=rules,
        causes=causes,
        symptoms=symptoms,
        remedies=remedies,
        edges={key: tuple(group) for key, group in groupby(edges, attrgetter("source", "relation"))},
        starts=np.cumsum([0, *sizes]),
        log_prior=np.concatenate([*(p + np.log(c) for p, c in zip(prior, chances, strict=False)), prior[-1:]]),
        works=np.ascontiguousarray(works.T),
        shows=shows,
        helps=_noisy_or(works, cure, rules.remedy_luck),
        lifts=_lifts(edges, causes, works, rules),
        reach=_means(chances, works),
        typical=_means(chances, shows),
        direct=direct,
        best=best,
        parent=parent,
    )


def _index(nodes: Iterable[Node], kind: str) -> dict[str, int]:
    return {node: place for place, node in enumerate(node.id for node in nodes if node.kind == kind)}


# ---- numbers from edges


def _strengths(
    edges: Iterable[Edge], relation: str, rows: Mapping[str, int], columns: Mapping[str, int], rules: Rules
) -> Floats:
    """(rows, columns) strengths of one relation, less for few notes; other sources and targets are left out."""
    found = np.zeros((len(rows), len(columns)))
    for edge in edges:
        if edge.relation == relation and edge.source in rows and edge.target in columns:
            found[rows[edge.source], columns[edge.target]] = edge.strength * _trust(edge, rules)
    return found


def _trust(edge: Edge, rules: Rules) -> float:
    """The share of an edge's strength that counts, from the number of notes that state it."""
    notes = len({citation.note for citation in edge.citations})
    return notes / (notes + rules.edge_notes_half)


def _links(nodes: Iterable[Node], edges: Iterable[Edge], causes: Mapping[str, int], rules: Rules) -> Floats:
    """(C, C) P(column comes about | row at work), by leads_to and by being a special or the general case of it."""
    link = rules.edge_certainty * _strengths(edges, "leads_to", causes, causes, rules)
    kinds = [(node.id, node.broader) for node in nodes if node.id in causes and node.broader in causes]
    for special, general in ((causes[low], causes[high or ""]) for low, high in kinds):
        link[special, general] = max(link[special, general], rules.broader_up)
        link[general, special] = max(link[general, special], rules.broader_down)
    return link


def _log_prior(nodes: Iterable[Node], edges: Iterable[Edge], rules: Rules) -> Floats:
    """(C + 1,) log of the normalised prior weights of the origins."""
    blamed: dict[str, set[Citation]] = {}
    explained: set[str] = set()
    for edge in edges:
        if edge.relation in ("has_symptom", "leads_to"):
            blamed.setdefault(edge.source, set()).update(edge.citations)
        if edge.relation == "leads_to":
            explained.add(edge.target)
    causes = [node for node in nodes if node.kind == "cause"]
    weights = [_prior_weight(node, len(blamed.get(node.id, ())), node.id in explained, rules) for node in causes]
    found: Floats = np.array([*weights, rules.prior_unknown])
    prior: Floats = np.log(found / found.sum())
    return prior


def _prior_weight(node: Node, passages: int, is_explained: bool, rules: Rules) -> float:
    minted = 1.0 if node.reviewed else rules.prior_minted
    if node.level == "mechanism" and is_explained:  # its passages speak for its roots
        return minted * rules.prior_mechanism
    return minted * (1.0 + rules.prior_passages_gain * passages / (passages + rules.prior_passages_half))


def _lifts(edges: Iterable[Edge], causes: Mapping[str, int], works: Floats, rules: Rules) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for edge in edges:
        if edge.relation == "predisposes":
            gain = (rules.factor_odds**edge.strength - 1.0) * works[:, causes[edge.target]]
            found[edge.source] = found.get(edge.source, 0.0) + np.log1p(gain)
    return found


# ---- worlds


def _worlds(link: Floats, best: Floats, followed: int) -> tuple[list[Floats], list[Floats]]:
    """For each origin: P(world | origin), (w,), and whether each cause is at work in it, (w, C)."""
    stage = _stages(link)
    chances, states = [], []
    for origin, far in enumerate(best):
        reached = [node for node in np.flatnonzero(far).tolist() if node != origin]
        split = set(sorted(reached, key=lambda node: (-far[node], node))[:followed])
        turns = sorted(reached, key=lambda node: (stage[node], -far[node], node))
        chance, state = _worlds_of(link, origin, turns, split)
        chances.append(chance)
        states.append(state)
    return chances, states


def _worlds_of(link: Floats, origin: int, turns: Iterable[int], split: set[int]) -> tuple[Floats, Floats]:
    chance, state = np.ones(1), np.zeros((1, len(link)))
    state[0, origin] = 1.0
    for node in turns:  # what has its turn later isn't at work yet, so its arrows back to this one count for nothing
        misses = np.prod(1.0 - state * link[:, node], axis=1)
        if node not in split:
            state[:, node] = 1.0 - misses
            continue
        on = state.copy()
        on[:, node] = 1.0
        chance, state = np.concatenate([chance * misses, chance * (1.0 - misses)]), np.vstack([state, on])
        chance, state = chance[chance > 0.0], state[chance > 0.0]
    return chance, state


def _stages(link: Floats) -> list[int]:
    """A topological number for each cause; causes on a common cycle share theirs."""
    condensed = nx.condensation(nx.from_numpy_array(link > 0.0, create_using=nx.DiGraph))
    order = {part: place for place, part in enumerate(nx.topological_sort(condensed))}
    return [order[condensed.graph["mapping"][node]] for node in range(len(link))]


def _noisy_or(works: Floats, strength: Floats, leak: float) -> Floats:
    """(worlds, effects): P(effect | world), from (worlds, C) works and (C, effects) strength."""
    misses = np.full((len(works), strength.shape[1]), 1.0 - leak)
    for cause, effect in np.argwhere(strength):
        misses[:, effect] *= 1.0 - works[:, cause] * strength[cause, effect]
    return 1.0 - misses


def _means(chances: Sequence[Floats], worlds: Floats) -> Floats:
    """(C + 1, …) mean over the worlds of each origin, from (W, …)."""
    ends = np.cumsum([0, *(len(chance) for chance in chances)])
    known = [chance @ worlds[start:][: len(chance)] for start, chance in zip(ends[:-1], chances, strict=True)]
    return np.array([*known, worlds[-1]])
