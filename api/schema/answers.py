"""The answer to a question: section 4 of the contract."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.schema.base import CitationOut, Response
from engine.model import Intent, Source, Status
from kb.model import Lang, Level, Relation


class SpanOut(Response):
    """Words of the question: `question[start:end] == text`, counted in code points."""

    text: str
    start: int
    end: int


class ObservationOut(Response):
    """A symptom that is there, or is not."""

    symptom: str
    label: str
    state: Literal["present", "absent"]
    source: Source
    evidence: SpanOut | None
    onset: float | None = Field(description="Epoch or step at which it set in.")
    confidence: float
    alternatives: list[str] = Field(description="Other symptoms that ambiguous words may mean.")


class FactorOut(Response):
    """A setting that makes causes likelier."""

    factor: str
    label: str
    source: Source
    evidence: SpanOut | None


class TriedOut(Response):
    """A remedy that somebody has tried."""

    remedy: str
    label: str
    helped: bool
    evidence: SpanOut | None


class ContrastOut(Response):
    """Something that works here and fails there."""

    axis: str = Field(
        description="What differs: data, precision, devices, batch_size, … or the thing that was changed."
    )
    good: str = Field(description="The side that works; empty where only a change is told.")
    bad: str
    symptom: str | None = Field(description="What the contrast shows.")
    remedy: str | None = Field(description="The change to the good side, which in effect helped.")
    causes: list[str] = Field(description="Causes that it speaks for.")
    evidence: SpanOut | None


class SuspicionOut(Response):
    """A cause that the asker names."""

    cause: str
    label: str
    excluded: bool
    evidence: SpanOut | None


class HopOut(Response):
    """One cited step from a cause to what it brings about."""

    source: str
    relation: Relation
    target: str
    citations: list[int]


class ContributionOut(Response):
    """What one piece of evidence adds to the log-odds of a cause."""

    observation: str
    log_odds: float = Field(description="Natural logarithm; positive ones speak for the cause.")


class CautionOut(Response):
    """A drawback that a note states."""

    text: str
    citation: int


class RemedyOut(Response):
    """Something to do."""

    remedy: str
    label: str
    citations: list[int]
    cautions: list[CautionOut]


class CheckOut(Response):
    """Something that tells causes apart."""

    check: str
    label: str
    citations: list[int]


class ExplanationOut(Response):
    """One cause with its story."""

    rank: int
    cause: str
    label: str
    level: Level | None
    probability: float
    chain: list[HopOut]
    contributions: list[ContributionOut]
    unconfirmed: list[str]
    remedies: list[RemedyOut]
    checks: list[CheckOut]


class PassageOut(Response):
    """Words of a note that bear on the question."""

    text: str
    citation: int
    score: float


class NumberedCitation(CitationOut):
    """A citation under the number that the answer's marks give."""

    id: int


class NextQuestionOut(Response):
    """What to ask back."""

    symptom: str
    text: str
    options: list[Literal["yes", "no", "unknown"]]
    information_gain: float
    separates: list[str]


class AskResponse(Response):
    """Ranked causes with their chains, remedies, checks and citations, and the same in words."""

    status: Status
    intent: Intent
    lang: Lang
    answer: str = Field(description="Markdown with citation marks [1][2].")
    observations: list[ObservationOut]
    factors: list[FactorOut]
    tried: list[TriedOut]
    contrasts: list[ContrastOut]
    explanations: list[ExplanationOut]
    passages: list[PassageOut]
    citations: list[NumberedCitation]
    next_questions: list[NextQuestionOut]
    should_stop: bool
    unmatched: list[str]
    warnings: list[str]
    kb_version: str


class ParseResponse(Response):
    """What a question says."""

    intent: Intent
    lang: Lang
    in_scope: bool
    observations: list[ObservationOut]
    factors: list[FactorOut]
    tried: list[TriedOut]
    contrasts: list[ContrastOut]
    suspicions: list[SuspicionOut]
    terms: list[str]
    unmatched: list[str]
    warnings: list[str]
    kb_version: str
