"""Facts about the inference: it agrees with a slow, obvious twin, adds up, and heeds evidence the right way round."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.infer import Posterior, posterior, settle
from engine.model import Contrasted, FactorFound, Observation, Source, Span, State, Suspicion, Tried
from engine.network import Network, compile_network
from engine.rules import Rules
from kb.content import read_toml
from kb.errors import ContentError
from kb.graph import Graph, all_edges, all_nodes, assemble
from kb.model import Citation, Edge, EdgeStatus, Level, Node, NodeKind, Relation

pytestmark = pytest.mark.filterwarnings("error")

RULES = Rules.of(read_toml("rules/inference.toml"))
CITATION = Citation("en/a.md", "A", (), 1, 1, "It says so.", "en")

BASE = """
rate leads_to explosion 0.8
rate has_symptom wobble 0.6
dirt has_symptom nan 0.6
explosion has_symptom nan 0.9
explosion has_symptom huge 0.8
explosion remedied_by clipping 0.9
dirt remedied_by cleaning 0.9
recurrent predisposes explosion 0.7
healthy has_symptom calm 0.9
"""
KINDS: Mapping[str, tuple[NodeKind, NodeKind]] = {
    "leads_to": ("cause", "cause"),
    "has_symptom": ("cause", "symptom"),
    "remedied_by": ("cause", "remedy"),
    "predisposes": ("factor", "cause"),
}


def graph_of(text: str, *, mechanisms: str = "explosion", broader: Mapping[str, str] | None = None) -> Graph:
    """A graph from lines of `source relation target strength [status]`; causes are roots unless named."""
    kinds: dict[str, NodeKind] = {}
    edges = []
    for source, relation, target, strength, *status in map(str.split, text.strip().splitlines()):
        kinds[source], kinds[target] = KINDS[relation]
        state = cast(EdgeStatus, status[0] if status else "extracted")
        edges.append(Edge(source, target, cast(Relation, relation), float(strength), (CITATION,), state))
    above = dict(broader or {})
    nodes = [node_of(name, kinds[name], name in mechanisms.split(), above.get(name)) for name in kinds]
    return assemble(nodes, edges)


def node_of(name: str, kind: NodeKind, is_mechanism: bool, broader: str | None) -> Node:
    level: Level | None = None if kind != "cause" else "mechanism" if is_mechanism else "root"
    return Node(name, kind, {"en": name}, level=level, broader=broader)


def network_of(text: str, **options: Any) -> Network:
    return compile_network(graph_of(text, **options), RULES)


def seen(symptom: str, state: State = "present", confidence: float = 1.0, source: Source = "text") -> Observation:
    return Observation(symptom, state, source, confidence=confidence)


def snapshot(found: Posterior) -> str:
    """Every bit of a posterior."""
    parts = {cause: found.contributions(cause) for cause in found.probability}
    return repr((list(found.probability.items()), found.unknown, parts))


NETWORK = network_of(BASE)
ONCE = RULES.edge_certainty / (1.0 + RULES.edge_notes_half)
"""What is left of the strength of an edge that one note states."""


# ---- the slow twin: every set of causes that could be at work, and plain products over the edges, without cycles


def trust(edge: Edge) -> float:
    return len({c.note for c in edge.citations}) / (len({c.note for c in edge.citations}) + RULES.edge_notes_half)


def twin_effect(edges: Sequence[Edge], works: Set[str], target: str, factor: float, leak: float) -> float:
    into = [edge for edge in edges if edge.relation != "predisposes" and edge.target == target and edge.source in works]
    return 1.0 - (1.0 - leak) * math.prod(1.0 - factor * e.strength * trust(e) for e in into)


def twin_prior(edges: Sequence[Edge], causes: Sequence[Node], origin: str, works: Set[str]) -> float:
    """P(exactly these causes are at work, this one at first), up to a factor."""
    blamed = {c for e in edges if e.relation in ("has_symptom", "leads_to") and e.source == origin for c in e.citations}
    n, level = len(blamed), next(node.level for node in causes if node.id == origin)
    chance = 1.0 + RULES.prior_passages_gain * n / (n + RULES.prior_passages_half)
    if level == "mechanism" and any(e.relation == "leads_to" and e.target == origin for e in edges):
        chance = RULES.prior_mechanism
    for node in causes:
        comes = 1.0 if node.id == origin else twin_effect(edges, works, node.id, RULES.edge_certainty, 0.0)
        chance *= comes if node.id in works else 1.0 - comes
    return chance


def twin_likelihood(edges: Sequence[Edge], works: Set[str] | None, evidence: Any) -> float:
    match evidence:
        case Observation():
            shows = 1.0 - (1.0 - RULES.leak) * (1.0 - RULES.unknown_shows)
            names = {evidence.symptom, *evidence.alternatives}
            if works is not None:
                none = (
                    1.0 - twin_effect(edges, works, name, RULES.edge_certainty, RULES.leak) for name in sorted(names)
                )
                shows = 1.0 - math.prod(none)
            else:
                shows = 1.0 - (1.0 - shows) ** len(names)
            sure = RULES.report_reliability * evidence.confidence
            return sure * (shows if evidence.state == "present" else 1.0 - shows) + (1.0 - sure) * 0.5
        case FactorFound():
            lifted = [e for e in edges if e.source == evidence.factor and e.target in (works or ())]
            return math.prod(RULES.factor_odds**e.strength for e in lifted)
        case Tried():
            helps = twin_effect(edges, works or set(), evidence.remedy, RULES.remedy_works, RULES.remedy_luck)
            return helps if evidence.helped else 1.0 - helps
        case Suspicion():
            odds = 1.0 - RULES.exclusion if evidence.excluded else RULES.suspicion_odds
            return odds if evidence.cause in (works or ()) else 1.0
        case Contrasted():
            return RULES.contrast_odds if set(evidence.causes) & (works or set()) else 1.0
    raise AssertionError(evidence)


def twin_marginals(graph: Graph, evidence: Sequence[Any]) -> dict[str | None, float]:
    """The marginal of each cause, and under None the chance of the unknown one."""
    edges = all_edges(graph)
    causes = [node for node in all_nodes(graph) if node.kind == "cause"]
    names = [node.id for node in causes]
    worlds: list[tuple[Set[str] | None, float]] = [(None, RULES.prior_unknown)]
    for size in range(1, len(names) + 1):
        for works in map(set, itertools.combinations(names, size)):
            worlds += [(works, twin_prior(edges, causes, origin, works)) for origin in works]
    worlds = [(works, w * math.prod(twin_likelihood(edges, works, e) for e in evidence)) for works, w in worlds]
    total = math.fsum(weight for _, weight in worlds)
    found: dict[str | None, float] = {
        name: math.fsum(weight for works, weight in worlds if works and name in works) / total for name in names
    }
    return found | {None: worlds[0][1] / total}


STRENGTH = st.floats(0.0, 1.0)
CAUSES, SYMPTOMS = [f"c{i}" for i in range(5)], [f"s{i}" for i in range(4)]
REMEDIES, FACTORS = ["r0", "r1"], ["f0", "f1"]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Five causes, each leading only to later ones, four symptoms, two remedies and two factors."""
    nodes = [Node(c, "cause", {}, level=draw(st.sampled_from(("root", "mechanism")))) for c in CAUSES]
    kinds: dict[NodeKind, list[str]] = {"symptom": SYMPTOMS, "remedy": REMEDIES, "factor": FACTORS}
    nodes += [Node(name, kind, {}) for kind, names in kinds.items() for name in names]
    pairs: list[tuple[str, str, Relation]] = [
        *((a, b, "leads_to") for a, b in itertools.combinations(CAUSES, 2)),
        *((c, s, "has_symptom") for c in CAUSES for s in SYMPTOMS),
        *((c, r, "remedied_by") for c in CAUSES for r in REMEDIES),
        *((f, c, "predisposes") for f in FACTORS for c in CAUSES),
    ]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=25))
    return assemble(nodes, [Edge(*pair, draw(STRENGTH), (CITATION,)) for pair in chosen])


