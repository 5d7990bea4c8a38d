"""The numbers of inference, explanations and passages; `content/rules/inference.toml` says what each stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from kb.errors import ContentError, Problem


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of `content/rules/inference.toml`; each has its unit, reason and source there."""

    prior_mechanism: float
    prior_minted: float
    prior_passages_gain: float
    prior_passages_half: float
    prior_unknown: float
    edge_certainty: float
    edge_notes_half: float
    broader_up: float
    broader_down: float
    leak: float
    unknown_shows: float
    causes_followed: int
    report_reliability: float
    factor_odds: float
    remedy_works: float
    remedy_luck: float
    suspicion_odds: float
    contrast_odds: float
    exclusion: float
    given_odds: float
    root_share: float
    citations_shown: int
    remedies_shown: int
    checks_shown: int
    unconfirmed_shown: int
    unconfirmed_probability: float
    symptom_remedy_share: float
    questions_shown: int
    stop_probability: float
    stop_gain: float
    passage_heading: float
    passage_language: float
    passage_coverage: float

    @classmethod
    def of(cls, table: Mapping[str, Any], *, file: str = "rules/inference.toml") -> Self:
        """The rules from a parsed TOML file; raises ContentError with every number that is missing or too much."""
        names = {field.name for field in fields(cls)}
        todo = {name: "Add this number." if name in names else "Remove it." for name in sorted(names ^ table.keys())}
        if todo:
            raise ContentError([Problem(file, None, f"{name!r} is missing or unknown", todo[name]) for name in todo])
        return cls(**{name: table[name]["value"] for name in names})
