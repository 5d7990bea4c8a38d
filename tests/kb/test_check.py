"""What `lint` must find: a broken citation, a broken example, a correction of nothing; and nothing in what we ship."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kb.build import build
from kb.check import check_citations, lint, named
from kb.convert import Converter
from kb.graph import all_edges
from kb.model import Citation, Edge
from kb.notes import Note, read_notes
from kb.paths import content_root

TEXT = "# 过拟合\n\n**解决办法：**\n\n- Dropout：随机\n  丢弃神经元\n- 早停\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text(TEXT, encoding="utf-8")
    return tmp_path / "notes"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped content without its notes."""
    copy = shutil.copytree(content_root(), tmp_path / "content", ignore=shutil.ignore_patterns("notes"))
    (copy / "notes").mkdir()
    return copy


def cited(folder: Path, converter: Converter) -> tuple[list[Note], Edge, Citation]:
    edge = next(edge for edge in all_edges(build(folder, converter=converter).graph) if edge.relation == "remedied_by")
    return read_notes(folder)[0], edge, edge.citations[0]


def test_the_shipped_content_is_clean() -> None:
    assert [str(problem) for problem in lint()] == []


def test_a_quote_in_its_lines_holds(folder: Path, converter: Converter) -> None:
    notes, edge, _ = cited(folder, converter)
    assert check_citations(notes, [edge]) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"quote": "words that nobody wrote"},
        {"line_start": 1, "line_end": 1},
        {"note": "b.md"},
        {"line_start": 99, "line_end": 99},
    ],
    ids=["other words", "other lines", "no such note", "behind the end"],
)
def test_a_broken_citation_is_found(broken: dict[str, object], folder: Path, converter: Converter) -> None:
    notes, edge, cite = cited(folder, converter)
    (problem,) = check_citations(notes, [replace(edge, citations=(replace(cite, **broken),))])  # type: ignore[arg-type]
    assert "is not in these lines" in problem.what
    assert problem.line == broken.get("line_start", cite.line_start)


def test_a_note_that_changed_breaks_its_citations(folder: Path, converter: Converter) -> None:
    _, edge, _ = cited(folder, converter)
    (folder / "a.md").write_text("\n" + TEXT, encoding="utf-8")
    assert check_citations(read_notes(folder)[0], [edge])


def test_other_notes_are_linted_on_their_own(folder: Path) -> None:
    assert lint(folder) == ()
    (folder / "b.md").write_bytes(b"\0")
    assert [problem.file for problem in lint(folder)] == ["b.md"]


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


ENTRY = '\n[zz-new]\nlabel = {{ en = "zz new", zh = "无名氏之物" }}\nmatch = ["{match}"]\nno_match = ["{no_match}"]\n'


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (ENTRY.format(match="nothing of the kind", no_match="other"), "is not found in its example"),
        (ENTRY.format(match="zz new", no_match="zz new too"), "is wrongly found in"),
        ('\n[zz-new]\nlabel = { en = "zz new", zh = "无名氏之物" }\n', "lacks an example"),
    ],
)
def test_an_entry_that_fails_its_examples_is_found(entry: str, what: str, root: Path) -> None:
    append(root / "vocabulary/concepts.toml", entry)
    (problem,) = lint(root=root)
    assert (problem.file, what in problem.what) == ("vocabulary/concepts.toml", True)


def test_faults_of_the_vocabulary_come_first_and_together(root: Path) -> None:
    append(root / "vocabulary/concepts.toml", '\n[ZZ]\n[zz-new]\nlabel = { en = "zz new" }\n')
    assert len(lint(root=root)) == 2


def test_every_meaning_of_an_ambiguous_phrase_is_named(converter: Converter) -> None:
    assert {"loss-diverging", "train-loss-flat"} <= named(converter.terms, "模型不收敛")
