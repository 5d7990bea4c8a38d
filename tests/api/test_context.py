from __future__ import annotations

import pytest

from api.context import Remark, settings_of
from api.messages import messages


@pytest.mark.parametrize(
    "name", ["lr", "LR", "learning_rate", "Learning Rate", "learning-rate", "base_lr", "学习率", "lr0"]
)
def test_a_setting_is_known_under_the_names_people_use(name: str) -> None:
    assert settings_of({name: 0.1}) == ({"learning_rate": 0.1}, [])


def test_a_switch_becomes_the_setting_it_speaks_of() -> None:
    assert settings_of({"fp16": True, "batch_norm": False}) == ({"precision": "fp16", "normalization": "none"}, [])


def test_a_switch_with_a_value_of_its_own_keeps_it() -> None:
    assert settings_of({"amp": "bf16"}) == ({"precision": "bf16"}, [])


def test_an_unknown_setting_is_a_remark() -> None:
    assert settings_of({"favourite_colour": "blue"}) == ({}, [Remark("unknown_setting", "favourite_colour")])


@pytest.mark.parametrize("value", [[1], {"a": 1}, float("nan"), float("inf"), 10**400])
def test_a_value_that_is_neither_word_nor_number_is_a_remark(value: object) -> None:
    assert settings_of({"lr": value}) == ({}, [Remark("odd_setting", "lr")])


def test_null_says_nothing() -> None:
    assert settings_of({"grad_clip": None, "unheard_of": None}) == ({}, [])


def test_of_two_names_for_one_setting_the_first_counts() -> None:
    assert settings_of({"lr": 0.1, "learning_rate": 0.2}) == (
        {"learning_rate": 0.1},
        [Remark("setting_twice", "learning_rate")],
    )


@pytest.mark.parametrize("key", ["unknown_setting", "odd_setting", "setting_twice", "state_twice", "series_not_read"])
def test_every_remark_has_its_words_in_both_languages(key: str) -> None:
    for lang in ("en", "zh"):
        assert "{" not in Remark(key, "x").text(messages(lang))
