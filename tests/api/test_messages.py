"""The two languages say the same things, and nothing they say is unused."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from api.limits import limit, probability_word
from api.messages import messages
from kb.content import read_toml

EN, ZH = messages("en").sentences, messages("zh").sentences
API = Path(__file__).parents[2] / "api"
COMPOSED = ("lead.", "lead_bare.", "lead_special.", "lead_special_bare.", "why.", "warnings.", "titles.", "errors.")
"""Sections whose keys are put together from a band, a cause, a number of hops, an outcome or a status."""


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert EN.keys() == ZH.keys()


@pytest.mark.parametrize("key", EN)
def test_a_sentence_has_the_same_places_in_both_languages(key: str) -> None:
    assert places(EN[key]) == places(ZH[key])


@pytest.mark.parametrize("key", [key for key in EN if not key.startswith(COMPOSED)])
def test_every_sentence_is_used(key: str) -> None:
    section, _, rest = key.partition(".")
    source = "\n".join(path.read_text("utf-8") for path in API.rglob("*.py"))
    assert (
        f'"{key}"' in source or f'"{section}.{rest}' in source or re.search(rf'(\{{what\}}|"{section})\.\{{?', source)
    )


def test_every_band_has_its_sentences() -> None:
    words = {band["word"] for band in read_toml("rules/answer.toml")["band"]}
    for section in ("lead", "lead_bare"):
        assert {key.removeprefix(f"{section}.") for key in EN if key.startswith(f"{section}.")} == words


def test_the_words_get_surer_as_the_probability_rises() -> None:
    order = ["possible", "plausible", "likely", "almost_certain"]
    ranks = [order.index(probability_word(percent / 100)) for percent in range(101)]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2, 3}


def test_a_percentage_never_claims_certainty() -> None:
    assert [messages("en").percent(value) for value in (0.0, 0.004, 0.415, 1.0)] == ["1%", "1%", "42%", "99%"]


def test_limits_are_positive() -> None:
    assert all(limit(name) > 0 for name in read_toml("rules/answer.toml")["length"])


@pytest.mark.parametrize(
    ("items", "joined"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_lists_are_joined_as_people_write_them(items: list[str], joined: str) -> None:
    assert messages("en").joined(items) == joined
