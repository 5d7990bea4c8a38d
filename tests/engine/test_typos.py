"""Facts about mending: only what is safe, and every place maps back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.understand.typos import SHORTEST, Speller

WORDS = ["learning", "rate", "gradient", "vanishing", "exploding", "overfitting", "underfitting", "converging"]
WORDS += ["validation", "loss", "increasing", "decreasing", "stable", "unstable", "higher", "lower"]
SPELLER = Speller.of(WORDS, ["lost", "gradual"])
TYPED = st.text("abcdegilnorstv过拟合 -. ", max_size=60) | st.lists(st.sampled_from([*WORDS, "lerning", "rat"])).map(
    " ".join
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lerning rate", "learning rate"),
        ("gradeint", "gradient"),
        ("vanishng gradients", "vanishing gradients"),
        ("valdiation loss", "validation loss"),
        ("exlpoding", "exploding"),
        ("学习率 leanring 过大", "学习率 learning 过大"),
    ],
)
def test_a_word_one_slip_away_is_mended(typed: str, meant: str) -> None:
    assert SPELLER.mend(typed).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "gradient", "losses", "lost", "gradual",  # known
        "rat", "los", "hgih",  # too short
        "学习率过大", "学习率过小", "梯度",  # no Latin letters
        "kilometres", "zebra",  # nothing near
    ],
)  # fmt: skip
def test_what_is_known_short_or_far_from_everything_stays(text: str) -> None:
    assert SPELLER.mend(text).text == text


@pytest.mark.parametrize("word", WORDS)
def test_no_word_turns_into_its_opposite(word: str) -> None:
    """Each word, misspelt by leaving out any letter but the first, is mended to itself or not at all."""
    for at in range(1, len(word)):
        mended = SPELLER.mend(word[:at] + word[at + 1 :]).text
        assert mended in (word, word[:at] + word[at + 1 :])


def test_the_first_letter_tells_overfitting_from_underfitting() -> None:
    assert SPELLER.mend("overfiting").text == "overfitting"
    assert SPELLER.mend("underfiting").text == "underfitting"
    assert SPELLER.mend("nderfitting").text == "nderfitting"


@given(text=TYPED)
def test_every_place_of_mended_text_maps_to_one_in_order(text: str) -> None:
    mended = SPELLER.mend(text)
    assert len(mended.origin) == len(mended.text) + 1
    assert mended.origin[-1] == len(text)
    assert list(mended.origin) == sorted(mended.origin)


@given(text=TYPED)
def test_mending_twice_is_mending_once(text: str) -> None:
    once = SPELLER.mend(text).text
    assert SPELLER.mend(once).text == once


@given(text=TYPED)
def test_only_latin_words_of_some_length_change(text: str) -> None:
    kept = re.compile(rf"[a-z]{{{SHORTEST},}}")
    assert kept.sub("", SPELLER.mend(text).text) == kept.sub("", text)
