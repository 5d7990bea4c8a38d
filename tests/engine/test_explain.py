"""Facts about explanations and questions: every hop is a cited edge, advice fits, and nothing known is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from engine.explain import explanations, next_questions, should_stop
from engine.infer import posterior
from engine.model import Explanation, FactorFound, NextQuestion, Observation, State, Suspicion, Tried, Understanding
from engine.network import Network, compile_network
from engine.rules import Rules
from kb.content import read_toml
from kb.graph import Graph, assemble, live_edges
from kb.model import Citation, Edge, Lang, Node, NodeKind, Relation

pytestmark = pytest.mark.filterwarnings("error")

RULES = Rules.of(read_toml("rules/inference.toml"))

# source relation target strength notes; a note's language is the first part of its path
LINES = """
rate leads_to explosion 0.8 zh/a.md,en/b.md
rate has_symptom wobble 0.6 en/b.md
rate remedied_by lower-rate 0.9 en/b.md,en/c.md
rate checked_by rate-sweep 0.8 en/b.md
explosion has_symptom nan 0.9 zh/a.md,en/b.md,en/c.md,en/d.md,zh/e.md
explosion has_symptom huge 0.8 en/b.md
explosion remedied_by clipping 0.9 en/b.md
explosion checked_by log-norms 0.7 en/b.md
nan remedied_by restart 0.9 en/b.md
dirt has_symptom nan 0.6 en/d.md
dirt remedied_by cleaning 0.9 en/d.md
clipping cautions dirt 0.5 en/c.md
recurrent predisposes explosion 0.7 en/b.md
healthy has_symptom calm 0.9 en/f.md
"""
KINDS: Mapping[str, NodeKind] = {
    **dict.fromkeys(("rate", "explosion", "dirt", "healthy"), "cause"),
    **dict.fromkeys(("wobble", "nan", "huge", "calm"), "symptom"),
    **dict.fromkeys(("lower-rate", "clipping", "restart", "cleaning"), "remedy"),
    **dict.fromkeys(("rate-sweep", "log-norms"), "check"),
    "recurrent": "factor",
}


def citation_of(note: str, line: int = 1) -> Citation:
    return Citation(note, note, (), line, line, f"{note} says so.", cast(Lang, note[:2]))


def graph_of(lines: str = LINES, *extra: Node) -> Graph:
    edges = []
    for source, relation, target, strength, notes in map(str.split, lines.strip().splitlines()):
        cited = tuple(map(citation_of, notes.split(",")))
        edges.append(Edge(source, target, cast(Relation, relation), float(strength), cited))
    nodes = {name: node_of(name, kind) for name, kind in KINDS.items()} | {node.id: node for node in extra}
    return assemble(nodes.values(), edges)


def node_of(name: str, kind: NodeKind) -> Node:
    level = "mechanism" if name == "explosion" else "root"
    return Node(name, kind, {"en": name}, level=cast(Any, level) if kind == "cause" else None)


def asked(*symptoms: str, absent: str = "", unknown: str = "", **said: Any) -> Understanding:
    """What a question says that names these symptoms."""
    groups: dict[State, list[str]] = {"present": [*symptoms], "absent": absent.split(), "unknown": unknown.split()}
    seen = tuple(Observation(symptom, state, "text") for state, group in groups.items() for symptom in group)
    return replace(Understanding("en", "diagnose", True, seen), **said)


GRAPH = graph_of()
NETWORK = compile_network(GRAPH, RULES)


def explain(said: Understanding, *, graph: Graph = GRAPH, network: Network = NETWORK) -> dict[str, Explanation]:
    belief = posterior(network, said.observations, said.factors, said.tried, said.suspicions)
    return {found.cause: found for found in explanations(graph, network, belief, said, 9)}


def ask_next(said: Understanding, rules: Rules = RULES, graph: Graph = GRAPH) -> tuple[NextQuestion, ...]:
    network = compile_network(graph, rules)
    belief = posterior(network, said.observations, said.factors, said.tried, said.suspicions)
    return next_questions(graph, network, belief, said)


def chain_of(found: Explanation) -> list[tuple[str, str, str]]:
    return [(hop.source, hop.relation, hop.target) for hop in found.chain]


def test_explanations_come_likeliest_first_and_not_more_than_wanted() -> None:
    said = asked("nan")
    belief = posterior(NETWORK, said.observations)
    found = explanations(GRAPH, NETWORK, belief, said, 2)
    assert [one.cause for one in found] == [c for c in belief.probability if c != "healthy"][:2]
    assert [one.probability for one in found] == [belief.probability[one.cause] for one in found]


def test_the_chain_goes_from_the_root_over_mechanisms_to_what_is_seen() -> None:
    assert chain_of(explain(asked("nan", "wobble"))["rate"]) == [
        ("rate", "leads_to", "explosion"),
        ("explosion", "has_symptom", "nan"),
        ("rate", "has_symptom", "wobble"),
    ]


def test_the_chain_takes_the_strongest_path() -> None:
    lines = LINES + "rate has_symptom huge 0.95 en/b.md"
    graph = graph_of(lines)
    found = explain(asked("huge"), graph=graph, network=compile_network(graph, RULES))
    assert chain_of(found["rate"]) == [("rate", "has_symptom", "huge")]


@pytest.mark.parametrize("symptoms", [("nan",), ("huge", "wobble"), ("nan", "huge", "calm")])
def test_every_hop_is_a_live_edge_that_starts_in_the_story_and_is_cited(symptoms: tuple[str, ...]) -> None:
    for cause, found in explain(asked(*symptoms)).items():
        told = {cause, found.chain[0].source}  # a mechanism's chain begins with its root
        for hop in found.chain:
            (edge,) = [e for e in live_edges(GRAPH, source=hop.source, target=hop.target) if e.relation == hop.relation]
            assert hop.source in told
            assert hop.citations
            assert set(hop.citations) <= set(edge.citations)
            told.add(hop.target)
        assert told - {cause} or not found.chain


def test_the_chain_of_a_mechanism_begins_with_its_likeliest_root_and_ranks_the_mechanism() -> None:
    first, second, *_ = explain(asked("nan", "huge")).values()
    assert (first.cause, second.cause) == ("explosion", "rate")
    assert first.probability > second.probability
    assert chain_of(first) == [
        ("rate", "leads_to", "explosion"),
        ("explosion", "has_symptom", "nan"),
        ("explosion", "has_symptom", "huge"),
    ]


def test_a_root_that_is_hardly_ever_behind_a_mechanism_begins_no_chain() -> None:
    choosy = compile_network(GRAPH, replace(RULES, root_share=0.99))
    assert chain_of(explain(asked("nan"), network=choosy)["explosion"]) == [("explosion", "has_symptom", "nan")]


def test_a_mechanism_that_shows_only_through_others_stands_behind_distinct_stories() -> None:
    lines = LINES + "rate leads_to middle 1 en/b.md\nmiddle leads_to explosion 1 en/b.md"
    graph = graph_of(lines, Node("middle", "cause", {"en": "x"}, level="mechanism"))
    network = compile_network(graph, RULES)
    found = list(explain(asked("nan"), graph=graph, network=network).values())
    assert found[-1].cause == "middle"
    assert found[-1].probability > min(one.probability for one in found)
    named = explain(asked("nan", suspicions=(Suspicion("middle", False),)), graph=graph, network=network)
    chances = [one.probability for one in named.values()]
    assert chances == sorted(chances, reverse=True)


def test_a_cause_that_the_evidence_makes_no_likelier_stands_behind_those_it_favours() -> None:
    lines = LINES + "faint has_symptom nan 0.05 en/f.md\nfaint has_symptom huge 0.1 en/f.md"
    graph = graph_of(lines, Node("faint", "cause", {"en": "faint"}, level="root"))
    found = explain(asked("nan", "huge"), graph=graph, network=compile_network(graph, RULES))
    assert list(found)[-1] == "faint"


def test_a_setting_that_predisposes_stands_in_the_chain() -> None:
    found = explain(asked("nan", factors=(FactorFound("recurrent", "text"),)))
    assert chain_of(found["explosion"])[-1] == ("recurrent", "predisposes", "explosion")
    assert all(hop.relation != "predisposes" for hop in found["dirt"].chain)


def test_absent_symptoms_stand_in_no_chain() -> None:
    assert ("explosion", "has_symptom", "huge") not in chain_of(explain(asked("nan", absent="huge"))["explosion"])


@pytest.mark.parametrize(
    ("lang", "notes"),
    [("en", ["en/b.md", "en/c.md", "en/d.md"]), ("zh", ["zh/a.md", "zh/e.md", "en/b.md"])],
)
def test_citations_in_the_askers_language_come_first_and_are_few(lang: str, notes: list[str]) -> None:
    _, hop = explain(asked("nan", lang=lang))["explosion"].chain
    assert [citation.note for citation in hop.citations] == notes


def test_a_cause_that_nothing_speaks_for_is_no_explanation() -> None:
    assert explain(asked("nan")).keys() == {"rate", "explosion", "dirt"}
    assert explain(asked(absent="nan")) == {}


def test_a_factor_a_suspicion_or_a_helpful_remedy_speaks_for_a_cause() -> None:
    factor = explain(asked("wobble", factors=(FactorFound("recurrent", "text"),)))
    assert factor.keys() == {"rate", "explosion"}
    assert "healthy" in explain(asked("nan", suspicions=(Suspicion("healthy", False),)))
    assert "healthy" not in explain(asked("nan", suspicions=(Suspicion("healthy", True),)))
    assert "dirt" in explain(asked("wobble", tried=(Tried("cleaning", True),)))
    assert "dirt" not in explain(asked("wobble", tried=(Tried("cleaning", False),)))


def test_a_suspected_mechanism_stands_at_the_end_of_its_roots_chain() -> None:
    found = explain(asked(suspicions=(Suspicion("explosion", False),)))
    assert chain_of(found["rate"]) == [("rate", "leads_to", "explosion")]


def test_remedies_come_from_the_cause_its_mechanisms_and_the_symptom_in_this_order() -> None:
    found = explain(asked("nan"))["rate"]
    assert [advice.node for advice in found.remedies] == ["lower-rate", "clipping", "restart"]
    assert all(advice.citations for advice in found.remedies)
    assert [advice.node for advice in found.checks] == ["rate-sweep", "log-norms"]


def test_a_tried_remedy_is_not_advised_again() -> None:
    found = explain(asked("nan", tried=(Tried("clipping", False),)))
    assert all(advice.node != "clipping" for one in found.values() for advice in one.remedies)


def test_a_remedy_carries_its_cautions() -> None:
    (clipping,) = [a for a in explain(asked("nan"))["explosion"].remedies if a.node == "clipping"]
    assert [citation.note for citation in clipping.cautions] == ["en/c.md"]


def test_a_remedy_that_more_notes_give_comes_first() -> None:
    lines = LINES + "dirt remedied_by restart 0.5 en/a.md,en/b.md,en/c.md"
    graph = graph_of(lines)
    found = explain(asked("nan"), graph=graph, network=compile_network(graph, RULES))["dirt"]
    assert [advice.node for advice in found.remedies] == ["restart", "cleaning"]


def test_a_special_case_borrows_the_story_and_advice_of_its_general_cause() -> None:
    graph = graph_of(LINES, Node("cell-explosion", "cause", {"en": "x"}, level="mechanism", broader="explosion"))
    found = explain(asked("nan"), graph=graph, network=compile_network(graph, RULES))["cell-explosion"]
    assert chain_of(found) == [("explosion", "has_symptom", "nan")]
    assert [advice.node for advice in found.remedies] == ["clipping", "restart"]


def test_unconfirmed_is_what_the_cause_shows_and_nobody_mentioned() -> None:
    assert explain(asked("nan"))["explosion"].unconfirmed == ("huge",)
    assert explain(asked("nan"))["rate"].unconfirmed == ("wobble",)
    for said in (asked("nan", absent="huge"), asked("nan", unknown="huge"), asked("nan", terms=("huge",))):
        assert explain(said)["explosion"].unconfirmed == ()


# ---- questions


def entropy(chances: list[float]) -> float:
    return -math.fsum(chance * math.log2(chance) for chance in chances if chance > 0.0)


def test_the_gain_is_the_expected_drop_of_the_entropy() -> None:
    rules = replace(RULES, stop_gain=0.0, questions_shown=99)
    said = asked("nan")
    belief = posterior(NETWORK, said.observations)
    now, worlds = belief.weights.tolist(), belief.worlds.tolist()
    questions = ask_next(said, rules)
    assert {question.symptom for question in questions} == {"huge", "wobble", "calm"}
    for question in questions:
        column = NETWORK.shows[:, NETWORK.symptoms[question.symptom]].tolist()
        trust = RULES.report_reliability
        yes = math.fsum(w * (trust * p + (1.0 - trust) / 2.0) for w, p in zip(worlds, column, strict=True))
        after = [
            entropy(posterior(NETWORK, asked("nan", *present, absent=absent).observations).weights.tolist())
            for present, absent in (((question.symptom,), ""), ((), question.symptom))
        ]
        expected = entropy(now) - yes * after[0] - (1.0 - yes) * after[1]
        assert question.information_gain == pytest.approx(expected, abs=1e-9)


def test_the_most_telling_question_comes_first_and_names_whom_it_separates() -> None:
    first, *others = ask_next(asked("nan"))
    assert first.symptom == "huge"
    assert first.separates == ("explosion", "dirt")
    assert all(first.information_gain >= other.information_gain > 0.0 for other in others)


@pytest.mark.parametrize(
    "said",
    [
        asked(),
        asked("nan"),
        asked("nan", absent="huge"),
        asked("nan", unknown="huge wobble"),
        asked("nan", terms=("nan", "huge")),
        asked("nan", "huge", "wobble", "calm"),
    ],
)
def test_no_question_is_about_what_is_known(said: Understanding) -> None:
    known = {seen.symptom for seen in said.observations} | set(said.terms)
    questions = ask_next(said, replace(RULES, stop_gain=0.0))
    assert not known & {question.symptom for question in questions}
    assert bool(questions) == (len(known) < 4)


def test_no_question_is_about_a_symptom_that_nobody_has_reviewed() -> None:
    graph = graph_of(LINES, Node("huge", "symptom", {"en": "huge"}, reviewed=False))
    assert "huge" not in {question.symptom for question in ask_next(asked("nan"), graph=graph)}


def test_asking_stops_when_one_cause_is_clear_or_nothing_tells_anything() -> None:
    said = asked("nan")
    belief = posterior(NETWORK, said.observations)
    sure = posterior(NETWORK, said.observations, given=["dirt"])
    questions = next_questions(GRAPH, NETWORK, belief, said)
    assert not should_stop(NETWORK, belief, questions)
    assert should_stop(NETWORK, sure, questions)
    assert should_stop(NETWORK, belief, ())
