"""The numbers of `content/rules/answer.toml`: how much the written answer tells, and which words a probability gets."""

from __future__ import annotations

from functools import cache
from typing import Any

from kb.content import read_toml


def limit(name: str) -> int:
    """How many of something the written answer names, at most."""
    return int(_rules()["length"][name])


def rival_share() -> float:
    """From which share of the first cause's probability on a rival is named."""
    return float(_rules()["rivals"]["share"])


def probability_word(probability: float) -> str:
    """The name of the band in which a probability lies: `likely`."""
    bands = _rules()["band"]
    return str(next((band["word"] for band in bands if probability >= band["from"]), bands[-1]["word"]))


@cache
def _rules() -> dict[str, Any]:
    return dict(read_toml("rules/answer.toml"))
