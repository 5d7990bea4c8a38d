"""What parsing makes of a note: units with their lines, their parents and their words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.parse import parse, plain
from kb.units import Unit

PIECES = st.sampled_from(
    ["# a", "## b", "- c", "  - d", "\t- e", "1. f", "> g", ">> - h",
     "|i|j|", "|-|-|", "```", "$$", "---", "", "k", "![[l]]", "**m**", "    n"]
)  # fmt: skip
NOTES = st.lists(PIECES | st.text(st.characters(exclude_characters="\r"))).map("\n".join)


def units(*lines: str) -> tuple[Unit, ...]:
    return parse("\n".join(lines), fallback_title="t").units


def parents(found: tuple[Unit, ...]) -> dict[str, str | None]:
    return {unit.text: None if unit.parent is None else found[unit.parent].text for unit in found}


@given(NOTES)
def test_no_text_breaks_it_and_lines_are_the_files(text: str) -> None:
    last = text.count("\n") + 1
    found = parse(text, fallback_title="t").units
    for index, unit in enumerate(found):
        assert 1 <= unit.line_start <= unit.line_end <= last
        assert unit.parent is None or unit.parent < index


@given(NOTES)
def test_words_stand_in_their_lines(text: str) -> None:
    lines = text.split("\n")
    for unit in parse(text, fallback_title="t").units:
        if unit.kind in ("prose", "item", "heading"):
            here = "".join("\n".join(lines[unit.line_start - 1 : unit.line_end]).split())
            assert all(word in here for word in unit.text.split() if word.isalnum() and word.isascii())


def test_each_unit_names_its_line() -> None:
    found = units("# A", "", "text", "- item", "", "| h |", "|---|", "| cell |", "```", "code", "```", "$$", "x", "$$")
    assert [(unit.kind, unit.line_start, unit.line_end) for unit in found] == [
        ("heading", 1, 1), ("prose", 3, 3), ("item", 4, 4), ("row", 8, 8), ("code", 9, 11), ("formula", 12, 14),
    ]  # fmt: skip


def test_the_heading_is_the_title_and_else_the_fallback() -> None:
    assert parse("text\n# A **b**", fallback_title="t").title == "A b"
    assert parse("text", fallback_title="t").title == "t"


def test_front_matter_is_no_unit() -> None:
    read = parse("---\ntitle: x\n---\ntext", fallback_title="t")
    assert [unit.text for unit in read.units] == ["text"]
    assert "title: x" in read.meta


@pytest.mark.parametrize("indent", ["\t", "    ", "  "])
def test_tabs_and_blanks_nest(indent: str) -> None:
    assert parents(units("- a", f"{indent}- b", f"{indent * 2}- c", "- d")) == {
        "a": None,
        "b": "a",
        "c": "b",
        "d": None,
    }


def test_items_stand_under_their_heading_and_quotes_have_headings_of_their_own() -> None:
    assert parents(units("# a", "> ## b", "> c", "", "d", "## e", "- f")) == {
        "a": None, "b": "a", "c": "b", "d": "a", "e": "a", "f": "e",
    }  # fmt: skip


def test_headings_nest_by_level_even_where_levels_jump() -> None:
    assert parents(units("## a", "#### b", "### c", "## d", "# e")) == {
        "a": None,
        "b": "a",
        "c": "a",
        "d": None,
        "e": None,
    }


def test_wrapped_prose_is_one_unit_over_its_lines() -> None:
    (unit,) = units("A learning rate that is much too high for this model", "makes the loss oscillate.")
    assert (unit.line_start, unit.line_end) == (1, 2)
    assert unit.text.endswith("model makes the loss oscillate.")


def test_rows_know_their_header() -> None:
    _, row = units("text", "| **A** | B |", "|---|---|", "| 1 | `2` |")
    assert (row.header, row.cells) == (("A", "B"), ("1", "2"))


def test_an_indented_continuation_is_no_code() -> None:
    assert [unit.kind for unit in units("text", "", "    indented")] == ["prose", "prose"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("![[Pasted image 1.png]] a", "a"),
        (r"![x](C:\Users\me\a b.png) a", "a"),
        ("![[公式]](https://example.org/x?tex=y) a", "a"),
        ("[a](https://example.org/b)", "a"),
        ("[[note|a]] and [[b]]", "a and b"),
        ("**a** `b` ~~c~~ ==d==", "a b c d"),
        ("<b>a</b> <img src='x'>", "a"),
        ("a < b and c > d", "a < b and c > d"),
    ],
)
def test_plain_keeps_words_alone(raw: str, words: str) -> None:
    assert plain(raw) == words


DEEP = {
    "lists": "\n".join("  " * depth + "- a" for depth in range(1_200)),
    "list marks in a line": "- " * 10_000 + "a",
    "quotes": ">" * 10_000 + " a",
    "brackets": "[" * 10_000 + "a" + "]" * 10_000,
    "parentheses": "（" * 10_000 + "a",
    "stars": "**" * 10_000 + "a",
    "backticks": "`" * 20_000,
    "pipes": "|" * 20_000,
    "dashes": "-" * 50_000,
    "blanks": " " * 100_000,
    "angles": "<a" * 20_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_read_within_a_second(text: str) -> None:
    start = time.process_time()
    parse(text, fallback_title="t")
    assert time.process_time() - start < 1.5