EVIDENCE = st.tuples(
    st.lists(
        st.builds(
            Observation,
            st.sampled_from(SYMPTOMS),
            st.sampled_from(("present", "absent")),
            st.just("text"),
            confidence=st.floats(0.0, 1.0),
            alternatives=st.sampled_from(((), ("s1",), ("s2", "s3"))),
        ).filter(lambda o: o.symptom not in o.alternatives),
        unique_by=lambda o: o.symptom,
    ),
    st.lists(st.builds(FactorFound, st.sampled_from(FACTORS), st.just("text")), unique_by=lambda f: f.factor),
    st.lists(st.builds(Tried, st.sampled_from(REMEDIES), st.booleans()), unique_by=lambda t: t.remedy),
    st.tuples(
        st.lists(st.builds(Suspicion, st.sampled_from(CAUSES), st.booleans()), unique_by=lambda s: s.cause),
        st.lists(
            st.builds(
                Contrasted, st.just("axis"), st.just(""), st.just(""), causes=st.sampled_from((("c0",), ("c1", "c2")))
            ),
            unique_by=lambda c: c.causes,
        ),
    ).map(lambda groups: [*groups[0], *groups[1]]),
)


@settings(max_examples=300, deadline=None)
@given(graphs(), EVIDENCE)
def test_marginals_agree_with_the_slow_twin(graph: Graph, evidence: tuple[list[Any], ...]) -> None:
    found = posterior(compile_network(graph, RULES), *evidence)
    expected = twin_marginals(graph, list(itertools.chain(*evidence)))
    assert found.unknown == pytest.approx(expected.pop(None), abs=1e-9)
    assert dict(found.probability) == pytest.approx(expected, abs=1e-9)
    assert found.weights.sum() == pytest.approx(1.0)


