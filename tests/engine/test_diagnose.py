"""Facts about the engine's spine: the status, explanations, passages and questions that a question leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from engine.diagnose import Engine
from engine.model import Diagnosis, Evidence, FactorFound, Observation, State, Suspicion, Tried, Understanding
from kb.graph import Graph, assemble
from kb.model import Citation, Edge, Lang, Node

pytestmark = pytest.mark.filterwarnings("error")


def citation(quote: str, *heading: str, lang: Lang = "en", note: str = "en/a.md", line: int = 1) -> Citation:
    return Citation(note, "A", heading, line, line, quote, lang)


SAID = citation("It says so.")
NODES = [
    Node("overfitting", "cause", {"en": "overfitting", "zh": "过拟合"}, level="mechanism"),
    Node("too-complex", "cause", {"en": "model too complex"}, level="root"),
    Node("underfitting", "cause", {"en": "underfitting", "zh": "欠拟合"}, level="mechanism"),
    Node("healthy", "cause", {"en": "healthy"}, level="root"),
    Node("rise", "symptom", {"en": "validation loss rises"}),
    Node("gap", "symptom", {"en": "generalization gap"}),
    Node("high", "symptom", {"en": "training loss high"}),
    Node("orphan", "symptom", {"en": "seen in no note"}),
    Node("dropout", "remedy", {"en": "dropout"}),
    Node("shrink", "remedy", {"en": "a smaller model"}),
    Node("bigger", "remedy", {"en": "a bigger model"}),
    Node("compare", "check", {"en": "compare train and validation"}),
    Node("softmax", "concept", {"en": "softmax"}),
    Node("bare", "concept", {"en": "a term without a note"}),
    *(Node(f"passage-{i}", "passage", {"en": f"{i}"}) for i in range(5)),
]
DEFINES = citation("Overfitting is learning by heart.", "Notes", "Overfitting", line=3)
ASIDE = citation("Dropout fights overfitting.", "Five ways to fight overfitting", line=9)
CHINESE = citation("过拟合是死记硬背。", "过拟合", lang="zh", note="zh/a.md")
BOTH = citation("Overfitting is the reverse of underfitting.", "Bias and variance", line=20)
UNDER = citation("Underfitting is being too weak.", "Underfitting", line=30)
EDGES = [
    Edge("too-complex", "overfitting", "leads_to", 0.8, (SAID,)),
    Edge("overfitting", "rise", "has_symptom", 0.9, (SAID,)),
    Edge("overfitting", "gap", "has_symptom", 0.9, (SAID,)),
    Edge("underfitting", "high", "has_symptom", 0.9, (SAID,)),
    Edge("overfitting", "dropout", "remedied_by", 0.8, (SAID,)),
    Edge("too-complex", "shrink", "remedied_by", 0.8, (SAID,)),
    Edge("underfitting", "bigger", "remedied_by", 0.8, (SAID,)),
    Edge("overfitting", "compare", "checked_by", 0.8, (SAID,)),
    Edge("passage-0", "overfitting", "explains", 1.0, (ASIDE,)),
    Edge("passage-1", "overfitting", "explains", 1.0, (CHINESE,)),
    Edge("passage-2", "overfitting", "explains", 1.0, (DEFINES,)),
    Edge("passage-3", "overfitting", "explains", 1.0, (BOTH,)),
    Edge("passage-3", "underfitting", "explains", 1.0, (BOTH,)),
    Edge("passage-4", "underfitting", "explains", 1.0, (UNDER,)),
]
GRAPH: Graph = assemble(NODES, EDGES)


class Said:
    """An understander that says what it is told to, and knows no settings."""

    def __init__(self, understand: Callable[..., Understanding]) -> None:
        self._understand = understand

    def __call__(self, question: str, *, lang: Lang | None) -> Understanding:
        return self._understand(question, lang=lang)

    def settings(self, context: Sequence[tuple[str, str]]) -> tuple[FactorFound, ...]:
        return tuple(FactorFound(value, "context") for _, value in context)


def asked(intent: Any = "diagnose", **said: Any) -> Understanding:
    return replace(Understanding("en", intent, True), **said)


def seen(symptom: str, state: State = "present", source: Any = "text") -> Observation:
    return Observation(symptom, state, source)


def answer(said: Understanding, *evidence: Observation, top: int = 5, graph: Graph = GRAPH) -> Diagnosis:
    def understand(question: str, *, lang: Lang | None) -> Understanding:
        assert (question, lang) == ("as understood", None)
        return said

    engine = Engine(graph, Said(understand))
    return engine.ask("as understood", Evidence(observations=evidence), top=top)


def test_a_symptom_is_answered_with_explanations_and_questions() -> None:
    found = answer(asked(observations=(seen("rise"),), terms=("rise",)))
    assert found.status == "answered"
    assert {one.cause for one in found.explanations} == {"overfitting", "too-complex"}
    assert found.next_questions
    assert not {"rise"} & {question.symptom for question in found.next_questions}


def test_the_question_and_its_language_reach_the_understander() -> None:
    heard: list[tuple[str, Lang | None]] = []

    def listen(question: str, *, lang: Lang | None) -> Understanding:
        heard.append((question, lang))
        return asked()

    engine = Engine(GRAPH, Said(listen))
    engine.ask("why?", Evidence(), lang="zh")
    engine.parse("how?")
    assert heard == [("why?", "zh"), ("how?", None)]


def test_out_of_scope_brings_nothing_else() -> None:
    said = asked(in_scope=False, warnings=("typo",))
    assert answer(said) == Diagnosis("out_of_scope", said, warnings=("typo",))


def test_a_clients_evidence_brings_a_wordless_question_into_scope() -> None:
    assert answer(asked(in_scope=False), seen("rise", source="evidence")).status == "answered"


@pytest.mark.parametrize(
    "said",
    [
        asked(),
        asked(observations=(seen("rise", "absent"),), terms=("rise",)),
        asked(observations=(seen("rise", "unknown"),)),
        asked(tried=(Tried("dropout", False),), terms=("dropout",)),
        asked(suspicions=(Suspicion("overfitting", True),), terms=("overfitting",)),
        asked("remedy"),
        asked("check"),
    ],
)
def test_too_vague_needs_more_and_asks(said: Understanding) -> None:
    found = answer(said)
    assert (found.status, found.explanations, found.should_stop) == ("needs_more", (), False)
    assert found.next_questions


@pytest.mark.parametrize(
    "said",
    [
        asked(observations=(seen("orphan"),), terms=("orphan",)),
        asked("explain", terms=("bare",)),
        asked("compare", terms=("bare", "nowhere")),
        asked("explain"),
    ],
)
def test_what_stands_in_no_note_is_not_covered(said: Understanding) -> None:
    found = answer(said)
    assert (found.status, found.explanations, found.passages) == ("not_covered", (), ())


def test_passages_on_a_word_beside_it_are_no_answer_to_a_symptom_without_causes() -> None:
    found = answer(asked(observations=(seen("orphan"),), terms=("orphan", "dropout")))
    assert (found.status, found.explanations) == ("not_covered", ())
    assert found.passages


def test_evidence_of_the_client_overrules_words() -> None:
    said = asked(observations=(seen("rise"), seen("high")), terms=("rise", "high"))
    found = answer(said, seen("rise", "absent", "evidence"), seen("gap", "unknown", "evidence"))
    assert [(one.symptom, one.state) for one in found.understanding.observations] == [
        ("rise", "absent"),
        ("high", "present"),
        ("gap", "unknown"),
    ]
    assert found.explanations[0].cause == "underfitting"
    assert "gap" not in {question.symptom for question in found.next_questions}


@pytest.mark.parametrize(("intent", "field"), [("remedy", "remedies"), ("check", "checks")])
def test_a_cause_asked_about_by_name_is_taken_as_given(intent: str, field: str) -> None:
    found = answer(asked(intent, terms=("overfitting",), suspicions=(Suspicion("overfitting", False),)))
    assert found.status == "answered"
    assert found.should_stop
    first = found.explanations[0]
    assert first.cause == "overfitting"
    assert getattr(first, field)[0].node == {"remedies": "dropout", "checks": "compare"}[field]


def test_a_cause_that_is_ruled_out_is_not_given() -> None:
    said = asked("remedy", terms=("overfitting", "rise"), suspicions=(Suspicion("overfitting", True),))
    found = answer(replace(said, observations=(seen("rise"),)))
    assert found.explanations[0].cause == "too-complex" or found.explanations[0].probability < 0.9


def test_explaining_gives_passages_alone_the_definition_first() -> None:
    found = answer(asked("explain", terms=("overfitting",)))
    assert (found.status, found.explanations, found.next_questions) == ("answered", (), ())
    assert [one.text for one in found.passages] == [c.quote for c in (DEFINES, CHINESE, ASIDE, BOTH)]
    assert [one.score for one in found.passages] == sorted((one.score for one in found.passages), reverse=True)


def test_the_askers_language_comes_first_among_definitions() -> None:
    found = answer(asked("explain", terms=("overfitting",), lang="zh"))
    assert found.passages[0].citation == CHINESE


def test_comparing_covers_every_term() -> None:
    found = answer(asked("compare", terms=("overfitting", "underfitting")), top=2)
    covered = {one.citation for one in found.passages}
    assert covered & {DEFINES, BOTH}
    assert covered & {UNDER, BOTH}


def test_where_no_passage_explains_a_term_statements_about_it_stand_in() -> None:
    found = answer(asked("explain", terms=("dropout",)))
    assert [one.citation for one in found.passages] == [SAID]


def test_top_bounds_explanations_and_passages() -> None:
    said = asked(observations=(seen("rise"),), terms=("rise", "overfitting"))
    found = answer(said, top=1)
    assert (len(found.explanations), len(found.passages)) == (1, 1)


def test_the_same_input_gives_the_same_answer_whatever_the_order_of_the_graph() -> None:
    said = asked(observations=(seen("rise"), seen("high", "absent")), terms=("rise", "overfitting"))
    other = assemble(NODES[::-1], EDGES[::-1])
    assert repr(answer(said, graph=other)) == repr(answer(said))


def test_an_empty_graph_covers_nothing_and_doesnt_fail() -> None:
    empty = assemble([], [])
    assert answer(asked(observations=(seen("rise"),), terms=("rise",)), graph=empty).status == "not_covered"
    assert answer(asked(), graph=empty).status == "needs_more"
