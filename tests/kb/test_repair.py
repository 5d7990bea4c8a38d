"""What repair mends in lines, and what it leaves alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.repair import continues, repair

LINES = st.lists(st.sampled_from(
    ["", "- a", "1. b", "1、c", "  - d", "\t- e", "> f", "|a|b|",
     "|-|-|", "```", "---", "# g", "##h", "text", "• i", "    j", "（1）k", "$$"]
) | st.text(st.characters(exclude_characters="\n")))  # fmt: skip


def mended(*lines: str) -> list[str]:
    return [line.text for line in repair(list(lines))]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("##过拟合", "## 过拟合"),
        ("#5 rule", "# 5 rule"),
        ("• early stopping", "- early stopping"),
        ("– early stopping", "- early stopping"),
        ("1、早停", "1. 早停"),
        ("（2）早停", "2. 早停"),
        ("3)早停", "3) 早停"),
        ("2.5 倍", "2.5 倍"),
        ("a\u00a0b\u200b", "a b"),
        ("   ", ""),
    ],
)
def test_marks_get_the_form_that_commonmark_asks_for(line: str, wanted: str) -> None:
    assert mended(line) == [wanted]


def test_code_is_left_alone() -> None:
    code = ["```python", "#no heading", "1、no item", "• no bullet", "```"]
    assert mended(*code) == code


def test_a_tilde_inside_backticks_does_not_end_the_code() -> None:
    code = ["```", "~~~", "#no heading", "```"]
    assert mended(*code) == code


def test_bullets_in_the_column_of_a_number_become_its_children() -> None:
    assert mended("1. **Remedies**", "- clipping", "2. **Signs**", "- NaN") == [
        "1. **Remedies**", "    - clipping", "2. **Signs**", "    - NaN",
    ]  # fmt: skip


def test_a_paragraph_ends_the_numbered_item() -> None:
    assert mended("1. one", "", "text", "", "- a")[-1] == "- a"


def test_a_table_gets_its_blank_line() -> None:
    assert mended("- item", "|a|b|", "|-|-|", "|1|2|", "text") == ["- item", "", "|a|b|", "|-|-|", "|1|2|", "", "text"]


def test_a_rule_below_text_gets_its_blank_line() -> None:
    assert mended("text", "---") == ["text", "", "---"]


def test_only_long_unfinished_latin_lines_go_on() -> None:
    long = "A learning rate that is much too high for this model"
    assert continues(long, "makes the loss oscillate")
    assert not continues(long + ".", "makes the loss oscillate")
    assert not continues(long, "- makes the loss oscillate")
    assert not continues("Short line", "makes the loss oscillate")
    assert not continues(long, "使 loss 震荡")


@given(LINES)
def test_every_line_stays_in_order_and_only_empty_ones_are_put_in(lines: list[str]) -> None:
    out = repair(lines)
    assert [line.origin for line in out] == sorted(line.origin for line in out)
    assert {line.origin for line in out} == set(range(1, len(lines) + 1))
    assert all(not one.text for one, other in pairwise(out) if one.origin == other.origin)