@settings(max_examples=200, deadline=None)
@given(graphs(), EVIDENCE)
def test_contributions_sum_to_the_log_odds(graph: Graph, evidence: tuple[list[Any], ...]) -> None:
    found = posterior(compile_network(graph, RULES), *evidence)
    for cause, chance in found.probability.items():
        total = sum(part.log_odds for part in found.contributions(cause))
        assert total == pytest.approx(math.log(chance / (1.0 - chance)), abs=1e-9)


def test_log_odds_keep_their_digits_where_the_chance_is_almost_one() -> None:
    sure = replace(RULES, given_odds=1e30)
    found = posterior(compile_network(graph_of(BASE), sure), given=["rate"])
    assert found.probability["rate"] == 1.0
    alone = posterior(NETWORK).contributions("rate")[0].log_odds
    assert sum(part.log_odds for part in found.contributions("rate")) == pytest.approx(math.log(1e30) + alone)


@settings(max_examples=100, deadline=None)
@given(graphs(), EVIDENCE, st.randoms(use_true_random=False))
def test_order_of_the_evidence_changes_no_bit(graph: Graph, evidence: tuple[list[Any], ...], random: Any) -> None:
    network = compile_network(graph, RULES)
    expected = snapshot(posterior(network, *evidence))
    for group in evidence:
        random.shuffle(group)
    assert snapshot(posterior(network, *evidence)) == expected


@settings(max_examples=50, deadline=None)
@given(graphs(), EVIDENCE, st.randoms(use_true_random=False))
def test_order_of_nodes_and_edges_changes_no_bit(graph: Graph, evidence: tuple[list[Any], ...], random: Any) -> None:
    nodes, edges = all_nodes(graph), all_edges(graph)
    random.shuffle(nodes)
    random.shuffle(edges)
    other = compile_network(assemble(nodes, edges), RULES)
    assert snapshot(posterior(other, *evidence)) == snapshot(posterior(compile_network(graph, RULES), *evidence))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(STRENGTH, STRENGTH), min_size=1, max_size=4), STRENGTH)
def test_chance_of_a_symptom_is_the_share_of_worlds_that_show_it(links: list[tuple[float, float]], own: float) -> None:
    lines = [f"root has_symptom s {own}"]
    for i, (leads, shows) in enumerate(links):
        lines += [f"root leads_to m{i} {leads}", f"m{i} has_symptom s {shows}"]
    arrows = [RULES.leak, *(ONCE * x for x in (own, *itertools.chain(*links)))]
    expected = 0.0
    for world in itertools.product((False, True), repeat=len(arrows)):
        leak, direct, *rest = world
        if leak or direct or any(a and b for a, b in zip(rest[::2], rest[1::2], strict=True)):
            expected += math.prod(p if there else 1.0 - p for p, there in zip(arrows, world, strict=True))
    network = network_of("\n".join(lines))
    assert network.typical[network.causes["root"], 0] == pytest.approx(expected, abs=1e-9)


