"""Folding, languages, spellings and slugs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text import fold, language, slug, spellings, squeeze

ALPHABET = st.sampled_from([*"aZ９Ａ　 -_→>=İßŁ學習率過擬合，。\t’“𠀀ﬁ\u00a0\u2011\u0301"])
TEXT = st.text() | st.lists(ALPHABET).map("".join)


@given(TEXT)
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT, TEXT)
def test_a_line_folds_the_same_alone_and_among_others(one: str, other: str) -> None:
    assert fold(f"{one}\n{other}") == f"{fold(one)}\n{fold(other)}"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("學習率過大", "学习率过大"),
        ("Ｌｏｓｓ　震盪", "loss 震荡"),
        ("over-fitting", "over fitting"),
        ("a --> b", "a --> b"),
        ("don’t", "don't"),
        ("lr＝0.1；", "lr=0.1;"),
    ],
)
def test_case_width_script_and_joiners_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("", "en"),
        ("loss is NaN", "en"),
        ("过拟合", "zh"),
        ("batch size 太小时 BN 不稳定", "zh"),
        ("see Zhang 张 for a long proof of this", "en"),
    ],
)
def test_mixed_lines_count_as_chinese_unless_hardly_any_of_it_is(text: str, lang: str) -> None:
    assert language(text) == lang


@given(TEXT)
def test_spellings_differ_in_nothing_but_blanks(text: str) -> None:
    assert len({form.replace(" ", "") for form in spellings(text)}) == 1


@given(TEXT)
def test_a_slug_is_kebab_case_and_never_empty(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(text))


def test_words_that_no_slug_can_spell_keep_different_slugs() -> None:
    assert slug("闪光棒 A") != slug("荧光棒 A")


@given(TEXT)
def test_squeezing_leaves_the_words(text: str) -> None:
    assert squeeze(text).split() == text.split()
