"""What holds of every conversion, whatever the note: nothing breaks, and every citation can be checked."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.convert import MAX_QUOTE, Converter
from kb.findings import Converted
from kb.graph import assemble
from kb.link import Linker
from kb.model import Citation
from kb.notes import Note, decode
from kb.paths import content_root
from kb.text import squeeze

SHIPPED = [path.read_text(encoding="utf-8") for path in sorted((content_root() / "notes").rglob("*.*"))]
LINES = sorted({line for text in SHIPPED for line in text.split("\n")})
PIECES = st.sampled_from(
    ["# ", "## 过拟合", "**解决办法：**", "- ", "\t- ", "> ", "|", "|-|-|", "```", "$$", "---", "学习率过大", "导致",
     "不会", "loss 震荡", "→", "because", "Dropout", "：", "。", "\n", "\n\n", "| 现象 | 原因 |\n|---|---|\n",
     "1. ", "![[x]]", "可能", "?", "原因", "use ", "  "]
)  # fmt: skip
NOTES = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(st.sampled_from(LINES) | PIECES, max_size=25).map("\n".join),
    st.tuples(st.sampled_from(SHIPPED), st.integers(0, 9000), st.integers(1, 1500)).map(
        lambda cut: cut[0][cut[1] :][: cut[2]]
    ),
)
often = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def converted(converter: Converter, text: str) -> tuple[Note, Converted]:
    note = decode(text.encode("utf-8", "ignore").replace(b"\0", b" "), "folder/note.md")
    note = note if isinstance(note, Note) else Note("folder/note.md", "", "")
    return note, converter.convert(note)


def cited(read: Converted) -> list[Citation]:
    return [found.citation for found in (*read.found, *read.explained)]


@often
@given(text=NOTES)
def test_every_quote_stands_verbatim_in_its_lines(converter: Converter, text: str) -> None:
    note, read = converted(converter, text)
    for cite in cited(read):
        assert 1 <= cite.line_start <= cite.line_end <= len(note.lines)
        assert cite.note == "folder/note.md"
        assert 0 < len(cite.quote) <= MAX_QUOTE
        assert cite.quote in squeeze(" ".join(note.lines[cite.line_start - 1 : cite.line_end]))


@often
@given(text=NOTES)
def test_what_a_note_states_makes_a_graph_that_keeps_the_schema(converter: Converter, text: str) -> None:
    _, read = converted(converter, text)
    nodes = converter.terms.vocabulary.nodes
    linker = Linker(nodes, strengths=STRENGTHS, corrections=(), opposites=())
    linker.put(read)
    linked = linker.linked()
    graph = assemble(linked.nodes, linked.edges)
    assert {node.id for node in read.minted if not node.reviewed} == {node.id for node in read.minted}
    for found in read.found:
        assert found.hedge in STRENGTHS["hedge"]
        assert found.denied or not found.target or graph.has_edge(found.source, found.target, found.relation)


@often
@given(text=NOTES)
def test_remarks_name_lines_of_the_note(converter: Converter, text: str) -> None:
    note, read = converted(converter, text)
    assert all(1 <= remark.line <= len(note.lines) and remark.text for remark in read.remarks)


STRENGTHS = {
    "hedge": {"certain": 0.9, "usual": 0.8, "plain": 0.7, "possible": 0.5, "rare": 0.25},
    "agreement": {"share": 0.15, "most": 0.95},
}


def test_the_same_note_gives_the_same_statements(converter: Converter) -> None:
    other = Converter()
    assert all(converted(converter, text) == converted(other, text) for text in SHIPPED[:5])


def test_lines_that_state_nothing_stay_reachable(converter: Converter) -> None:
    _, read = converted(converter, "# 过拟合\n\n这一段只是闲谈，没有任何陈述。\n\n```\ncode()\n```\n")
    assert [(e.citation.line_start, e.nodes) for e in read.explained] == [(3, ("overfitting",)), (5, ("overfitting",))]


def test_a_line_under_a_promise_that_gives_nothing_is_reported(converter: Converter) -> None:
    _, read = converted(
        converter,
        "# 过拟合\n\n**解决办法：**\n\n- 这个问题在业界其实众说纷纭，不同的人有不同的看法，很难一概而论\n",
    )
    assert [(remark.kind, remark.line) for remark in read.remarks] == [("silent", 5)]


def test_a_known_misstatement_is_reported_and_the_note_kept(converter: Converter) -> None:
    _, read = converted(converter, "# 梯度\n\n梯度裁剪可以缓解梯度消失。\n")
    assert [(remark.kind, remark.line) for remark in read.remarks] == [("misstated", 3)]


def test_headings_above_a_line_are_its_path(converter: Converter) -> None:
    _, read = converted(converter, "# 训练\n\n## 1. 梯度爆炸\n\n**解决办法：**\n\n- 梯度裁剪\n")
    (cite,) = [found.citation for found in read.found]
    assert (cite.title, cite.heading, cite.lang) == ("训练", ("训练", "梯度爆炸", "解决办法"), "zh")


def test_a_note_without_a_heading_is_called_by_its_file(converter: Converter) -> None:
    assert converted(converter, "学习率过大会导致 loss 震荡")[1].title == "note"


def test_minted_terms_have_stable_ids_and_their_own_words(converter: Converter) -> None:
    _, read = converted(converter, "# Overfitting\n\n## Remedies\n\n- use a quantum sieve\n- 使用闪光棒轮询\n")
    assert [node.labels for node in read.minted] == [{"en": "use a quantum sieve"}, {"zh": "使用闪光棒轮询"}]
    assert read.minted[0].id == "remedy-use-a-quantum-sieve"
    assert re.fullmatch(r"remedy-[0-9a-f]{8}", read.minted[1].id)


def test_quotes_keep_the_lines_own_characters(converter: Converter) -> None:
    _, read = converted(converter, "- **學習率過大**：會導致　loss 震盪（`lr`）。\n")
    assert {cite.quote for cite in cited(read)} == {"**學習率過大**：會導致 loss 震盪（`lr`）。"}