def test_ways_that_part_and_meet_again_are_not_taken_for_independent() -> None:
    lines = "root leads_to a 1\na leads_to b 1\na leads_to c 1\nb leads_to d 1\nc leads_to d 1"
    network = network_of(lines)
    meet = ONCE * (1.0 - (1.0 - ONCE**2) ** 2)  # not 1 - (1 - ONCE^3)^2: both ways share the link to a
    assert network.reach[network.causes["root"], network.causes["d"]] == pytest.approx(meet)


def test_a_mechanism_is_at_work_whichever_of_its_roots_is_the_origin() -> None:
    lines = "\n".join(f"r{i} leads_to m 0.9" for i in range(5)) + "\nm has_symptom s 0.9"
    found = posterior(network_of(lines, mechanisms="m"), [seen("s")])
    assert next(iter(found.probability)) == "m"
    assert found.probability["m"] > 3.0 * found.probability["r0"]


def test_causes_beyond_those_that_are_followed_enter_with_their_chance() -> None:
    graph, few = graph_of(BASE), replace(RULES, causes_followed=0)
    exact, rough = compile_network(graph, RULES), compile_network(graph, few)
    assert rough.works.shape[1] < exact.works.shape[1]
    assert rough.typical == pytest.approx(exact.typical)  # a single way to each symptom: the mean is the same
    assert rough.works[rough.causes["explosion"], rough.starts[rough.causes["rate"]]] == pytest.approx(ONCE * 0.8)


def test_many_notes_count_for_more_than_one() -> None:
    def link(notes: int) -> float:
        cited = tuple(replace(CITATION, note=f"{i}.md") for i in range(notes))
        nodes = [Node("a", "cause", {}, level="root"), Node("s", "symptom", {})]
        return float(compile_network(assemble(nodes, [Edge("a", "s", "has_symptom", 1.0, cited)]), RULES).direct[0, 0])

    assert link(1) == pytest.approx(ONCE)
    assert link(1) < link(2) < link(20) < RULES.edge_certainty


# ---- directions


def test_without_evidence_the_posterior_is_the_prior() -> None:
    found = posterior(NETWORK)
    origins = dict(zip(NETWORK.causes, found.weights.tolist(), strict=False))
    assert origins["rate"] > origins["explosion"]  # a root before a mechanism
    assert found.probability["explosion"] > origins["explosion"]  # which is at work because of the rate, too
    assert found.unknown + sum(origins.values()) == pytest.approx(1.0)
    alternatives = found.contributions("rate")[-1]
    assert alternatives.observation == "alternatives"
    assert alternatives.log_odds == pytest.approx(0.0, abs=1e-12)
    assert not any(map(found.is_favoured, found.probability))


def test_a_symptom_raises_its_causes_and_their_causes() -> None:
    before, after = posterior(NETWORK), posterior(NETWORK, [seen("huge")])
    for cause in ("explosion", "rate"):
        assert after.probability[cause] > before.probability[cause]
    assert after.probability["dirt"] < before.probability["dirt"]
    names = [part.observation for part in after.contributions("rate")]
    assert names == ["prior", "huge", "alternatives"]


def test_absent_symptom_lowers_its_causes() -> None:
    before, after = posterior(NETWORK, [seen("nan")]), posterior(NETWORK, [seen("nan"), seen("huge", "absent")])
    assert after.probability["explosion"] < before.probability["explosion"]
    assert after.probability["dirt"] > before.probability["dirt"]
    parts = {part.observation: part.log_odds for part in after.contributions("explosion")}
    assert parts["huge"] < 0.0 < parts["nan"]


def test_unknown_and_unmentioned_symptoms_say_nothing() -> None:
    assert snapshot(posterior(NETWORK, [seen("nan"), seen("huge", "unknown")])) == snapshot(
        posterior(NETWORK, [seen("nan")])
    )


def test_a_doubtful_report_weighs_less_and_a_worthless_one_nothing() -> None:
    chances = [posterior(NETWORK, [seen("huge", confidence=c)]).probability["explosion"] for c in (0.0, 0.3, 0.9, 1.0)]
    assert chances == sorted(chances)
    assert chances[0] == pytest.approx(posterior(NETWORK).probability["explosion"])


