"""Facts about the phrases that tell intent, scope and what was tried."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.understand.cues import Cues
from kb.text import fold

CUES = Cues(
    {
        "intent.remedy": ("how to fix", "怎么办"),
        "tried.failed": ("still", "还是"),
        "tried.done": ("tried", "i use"),
        "doubt": ("should i use",),
        "both": ("still",),
    }
)


def groups(text: str) -> list[tuple[str, ...]]:
    return [cue.groups for cue in CUES.find(fold(text))]


@pytest.mark.parametrize("text", ["Still NaN", "it is still.", "loss还是nan", "STILL"])
def test_a_cue_is_found_whatever_its_case_and_neighbours(text: str) -> None:
    assert len(groups(text)) == 1


@pytest.mark.parametrize("text", ["distill", "stillness", "retried", "tried2"])
def test_a_latin_cue_counts_only_as_a_whole_word(text: str) -> None:
    assert groups(text) == []


def test_a_longer_cue_covers_the_shorter_one_in_it() -> None:
    assert groups("Should I use dropout?") == [("doubt",)]
    assert groups("I use dropout") == [("tried.done",)]


def test_a_phrase_of_two_groups_has_both() -> None:
    assert groups("still") == [("tried.failed", "both")]


def test_traditional_characters_are_found_like_simplified_ones() -> None:
    assert groups("梯度爆炸怎麼辦") == groups("梯度爆炸怎么办") == [("intent.remedy",)]


def test_the_shipped_cues_fill_every_group_that_is_asked_for() -> None:
    shipped = Cues.load()
    asked = ["intent.remedy", "intent.explain", "intent.compare", "intent.check"]
    asked += ["tried.failed", "tried.helped", "tried.done", "doubt", "filler"]
    assert all(shipped.words(group) for group in asked)


@given(text=st.text() | st.lists(st.sampled_from(["still", "还是", "how to fix", "x", "", "İ"])).map(" ".join))
def test_cues_stand_in_order_apart_and_within_the_text(text: str) -> None:
    folded = fold(text)
    found = CUES.find(folded)
    edges = [edge for cue in found for edge in (cue.start, cue.end)]
    assert edges == sorted(edges)
    assert all(folded[cue.start : cue.end].strip() for cue in found)
