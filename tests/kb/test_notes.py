"""What can be read comes back as notes, what cannot as problems; nothing stops the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.build import build
from kb.convert import Converter
from kb.errors import InputError, Problem
from kb.notes import MAX_BYTES, Folder, Note, decode, read_notes

GOOD = "学习率过大会导致 loss 震荡。\n"


def is_binary(folder: Path) -> None:
    (folder / "bad.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def is_utf16(folder: Path) -> None:
    (folder / "bad.md").write_bytes(GOOD.encode("utf-16"))


def is_gbk(folder: Path) -> None:
    (folder / "bad.md").write_bytes(("first line\n" + GOOD).encode("gbk"))


def is_full_of_control_characters(folder: Path) -> None:
    (folder / "bad.md").write_bytes(b"\x01\x02a" * 100)


def has_fifty_megabytes(folder: Path) -> None:
    with (folder / "bad.md").open("wb") as file:
        file.truncate(50_000_000)


def leaves_the_folder(folder: Path) -> None:
    (folder.parent / "outside.md").write_text(GOOD, encoding="utf-8")
    (folder / "bad.md").symlink_to(folder.parent / "outside.md")


def is_a_link_to_itself(folder: Path) -> None:
    (folder / "bad.md").symlink_to(folder / "bad.md")


def is_a_link_to_nothing(folder: Path) -> None:
    (folder / "bad.md").symlink_to(folder / "nothing.md")


def is_unreadable(folder: Path) -> None:
    (folder / "bad.md").write_text(GOOD, encoding="utf-8")
    (folder / "bad.md").chmod(0)
    if os.access(folder / "bad.md", os.R_OK):
        pytest.skip("this user may read everything")


def has_a_lone_surrogate(folder: Path) -> None:
    (folder / "bad.md").write_bytes(b"a \xed\xa0\x80 b")


MALFORMED = {
    is_binary: "binary", is_utf16: "binary", is_gbk: "not UTF-8", is_full_of_control_characters: "control characters",
    has_fifty_megabytes: "larger than", leaves_the_folder: "leaves the notes' folder",
    is_a_link_to_itself: "can't be read",
    is_a_link_to_nothing: "can't be read", is_unreadable: "can't be read", has_a_lone_surrogate: "not UTF-8",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "notes"
    path.mkdir()
    (path / "good.md").write_text(GOOD, encoding="utf-8")
    return path


@pytest.mark.parametrize(("make", "what"), MALFORMED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_file_that(make, what: str, folder: Path, converter: Converter) -> None:  # type: ignore[no-untyped-def]
    """… is reported and skipped, and the rest is built."""
    make(folder)
    built = build(folder, converter=converter)
    (problem,) = built.report.problems
    assert problem.file == "bad.md"
    assert what in problem.what
    assert problem.todo
    assert [note.path for note in built.notes] == ["good.md"]
    assert built.graph.has_edge("learning-rate-too-high", "loss-oscillating", "has_symptom")


def test_the_line_of_a_wrong_encoding_is_named(folder: Path) -> None:
    is_gbk(folder)
    (problem,) = read_notes(folder)[1]
    assert problem.line == 2


def test_a_folder_that_links_to_itself_ends(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    assert [note.path for note in read_notes(folder)[0]] == ["good.md"]


def test_hidden_and_other_files_are_no_notes(folder: Path) -> None:
    for name in (".hidden.md", "a.png", "b.py"):
        (folder / name).write_bytes(b"\0")
    (folder / ".obsidian").mkdir()
    (folder / ".obsidian/x.md").write_text(GOOD, encoding="utf-8")
    assert read_notes(folder) == ([decode(GOOD.encode(), "good.md")], [])


def test_a_folder_named_like_a_note_is_a_folder(folder: Path) -> None:
    (folder / "sub.md").mkdir()
    (folder / "sub.md/x.TXT").write_text(GOOD, encoding="utf-8")
    assert [note.path for note in read_notes(folder)[0]] == ["good.md", "sub.md/x.TXT"]


@pytest.mark.parametrize("path", ["missing", "notes/good.md"])
def test_what_is_no_folder_is_the_callers_error(folder: Path, path: str) -> None:
    with pytest.raises(InputError, match="is not a folder of notes"):
        read_notes(folder.parent / path)


def text_of(data: bytes) -> str:
    note = decode(data, "n.md")
    assert isinstance(note, Note)
    return note.text


def test_line_ends_and_byte_order_marks_do_not_change_a_note() -> None:
    assert text_of(b"\xef\xbb\xbfa\r\nb\rc\n") == text_of(b"a\nb\nc\n") == "a\nb\nc\n"


def test_lines_of_a_windows_file_are_cited_as_an_editor_counts_them(folder: Path, converter: Converter) -> None:
    (folder / "good.md").write_bytes(("# a\r\n\r\n" + GOOD.strip() + "\r\n").encode("utf-8-sig"))
    edge = build(folder, converter=converter).graph.edges["learning-rate-too-high", "loss-oscillating", "has_symptom"][
        "edge"
    ]
    assert edge.citations[0].line_start == 3


def test_an_empty_file_is_an_empty_note(folder: Path, converter: Converter) -> None:
    (folder / "good.md").write_bytes(b"")
    built = build(folder, converter=converter)
    assert (len(built.notes), built.report.problems) == (1, ())


def test_an_empty_folder_gives_the_vocabulary_alone(tmp_path: Path, converter: Converter) -> None:
    built = build(tmp_path, converter=converter)
    assert built.report.notes == built.graph.number_of_edges() == 0
    assert set(built.graph.nodes) == set(converter.terms.vocabulary.nodes)


def test_a_file_as_large_as_allowed_is_read(folder: Path) -> None:
    (folder / "large.md").write_text(("a" * 79 + "\n") * (MAX_BYTES // 80), encoding="utf-8")
    assert len(read_notes(folder)[0]) == 2


@given(st.binary())
def test_any_bytes_are_a_note_or_a_problem(data: bytes) -> None:
    found = decode(data, "n.md")
    assert isinstance(found, Problem) or "\r" not in found.text


@given(st.text(max_size=5), st.text(max_size=5))
def test_notes_with_other_words_have_other_hashes(one: str, other: str) -> None:
    found = [decode(text.encode("utf-8", "ignore"), "n.md") for text in (one, other)]
    if all(isinstance(note, Note) for note in found):
        assert (found[0].sha == found[1].sha) == (found[0].text == found[1].text)  # type: ignore[union-attr]


def test_only_changed_files_are_read_again(folder: Path) -> None:
    reader = Folder(folder)
    (first,), _ = reader.read()
    assert reader.read()[0][0] is first
    (folder / "good.md").write_text("other", encoding="utf-8")
    assert reader.read()[0][0].text == "other"