def test_evidence_for_a_rival_explains_away() -> None:
    alone = posterior(NETWORK, [seen("nan")]).probability["dirt"]
    with_rival = posterior(NETWORK, [seen("nan"), seen("huge")])
    assert with_rival.probability["dirt"] < alone
    rival_factor = posterior(NETWORK, [seen("nan")], [FactorFound("recurrent", "text")])
    assert rival_factor.probability["dirt"] < alone
    assert rival_factor.probability["explosion"] > posterior(NETWORK, [seen("nan")]).probability["explosion"]


def test_failed_remedy_lowers_what_it_mends_and_a_helpful_one_raises_it() -> None:
    neutral = posterior(NETWORK, [seen("nan")]).probability
    failed = posterior(NETWORK, [seen("nan")], tried=[Tried("clipping", False)]).probability
    helped = posterior(NETWORK, [seen("nan")], tried=[Tried("clipping", True)]).probability
    for cause in ("explosion", "rate"):  # the rate acts by way of the explosion
        assert failed[cause] < neutral[cause] < helped[cause]
    assert failed["dirt"] > neutral["dirt"] > helped["dirt"]


def test_suspicion_is_weak_and_exclusion_strong() -> None:
    neutral = posterior(NETWORK, [seen("nan")]).probability
    suspected = posterior(NETWORK, [seen("nan")], hints=[Suspicion("dirt", False)]).probability
    excluded = posterior(NETWORK, [seen("nan")], hints=[Suspicion("dirt", True)]).probability
    assert excluded["dirt"] < neutral["dirt"] / 4 < neutral["dirt"] < suspected["dirt"] < 0.9


def test_a_given_cause_comes_first_against_all_evidence() -> None:
    found = posterior(NETWORK, [seen("nan"), seen("huge")], hints=[Suspicion("healthy", False)], given=["healthy"])
    assert next(iter(found.probability)) == "healthy"


def test_healthy_is_a_cause_like_any_other() -> None:
    assert next(iter(posterior(NETWORK, [seen("calm")]).probability)) == "healthy"
    renamed = posterior(network_of(BASE.replace("healthy", "zebra")), [seen("calm")])
    assert renamed.probability["zebra"] == posterior(NETWORK, [seen("calm")]).probability["healthy"]


def test_a_symptom_that_no_cause_explains_speaks_for_the_unknown() -> None:
    lines = BASE + "rate has_symptom orphan 0.0\nrate has_symptom withdrawn 0.9 retracted"
    network = network_of(lines)
    for symptom in ("orphan", "withdrawn"):
        assert posterior(network, [seen(symptom)]).unknown > posterior(network).unknown
    assert snapshot(posterior(network, [seen("in-no-graph")])) == snapshot(posterior(network))


def test_unknown_ids_of_every_kind_say_nothing() -> None:
    found = posterior(
        NETWORK, [], [FactorFound("x", "text")], [Tried("x", True)], [Suspicion("x", True)], given=["nowhere"]
    )
    assert snapshot(found) == snapshot(posterior(NETWORK))


def test_a_graph_without_causes_leaves_only_the_unknown() -> None:
    network = compile_network(assemble([Node("nan", "symptom", {})], []), RULES)
    found = posterior(network, [seen("nan")])
    assert (dict(found.probability), found.unknown) == ({}, 1.0)


def test_ties_are_broken_by_id() -> None:
    found = posterior(network_of("b has_symptom s 0.5\na has_symptom s 0.5\nc has_symptom s 0.5"), [seen("s")])
    assert list(found.probability) == ["a", "b", "c"]


@pytest.mark.parametrize("back", ["b leads_to a 0.9", "b leads_to origin 0.9", "a leads_to origin 0.9"])
def test_a_cycle_makes_no_cause_likelier(back: str) -> None:
    lines = "origin leads_to a 0.5\na leads_to b 0.9\na has_symptom s 0.9\nb has_symptom t 0.9"
    straight, cycle = network_of(lines), network_of(f"{lines}\n{back}")
    origin = straight.causes["origin"]
    assert cycle.typical[origin].tolist() == straight.typical[origin].tolist()
    assert posterior(cycle, [seen("s")]).probability.keys() == {"origin", "a", "b"}


