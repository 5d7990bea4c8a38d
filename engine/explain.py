"""Why a cause is believed, what to do about it and what to ask next: the posterior, told along the graph's cited edges.

Explanations rank by the marginal of their cause, with one exception: those that add nothing stand behind the others.
An explanation adds nothing
    - if its cause is a mechanism that shows only through other mechanisms: an optimisation failure that is seen by the
      underfitting it leads to is a step in the story of underfitting, and that one is in the list. A root keeps its
      rank, since it is what one can change, and so does a mechanism that the asker names;
    - if the evidence has made its cause no likelier: it may be at work as often as ever, but nothing speaks for it.
A root is never folded into its mechanism: the mechanism says what goes on, the root what to change. The chain of a
mechanism begins with its likeliest root, which follows in the list with a probability of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from engine.infer import RANK_DIGITS, Posterior, reported
from engine.model import Advice, Explanation, Hop, NextQuestion, Passage, Status, Understanding
from engine.network import Network
from engine.paths import Floats
from engine.stories import Story, edges_of, story_of
from kb.graph import Graph
from kb.model import Citation, Edge, Lang, Level, NodeKind, Relation

# ---- explanations


def explanations(
    graph: Graph, network: Network, posterior: Posterior, understanding: Understanding, top: int
) -> tuple[Explanation, ...]:
    """The causes that something speaks for, at most `top`: those that add something first, then likeliest first."""
    stories: list[Story] = []
    behind: list[Story] = []
    named = _named_causes(graph, understanding)
    for cause in posterior.probability:
        story = story_of(
            graph,
            network,
            posterior,
            cause,
            symptoms=_present(understanding),
            causes=named,
            factors=(found.factor for found in understanding.factors),
        )
        if not story.hops and not _is_supported(network, cause, understanding, named):
            continue
        is_step = story.shows_only_through_others and _level(graph, cause) == "mechanism" and cause not in named
        (behind if is_step or not posterior.is_favoured(cause) else stories).append(story)
    return tuple(_explanation(graph, network, posterior, story, understanding) for story in [*stories, *behind][:top])


def given_causes(graph: Graph, understanding: Understanding) -> frozenset[str]:
    """The causes that a question takes for given, because it asks for their remedies or checks."""
    return _named_causes(graph, understanding) if understanding.intent in ("remedy", "check") else frozenset()


def concerns_causes(understanding: Understanding) -> bool:
    """Whether the question wants causes, their remedies or their checks, rather than a term explained."""
    return understanding.intent in ("diagnose", "remedy", "check")


def is_concrete(graph: Graph, understanding: Understanding) -> bool:
    """Whether there is anything to start from: a symptom, a cause not ruled out, a change that helped or hurt."""
    settled = {seen.symptom for seen in understanding.observations} | {said.cause for said in understanding.suspicions}
    terms = (term for term in understanding.terms if term not in settled)
    return bool(
        _present(understanding)
        or understanding.contrasts
        or any(attempt.helped for attempt in understanding.tried)
        or _named_causes(graph, understanding)
        or any(_kind(graph, term) in ("symptom", "cause") for term in terms)
    )


def status(
    graph: Graph, understanding: Understanding, explained: Sequence[Explanation], passages: Sequence[Passage]
) -> Status:
    """How far a question that is in scope could be answered."""
    is_vague = concerns_causes(understanding) and not is_concrete(graph, understanding)
    if is_vague and (understanding.intent == "diagnose" or not understanding.terms):
        return "needs_more"
    answers = explained if understanding.intent == "diagnose" else (*explained, *passages)
    return "answered" if answers else "not_covered"


def _explanation(
    graph: Graph, network: Network, posterior: Posterior, story: Story, understanding: Understanding
) -> Explanation:
    rules, lang = network.rules, understanding.lang
    tried = {attempt.remedy for attempt in understanding.tried}
    return Explanation(
        cause=story.cause,
        probability=posterior.probability[story.cause],
        chain=tuple(_hop(network, hop, lang) for hop in (*story.origin, *story.hops)),
        contributions=posterior.contributions(story.cause),
        unconfirmed=_unconfirmed(network, story.cause, understanding),
        remedies=_advice(graph, network, story, "remedied_by", lang, limit=rules.remedies_shown, without=tried),
        checks=_advice(graph, network, story, "checked_by", lang, limit=rules.checks_shown),
    )


def _is_supported(network: Network, cause: str, understanding: Understanding, named: Collection[str]) -> bool:
    """Whether it is named, or what has helped is a remedy for it or for what it causes."""
    helped = {attempt.remedy for attempt in understanding.tried if attempt.helped}
    reached = (other for other, place in network.causes.items() if network.reach[network.causes[cause], place] > 0.0)
    remedies = (edge.target for other in reached for edge in network.edges.get((other, "remedied_by"), ()))
    return cause in named or not helped.isdisjoint(remedies)


def _unconfirmed(network: Network, cause: str, understanding: Understanding) -> tuple[str, ...]:
    """Symptoms that the cause probably shows and nobody has said anything about, likeliest first."""
    known = _known(understanding)
    shows = network.typical[network.causes[cause]]
    chances = {symptom: float(shows[place]) for symptom, place in network.symptoms.items() if symptom not in known}
    likely = [symptom for symptom in _ranked(chances) if chances[symptom] >= network.rules.unconfirmed_probability]
    return tuple(likely[: network.rules.unconfirmed_shown])


# ---- remedies, checks and citations


def _advice(
    graph: Graph,
    network: Network,
    story: Story,
    relation: Relation,
    lang: Lang,
    *,
    limit: int,
    without: Iterable[str] = (),
) -> tuple[Advice, ...]:
    """Targets of a relation from the story's actors, best first: by strength, number of passages, the actor's chance.

    What has no name in the asker's language comes after what has one.
    """
    scores: dict[str, float] = {}
    found: dict[str, list[Edge]] = {}
    for actor, chance in story.actors.items():
        share = chance if actor in network.causes else chance * network.rules.symptom_remedy_share
        for edge in network.edges.get((actor, relation), ()):
            scores[edge.target] = scores.get(edge.target, 0.0) + share * edge.strength * len(edge.citations)
            found.setdefault(edge.target, []).append(edge)
    left_out = set(without)
    ranked = [target for target in _ranked(scores) if target not in left_out]
    chosen = sorted(ranked, key=lambda target: lang not in graph.nodes[target]["node"].labels)[:limit]
    return tuple(
        Advice(
            node=target,
            citations=_cite(network, found[target], lang),
            cautions=_cite(network, network.edges.get((target, "cautions"), ()), lang),
        )
        for target in chosen
    )


def _hop(network: Network, hop: tuple[str, Relation, str], lang: Lang) -> Hop:
    return Hop(*hop, citations=_cite(network, edges_of(network, hop), lang))


def _cite(network: Network, edges: Iterable[Edge], lang: Lang) -> tuple[Citation, ...]:
    """The edges' citations without repetition: the asker's language first, then by place; not more than are shown."""
    every = {citation for edge in edges for citation in edge.citations}
    ranked = sorted(every, key=lambda c: (c.lang != lang, c.note, c.line_start, c.line_end, c.quote, c.heading))
    return tuple(ranked[: network.rules.citations_shown])


# ---- questions


def next_questions(
    graph: Graph, network: Network, posterior: Posterior, understanding: Understanding
) -> tuple[NextQuestion, ...]:
    """The symptoms whose presence or absence is expected to tell most, best first.

    The gain is the mutual information between the origin and the report, in bits:
    H(report) - sum over origins of P(origin) * H(report | origin).
    """
    known = _known(understanding)
    asked = [s for s in network.symptoms if s not in known and graph.nodes[s]["node"].reviewed]
    report = reported(network.rules, network.shows[:, [network.symptoms[s] for s in asked]], 1.0)
    yes = posterior.worlds @ report
    weights = posterior.weights[:, None]
    each = _bits(network.by_origin(posterior.worlds[:, None] * report) / weights)
    gains = dict(zip(asked, (_bits(yes) - (weights * each).sum(axis=0)).tolist(), strict=True))
    best = [symptom for symptom in _ranked(gains) if gains[symptom] >= network.rules.stop_gain]
    return tuple(
        NextQuestion(symptom, gains[symptom], _separates(network, posterior, report[:, asked.index(symptom)]))
        for symptom in best[: network.rules.questions_shown]
    )


def should_stop(network: Network, posterior: Posterior, questions: Sequence[NextQuestion]) -> bool:
    """Whether one cause is likely enough, or no question is worth its answer."""
    likeliest = max(posterior.probability.values(), default=0.0)
    return not questions or likeliest >= network.rules.stop_probability


def _separates(network: Network, posterior: Posterior, report: Floats) -> tuple[str, ...]:
    """The cause that a yes favours most and the one that a no does, from (W,) P(yes | world)."""
    yes, no = posterior.worlds * report, posterior.worlds * (1.0 - report)
    swing = np.round(network.works @ (yes / yes.sum() - no / no.sum()), RANK_DIGITS)
    names = list(network.causes)
    favoured = [(int(np.argmax(swing)), swing.max() > 0.0), (int(np.argmin(swing)), swing.min() < 0.0)]
    return tuple(names[place] for place, is_moved in favoured if is_moved)


def _bits(chance: Floats) -> Floats:
    """Entropy of a yes-or-no, elementwise; `reported` keeps the chance off 0 and 1."""
    bits: Floats = -chance * np.log2(chance) - (1.0 - chance) * np.log2(1.0 - chance)
    return bits


# ---- shared


def _ranked(scores: Mapping[str, float]) -> list[str]:
    """Ids by falling score; equal ones by id."""
    return sorted(scores, key=lambda name: (-round(scores[name], RANK_DIGITS), name))


def _present(understanding: Understanding) -> list[str]:
    return [seen.symptom for seen in understanding.observations if seen.state == "present"]


def _known(understanding: Understanding) -> set[str]:
    """Symptoms that somebody has said something about, if only that it isn't known."""
    return {seen.symptom for seen in understanding.observations} | set(understanding.terms)


def _named_causes(graph: Graph, understanding: Understanding) -> frozenset[str]:
    """Causes that the asker suspects, or asks a remedy or check for, and doesn't rule out."""
    named = {suspicion.cause for suspicion in understanding.suspicions}
    if understanding.intent in ("remedy", "check"):
        named |= {term for term in understanding.terms if _kind(graph, term) == "cause"}
    return frozenset(named - {suspicion.cause for suspicion in understanding.suspicions if suspicion.excluded})


def _level(graph: Graph, cause: str) -> Level | None:
    level: Level | None = graph.nodes[cause]["node"].level
    return level


def _kind(graph: Graph, node: str) -> NodeKind | None:
    """None for an id that the graph doesn't have."""
    return graph.nodes[node]["node"].kind if node in graph else None
