"""What every face relies on, on a graph that was built from the notes beside this file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from api.schema import AskRequest, EvidenceItem, ParseRequest, asked, to_json
from api.service import Service
from kb.errors import InputError

QUESTIONS = [
    "loss is NaN after epoch 3",
    "梯度爆炸怎么办？",
    "验证集 loss 上升",
    "what is batch normalization?",
    "what is the difference between overfitting and exploding gradients?",
    "my training is bad",
    "how do I cook rice?",
    "a" * 20_000,
    "\0\u202e<script>alert(1)</script>** [1] {cause}",
]


def cited_numbers(value: object) -> set[int]:
    """Every number under `citations` or `citation`, at any depth, and every mark."""
    if isinstance(value, dict):
        own = {number for key in ("citations", "citation") for number in _numbers(value.get(key))}
        return own.union(*map(cited_numbers, value.values()))
    return set().union(*map(cited_numbers, value)) if isinstance(value, list) else set()


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, int)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_is_numbered_once_and_can_be_checked_by_anyone(service: Service, question: str) -> None:
    response = service.ask(AskRequest(question=question))
    numbers = [citation.id for citation in response.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert cited_numbers(response.model_dump()) <= set(numbers)
    assert len({citation.model_copy(update={"id": 0}).model_dump_json() for citation in response.citations}) == len(
        numbers
    )
    for citation in response.citations:
        lines = service.note(citation.note).text.split("\n")[citation.line_start - 1 : citation.line_end]
        assert "".join(citation.quote.split()) in "".join(" ".join(lines).split())


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_gives_the_same_bytes(service: Service, notes: Path, question: str) -> None:
    request = AskRequest(question=question, context={"lr": 0.1, "colour": "red"})
    assert to_json(service.ask(request)) == to_json(Service.open(notes).ask(request))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_terminal_gets_every_note_and_line_that_the_answer_cites(service: Service, question: str) -> None:
    response = service.ask(AskRequest(question=question))
    text = service.plain(response)
    for mark in set(re.findall(r"\[(\d+)\]", response.answer)) & {str(citation.id) for citation in response.citations}:
        citation = response.citations[int(mark) - 1]
        assert f"[{mark}] {citation.note}:{citation.line_start}" in text
    assert "**" not in text


def test_a_question_is_answered_in_its_own_language_unless_another_is_asked_for(service: Service) -> None:
    assert service.ask(AskRequest(question="loss is NaN")).lang == "en"
    assert service.ask(AskRequest(question="loss 变成 NaN")).lang == "zh"
    other = service.ask(AskRequest(question="loss is NaN", lang="zh"))
    assert other.lang == "zh"
    assert {seen.label for seen in other.observations} == {"loss 为 NaN"}


def test_observations_lie_in_the_question_where_they_say(service: Service) -> None:
    question = "  🤖 loss is NaN"
    (seen,) = service.ask(AskRequest(question=question)).observations
    assert seen.evidence is not None
    assert question[seen.evidence.start : seen.evidence.end] == seen.evidence.text


def test_evidence_counts_and_is_said_to_come_from_the_client(service: Service) -> None:
    evidence = [EvidenceItem(symptom="gradient-norm-huge", state="present")]
    response = service.ask(AskRequest(question="loss is NaN", evidence=evidence))
    assert [seen.source for seen in response.observations if seen.symptom == "gradient-norm-huge"] == ["evidence"]


def test_what_is_said_to_be_unknown_is_neither_reported_nor_asked_again(service: Service) -> None:
    evidence = [EvidenceItem(symptom="gradient-norm-huge", state="unknown")]
    response = service.ask(AskRequest(question="loss is NaN", evidence=evidence))
    assert "gradient-norm-huge" not in {seen.symptom for seen in response.observations}
    assert "gradient-norm-huge" not in {question.symptom for question in response.next_questions}


@pytest.mark.parametrize("symptom", ["no-such-symptom", "gradient-clipping", "\\ud800"])
def test_evidence_on_what_is_no_symptom_is_refused_with_the_way_to_look_ids_up(service: Service, symptom: str) -> None:
    evidence = [EvidenceItem(symptom=symptom, state="present")]
    with pytest.raises(InputError, match=re.escape(repr(symptom)) + r".*GET /v1/nodes\?kind=symptom"):
        service.ask(AskRequest(question="loss is NaN", evidence=evidence))


def test_of_two_states_for_one_symptom_the_last_counts_and_it_is_said(service: Service) -> None:
    evidence = [EvidenceItem(symptom="gradient-norm-huge", state=state) for state in ("present", "absent")]  # type: ignore[arg-type]
    response = service.ask(AskRequest(question="loss is NaN", evidence=evidence))
    assert [seen.state for seen in response.observations if seen.symptom == "gradient-norm-huge"] == ["absent"]
    assert any("gradient-norm-huge" in warning for warning in response.warnings)


def test_unread_series_and_unknown_settings_are_warnings_in_the_answers_language(service: Service) -> None:
    request = AskRequest(question="loss 变成 NaN", context={"colour": "red"}, series={"train_loss": [1.0, "NaN"]})
    warnings = service.ask(request).warnings
    assert len(warnings) == 2
    assert all(re.search("[一-鿿]", warning) for warning in warnings)
    assert "'colour'" in warnings[0]


def test_parse_says_what_was_understood_without_inference(service: Service) -> None:
    said = service.parse(ParseRequest(question="loss is NaN"))
    assert [seen.symptom for seen in said.observations] == ["loss-nan"]
    assert said.intent == "diagnose"
    assert said.in_scope
    assert said.kb_version == service.kb_version


def test_a_node_comes_with_the_edges_at_both_of_its_ends(service: Service) -> None:
    node = service.node("exploding-gradients")
    assert {edge.source for edge in node.outgoing} == {"exploding-gradients"}
    assert {edge.target for edge in node.incoming} == {"exploding-gradients"}
    assert ("has_symptom", "loss-nan") in {(edge.relation, edge.target) for edge in node.outgoing}


def test_a_node_is_the_same_under_each_of_its_ids(service: Service) -> None:
    doubles = [(node.id, name) for node in service.nodes("", None, 10_000).nodes for name in node.also]
    assert doubles
    for own, name in doubles:
        assert service.node(name).id == own


def test_the_whole_graph_holds_every_node_and_edge(service: Service) -> None:
    ready, graph = service.readiness(), service.graph(None, 0)
    assert (len(graph.nodes), len(graph.edges)) == (ready.nodes, ready.edges)
    assert graph.version == ready.kb_version


def test_a_neighbourhood_holds_only_edges_between_its_nodes(service: Service) -> None:
    part = service.graph("loss-nan", 1)
    names = {node.id for node in part.nodes}
    assert "exploding-gradients" in names
    assert "val-loss-rising" not in names
    assert all({edge.source, edge.target} <= names for edge in part.edges)


def test_a_notes_lines_are_counted_as_citations_count_them(service: Service) -> None:
    for note in service.notes().notes:
        assert note.lines == len(service.note(note.note).text.rstrip("\n").split("\n"))


@pytest.mark.parametrize("question", ["", "   \n", "x" * 20_001, "half a pair \ud800"])
def test_a_question_that_is_none_is_refused_in_one_line(question: str) -> None:
    with pytest.raises(InputError) as refused:
        asked(question=question)
    assert "\n" not in str(refused.value)
    str(refused.value).encode()


def test_answers_are_models_that_read_their_own_json(service: Service) -> None:
    answers: list[BaseModel] = [
        service.ask(AskRequest(question="loss is NaN")),
        service.node("loss-nan"),
        service.notes(),
    ]
    for answer in answers:
        assert type(answer).model_validate_json(to_json(answer)) == answer