def test_special_and_general_causes_share_evidence() -> None:
    lines = "saddle has_symptom s 0.9\ncritical has_symptom t 0.9\nother has_symptom u 0.9\nother has_symptom v 0.1"
    apart, joined = network_of(lines), network_of(lines, broader={"saddle": "critical"})
    for symptom, cause in (("t", "saddle"), ("s", "critical")):
        alone, together = posterior(apart, [seen(symptom)]), posterior(joined, [seen(symptom)])
        assert together.probability[cause] > alone.probability[cause]


def test_more_passages_raise_the_prior_but_not_beyond_its_bound() -> None:
    def prior_of(passages: int) -> float:
        cited = tuple(replace(CITATION, note=f"{i}.md") for i in range(passages))
        nodes = [Node("a", "cause", {}, level="root"), Node("b", "cause", {}, level="root"), Node("s", "symptom", {})]
        found = posterior(compile_network(assemble(nodes, [Edge("a", "s", "has_symptom", 0.5, cited)]), RULES))
        return found.probability["a"] / found.probability["b"]

    ratios = [prior_of(notes) for notes in (1, 2, 10, 1000)]
    assert ratios == sorted(ratios)
    assert ratios[-1] < 1.0 + RULES.prior_passages_gain


def test_passages_on_a_mechanism_speak_for_the_causes_that_lead_to_it() -> None:
    def origin_of(*lines: str) -> float:
        network = network_of("\n".join(("m has_symptom s 0.9", "other has_symptom t 0.9", *lines)), mechanisms="m")
        weights = posterior(network).weights
        return float(weights[network.causes["m"]] / weights[network.causes["other"]])

    assert origin_of() == pytest.approx(1.0)
    assert origin_of("root leads_to m 0.9") < 1.0


# ---- merging, rules, speed


def test_settle_prefers_what_is_known_then_the_better_source_then_the_surer() -> None:
    said, measured = seen("nan"), seen("nan", "absent", 0.9, "series")
    unsure, unknown = seen("nan", "present", 0.5), seen("nan", "unknown", source="evidence")
    assert settle([said, measured]) == (measured,)
    assert settle([measured, seen("huge"), said, seen("nan", source="evidence")])[0].source == "evidence"
    assert settle([unsure, said]) == (said,)
    assert settle([unknown, unsure]) == (unsure,)
    assert settle([unknown]) == (unknown,)


def test_settle_keeps_order_of_first_mention_and_ignores_order_otherwise() -> None:
    early = replace(seen("nan"), span=Span("nan", 0, 3))
    late = replace(seen("nan"), span=Span("nan", 9, 12))
    assert settle([late, seen("huge"), early]) == (early, seen("huge"))


def test_every_number_has_a_unit_a_reason_and_a_source() -> None:
    table = read_toml("rules/inference.toml")
    assert table.keys() == {field.name for field in fields(Rules)}
    for name, entry in table.items():
        assert entry.keys() == {"value", "unit", "reason", "source"}, name


def test_rules_name_every_number_that_is_missing_or_unknown() -> None:
    table = {**read_toml("rules/inference.toml"), "surplus": {"value": 1}}
    del table["leak"]
    with pytest.raises(ContentError) as caught:
        Rules.of(table)
    assert ["'leak'" in str(p) or "'surplus'" in str(p) for p in caught.value.problems] == [True, True]


def test_sixty_causes_and_sixty_symptoms_take_a_few_milliseconds() -> None:
    lines = [f"c{i} leads_to c{(i * 7 + k) % 60} 0.5" for i in range(60) for k in (1, 2) if (i * 7 + k) % 60 != i]
    lines += [f"c{i} has_symptom s{(i * 3 + k) % 60} 0.5" for i in range(60) for k in range(3)]
    network = network_of("\n".join(lines))
    evidence = [seen(f"s{i}", "present" if i % 2 else "absent") for i in range(12)]
    times = []
    for _ in range(50):
        start = time.perf_counter()
        posterior(network, evidence)
        times.append(time.perf_counter() - start)
    assert min(times) < 2e-2
