"""What the shipped notes must give, whatever is added to them."""

from __future__ import annotations

import pytest

from kb.build import Built, build
from kb.graph import all_edges, all_nodes, live_edges
from kb.paths import content_root
from kb.store import load, version

STORED = content_root() / "graph.jsonl"
FIXED = (
    "vanishing-gradients", "exploding-gradients", "overfitting", "underfitting", "optimization-failure",
    "critical-point", "dead-relu", "saturated-activations", "learning-rate-too-high", "learning-rate-too-low",
    "no-warmup-or-bad-schedule", "unsuitable-optimizer", "batch-size-too-small", "batch-size-too-large",
    "insufficient-training", "missing-gradient-reset", "model-too-simple", "model-too-complex",
    "network-too-deep", "poor-initialization", "saturating-activation-function", "excessive-regularization",
    "missing-normalization", "batchnorm-misuse", "dropout-misuse", "frozen-or-detached-parameters",
    "faulty-loss-function", "loss-task-mismatch", "invalid-input-data", "unnormalized-inputs", "label-noise",
    "insufficient-data", "class-imbalance", "distribution-mismatch", "data-leakage", "unshuffled-data",
    "input-pipeline-bug", "mixed-precision-overflow", "pretrained-weights-not-loaded", "lost-training-state",
    "evaluation-bug", "output-range-mismatch", "loss-terms-unbalanced", "adversarial-imbalance",
    "catastrophic-forgetting",
)  # fmt: skip
"""Causes whose ids were promised from the start: a reader of either language must find them."""


@pytest.fixture(scope="module")
def shipped() -> Built:
    return build(content_root() / "notes")


@pytest.mark.skipif(not STORED.is_file(), reason="content/graph.jsonl isn't built yet: run `whyloss kb build`")
def test_the_stored_graph_is_what_the_notes_give(shipped: Built) -> None:
    assert version(load(STORED)) == version(shipped.graph), "run `whyloss kb build` and commit content/graph.jsonl"


def test_every_edge_is_cited(shipped: Built) -> None:
    assert [edge.key for edge in all_edges(shipped.graph) if not edge.citations] == []


def test_every_citation_names_a_shipped_note_and_its_lines(shipped: Built) -> None:
    lines = {note.path: len(note.lines) for note in shipped.notes}
    for edge in all_edges(shipped.graph):
        assert all(1 <= cite.line_start <= cite.line_end <= lines[cite.note] for cite in edge.citations), edge.key


@pytest.mark.parametrize("cause", FIXED)
def test_a_cause_is_cited_from_notes_of_both_languages(shipped: Built, cause: str) -> None:
    edges = [*live_edges(shipped.graph, source=cause), *live_edges(shipped.graph, target=cause)]
    assert {cite.lang for edge in edges for cite in edge.citations} == {"en", "zh"}


@pytest.mark.parametrize("cause", FIXED)
def test_a_cause_shows_itself_and_can_be_mended(shipped: Built, cause: str) -> None:
    mechanisms = [edge.target for edge in live_edges(shipped.graph, source=cause, relation="leads_to")]
    assert any(live_edges(shipped.graph, source=name, relation="has_symptom") for name in (cause, *mechanisms))
    assert live_edges(shipped.graph, source=cause, relation="remedied_by")


def test_no_shipped_note_is_left_out(shipped: Built) -> None:
    assert shipped.report.problems == ()
    folder = content_root() / "notes"
    assert {note.path for note in shipped.notes} == {p.relative_to(folder).as_posix() for p in folder.rglob("*.*")}


def test_every_note_states_something(shipped: Built) -> None:
    assert {note.path for note in shipped.notes} == {note for note, *_ in shipped.report.statements}


def test_retracted_statements_carry_their_reason(shipped: Built) -> None:
    assert all(edge.reason for edge in all_edges(shipped.graph) if edge.status in ("retracted", "amended"))


def test_passages_have_the_words_of_their_notes(shipped: Built) -> None:
    folded = " ".join(" ".join(note.text.split()) for note in shipped.notes)
    for node in all_nodes(shipped.graph):
        assert node.kind != "passage" or all(label in folded for label in node.labels.values()), node.id
