"""Facts about builds: what changed is all that is done again, and the result never tells how it came about."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import parallel
from kb.build import Builder, Built, build
from kb.convert import Converter
from kb.graph import all_edges, all_nodes, canonical_lines, live_edges
from kb.link import Linker
from kb.model import Edge
from kb.notes import Note, decode
from kb.report import render

Fresh = Callable[[Path], bytes]
TEXTS = {
    "zh/rate.md": "# 学习率过大\n\n**表现：**\n\n- loss 震荡\n- loss 变成 NaN\n\n**解决办法：**\n\n- 减小学习率\n",
    "en/rate.md": "# Learning rate too high\n\n## Symptoms\n\n- loss oscillates\n\n## Remedies\n\n"
    "- use a quantum sieve\n",
    "en/clip.txt": "Gradient clipping prevents exploding gradients.\n"
    "A learning rate that is too high does not cause overfitting.\n",
    "a.md": "# 过拟合\n\n**解决办法：**\n\n- Dropout\n"
    "- 随便说说，这里其实没有什么具体的内容，只是为了凑字数，业界众说纷纭，很难一概而论的\n",
}


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    for path in sorted(folder.rglob("*.*")):
        path.unlink()
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def bytes_of(built: Built) -> bytes:
    """Everything that a build says: the graph as it is stored, and the report as it is printed."""
    lines = canonical_lines(all_nodes(built.graph), all_edges(built.graph))
    return b"".join(lines) + render(built.report).encode()


def decoded() -> list[Note]:
    found = [decode(text.encode(), name) for name, text in TEXTS.items()]
    return [note for note in found if isinstance(note, Note)]


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return write(tmp_path / "notes", TEXTS)


@pytest.fixture
def fresh(converter: Converter) -> Fresh:
    return lambda folder: bytes_of(build(folder, converter=converter))


# ---- incremental


CHANGES = {
    "nothing": {},
    "a note changed": {"a.md": "# 过拟合\n\n**解决办法：**\n\n- 早停\n"},
    "a note added": {"new.md": "Dropout 可以缓解过拟合。\n"},
    "a note removed": {"zh/rate.md": None},
    "a note renamed": {"a.md": None, "b.md": TEXTS["a.md"]},
    "notes swapped": {"zh/rate.md": TEXTS["en/rate.md"], "en/rate.md": TEXTS["zh/rate.md"]},
    "the same note twice": {"copy.md": TEXTS["zh/rate.md"]},
    "all removed": dict.fromkeys(TEXTS),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("kept", ["builder", "cache"])
def test_a_rebuild_is_a_fresh_build(
    notes: Path, tmp_path: Path, converter: Converter, fresh: Fresh, *, kept: str, change: dict[str, str | None]
) -> None:
    cache = tmp_path / "cache.sqlite" if kept == "cache" else None
    builder = Builder(notes, cache=cache, converter=converter)
    builder.build()
    write(notes, {name: text for name, text in (TEXTS | change).items() if text is not None})
    again = builder if kept == "builder" else Builder(notes, cache=cache, converter=converter)
    assert bytes_of(again.build()) == fresh(notes)


HISTORY = st.lists(
    st.dictionaries(st.sampled_from(["a.md", "b.md", "c/d.md"]), st.sampled_from([*TEXTS.values()])), max_size=4
)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=HISTORY)
def test_any_history_of_a_folder_ends_as_a_fresh_build(
    steps: list[dict[str, str]], tmp_path: Path, converter: Converter, fresh: Fresh
) -> None:
    (tmp_path / "history").mkdir(exist_ok=True)
    builder = Builder(write(tmp_path / "history", {}), converter=converter)
    for texts in steps:
        write(tmp_path / "history", texts)
        assert bytes_of(builder.build()) == fresh(tmp_path / "history")


def test_graphs_returned_before_stay_as_they_were(notes: Path, converter: Converter) -> None:
    builder = Builder(notes, converter=converter)
    first = builder.build()
    before = bytes_of(first)
    write(notes, {"a.md": "Dropout 可以缓解过拟合。\n"})
    builder.build()
    assert bytes_of(first) == before


class Counting(Converter):
    """A converter that remembers which notes it was given."""

    def __init__(self, converter: Converter) -> None:
        super().__init__(converter.terms)
        self.given: list[str] = []

    def convert(self, note: Note):  # type: ignore[no-untyped-def]
        self.given.append(note.path)
        return super().convert(note)


def test_only_a_changed_note_is_converted_again(notes: Path, tmp_path: Path, converter: Converter) -> None:
    build(notes, cache=tmp_path / "cache.sqlite", converter=converter)
    (notes / "a.md").write_text("Dropout 可以缓解过拟合。\n", encoding="utf-8")
    counting = Counting(converter)
    build(notes, cache=tmp_path / "cache.sqlite", converter=counting)
    assert counting.given == ["a.md"]


# ---- the cache file


def is_damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)


def is_cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def has_another_table(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE note (something TEXT)")
    database.close()


def holds_records_of_another_form(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE note SET body = '{}'")
    database.close()


def is_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "harm", [is_damaged, is_cut_off, has_another_table, holds_records_of_another_form, is_a_folder]
)
def test_a_cache_that(
    harm: Callable[[Path], None], notes: Path, tmp_path: Path, converter: Converter, fresh: Fresh
) -> None:
    """… costs time only."""
    cache = tmp_path / "cache.sqlite"
    build(notes, cache=cache, converter=converter)
    harm(cache)
    assert bytes_of(build(notes, cache=cache, converter=converter)) == fresh(notes)


@pytest.mark.slow
def test_a_cache_that_another_process_holds_is_done_without_and_left_alone(
    notes: Path, tmp_path: Path, converter: Converter, fresh: Fresh
) -> None:
    cache = tmp_path / "cache.sqlite"
    build(notes, cache=cache, converter=converter)
    (notes / "a.md").write_text("Dropout 可以缓解过拟合。\n", encoding="utf-8")
    holder = sqlite3.connect(cache)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        assert bytes_of(build(notes, cache=cache, converter=converter)) == fresh(notes)
        assert cache.stat().st_nlink == 1
        assert holder.execute("SELECT count(*) FROM note").fetchone() == (len(TEXTS),)
    finally:
        holder.close()


def test_a_place_that_cannot_hold_a_cache_is_done_without(
    notes: Path, tmp_path: Path, converter: Converter, fresh: Fresh
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for cache in (tmp_path / "file/cache.sqlite", Path("/proc/whyloss/cache.sqlite")):
        assert bytes_of(build(notes, cache=cache, converter=converter)) == fresh(notes)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


# ---- nothing of how it came about


def test_the_order_in_which_notes_come_leaves_no_trace(converter: Converter) -> None:
    read = [converter.convert(note) for note in decoded()]
    results = []
    for seed in range(6):
        random.Random(seed).shuffle(read)  # noqa: S311  any order will do
        linker = Linker(converter.terms.vocabulary.nodes, strengths=STRENGTHS, corrections=(), opposites=())
        for piece in read:
            linker.put(piece)
        results.append(linker.linked())
    one = results[0]
    assert all((other.nodes, other.edges, other.denied) == (one.nodes, one.edges, one.denied) for other in results)


STRENGTHS = {
    "hedge": {"certain": 0.9, "usual": 0.8, "plain": 0.7, "possible": 0.5, "rare": 0.25},
    "agreement": {"share": 0.15, "most": 0.95},
}


def test_no_dictionarys_or_sets_order_leaves_a_trace() -> None:
    code = (
        "from kb.build import build; from kb.paths import content_root; from kb.report import render\n"
        "built = build(content_root() / 'notes'); print(built.graph.graph['version'], render(built.report))"
    )
    root = Path(__file__).parents[2]
    one, other = (
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE, check=True, timeout=60,
        ).stdout
        for seed in ("1", "2")
    )  # fmt: skip
    assert one == other != b""


@pytest.mark.skipif(not parallel._may_fork(), reason="runs threads already, or can't fork")
def test_many_cores_give_what_one_gives(monkeypatch: pytest.MonkeyPatch, converter: Converter) -> None:
    alone = parallel.convert_all(decoded(), converter)
    monkeypatch.setattr(parallel, "WORTHWHILE", 0)
    assert parallel.convert_all(decoded(), converter) == alone


# ---- within time


HARD = {
    "lists": "\n".join("  " * depth + "- 学习率过大导致 loss 震荡" for depth in range(1_200)),
    "quotes": ">" * 10_000 + " 学习率过大导致 loss 震荡",
    "brackets": "[(（" * 10_000 + "学习率过大",
    "bold": "**" * 10_000 + "学习率过大",
    "headings": "# 过拟合\n## 解决办法\n- Dropout\n" * 2_000,
    "rows": "| 现象 | 原因 |\n|---|---|\n" + "| loss 震荡 | 学习率过大 |\n" * 3_000,
    "embeds": "![[" * 3_000,
    "one long line": "学习率过大导致 loss 震荡，" * 1_000,
    "one word again and again": "震荡" * 5_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
def test_hard_notes_are_converted_within_seconds(text: str, converter: Converter) -> None:
    note = decode(text.encode(), "hard.md")
    assert isinstance(note, Note)
    start = time.process_time()
    converter.convert(note)
    assert time.process_time() - start < 4


# ---- what notes agree and disagree on


def edges_of(folder: Path, converter: Converter) -> Iterator[Edge]:
    return (edge for edge in all_edges(build(folder, converter=converter).graph) if edge.relation != "explains")


def test_equal_statements_are_one_edge_with_all_citations(notes: Path, converter: Converter) -> None:
    graph = build(notes, converter=converter).graph
    edge = graph.edges["learning-rate-too-high", "loss-oscillating", "has_symptom"]["edge"]
    assert [(cite.note, cite.line_start, cite.lang) for cite in edge.citations] == [
        ("en/rate.md", 5, "en"), ("zh/rate.md", 5, "zh"),
    ]  # fmt: skip


def test_a_further_note_makes_an_edge_stronger_and_a_repetition_does_not(tmp_path: Path, converter: Converter) -> None:
    line = "Dropout 可以缓解过拟合。\n\n"
    folders = ({"a.md": line}, {"a.md": line * 3}, {"a.md": line, "b.md": line}, {f"{n}.md": line for n in range(50)})
    one, thrice, two, fifty = (next(edges_of(write(tmp_path / "n", texts), converter)).strength for texts in folders)
    assert one == thrice < two < fifty < 1


def test_the_firmest_wording_counts(tmp_path: Path, converter: Converter) -> None:
    may, must = "学习率过大可能会导致 loss 震荡。\n\n", "学习率过大必然导致 loss 震荡。\n"
    one, other = (
        [edge.strength for edge in edges_of(write(tmp_path / "n", {"a.md": text}), converter)]
        for text in (may + must, must)
    )
    assert one == other


def test_denials_make_no_edge_and_are_counted(notes: Path, converter: Converter) -> None:
    built = build(notes, converter=converter)
    assert built.report.denied == 1
    assert not built.graph.has_edge("learning-rate-too-high", "overfitting")


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("denied", ["学习率过大会导致 loss 震荡。", "学习率过大不会导致 loss 震荡。"]),
        ("opposite", ["增大学习率可以缓解欠拟合。", "减小学习率可以缓解欠拟合。"]),
    ],
)
def test_conflicts_show_both_notes(kind: str, lines: list[str], tmp_path: Path, converter: Converter) -> None:
    built = build(write(tmp_path / "n", {f"{n}.md": line for n, line in enumerate(lines)}), converter=converter)
    (conflict,) = built.report.conflicts
    assert conflict.kind == kind
    assert {cite.note for cite in conflict.citations} == {"0.md", "1.md"}


# ---- corrections


def linked(converter: Converter, text: str, **correction: object) -> list[Edge]:
    entry = {
        "source": "overfitting",
        "relation": "remedied_by",
        "target": "dropout",
        "reason": "Because.",
        **correction,
    }
    linker = Linker(converter.terms.vocabulary.nodes, strengths=STRENGTHS, corrections=[entry], opposites=())
    note = decode(text.encode(), "a.md")
    assert isinstance(note, Note)
    linker.put(converter.convert(note))
    return [edge for edge in linker.linked().edges if edge.relation != "explains"]


def test_a_retracted_statement_stays_with_status_and_reason(converter: Converter) -> None:
    (edge,) = linked(converter, "Dropout 可以缓解过拟合。", action="retract")
    assert (edge.status, edge.reason, len(edge.citations)) == ("retracted", "Because.", 1)


def test_an_amended_statement_has_the_strength_of_the_correction(converter: Converter) -> None:
    (edge,) = linked(converter, "Dropout 可以缓解过拟合。", action="amend", strength=0.2)
    assert (edge.status, edge.strength, edge.reason) == ("amended", 0.2, "Because.")


def test_a_correction_waits_for_the_note_that_states_it(converter: Converter) -> None:
    assert linked(converter, "早停可以缓解过拟合。", action="retract")[0].status == "extracted"


def test_a_shipped_correction_reaches_any_folder(tmp_path: Path, converter: Converter) -> None:
    built = build(write(tmp_path / "n", {"a.md": "梯度裁剪可以缓解梯度消失。\n"}), converter=converter)
    assert live_edges(built.graph, relation="remedied_by", source="vanishing-gradients") == []
    assert [edge.target for edge in built.report.retracted] == ["gradient-clipping"]


# ---- the report


def test_the_report_tells_what_was_found_and_what_was_not(notes: Path, converter: Converter) -> None:
    (notes / "bad.md").write_bytes(b"\0")
    (notes / "wrong.md").write_text("梯度裁剪可以缓解梯度消失。\n", encoding="utf-8")
    report = render(build(notes, converter=converter).report)
    for words in (
        "Statements by note and relation",
        "zh/rate.md",
        "remedy-use-a-quantum-sieve: use a quantum sieve",
        "a.md:6: 随便说说",
        "wrong.md:1: 梯度裁剪可以缓解梯度消失。",
        "vanishing-gradients remedied_by gradient-clipping (wrong.md:1): Clipping",
        "bad.md: a binary file",
        "5 notes, ",
        "1 denied ones kept apart",
    ):
        assert words in report


def test_the_reports_counts_are_those_of_the_notes(notes: Path, converter: Converter) -> None:
    report = build(notes, converter=converter).report
    assert TEXTS.keys() == {note for note, *_ in report.statements}
    assert ("zh/rate.md", "has_symptom", 2) in report.statements
    assert ("zh/rate.md", "remedied_by", 1) in report.statements


def test_every_statement_is_json_serialisable_text(notes: Path, converter: Converter) -> None:
    graph = build(notes, converter=converter).graph
    for line in canonical_lines(all_nodes(graph), all_edges(graph)):
        json.loads(line)
