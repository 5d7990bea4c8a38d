"""The values between a question and its answer.

All are frozen; offsets are code points into the question as it was given; probabilities lie in [0, 1]; log-odds are
natural.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kb.model import Citation, Lang

State = Literal["present", "absent", "unknown"]
Source = Literal["text", "series", "context", "evidence"]
Intent = Literal["diagnose", "remedy", "explain", "compare", "check"]
Status = Literal["answered", "needs_more", "not_covered", "out_of_scope"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the question: `question[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Observation:
    """A symptom that is seen, or seen not to be there."""

    symptom: str
    state: State
    source: Source
    span: Span | None = None
    onset: float | None = None
    """Epoch or step at which it set in, where somebody said so."""
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    """Other symptoms that the words may mean, where they are ambiguous: one of them or `symptom` is there."""


@dataclass(frozen=True, slots=True)
class FactorFound:
    """A setting that makes causes likelier."""

    factor: str
    source: Source
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A remedy that somebody has tried, and whether it helped."""

    remedy: str
    helped: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Contrasted:
    """Something that works here and fails there."""

    axis: str
    """What differs: `data`, `precision`, `batch_size`, a thing of the lexicon that was changed, …"""
    good: str
    """The side that works; empty where only a change is told."""
    bad: str
    symptom: str | None = None
    """What the contrast shows, be it among the observations too."""
    remedy: str | None = None
    """The change to the good side, which in effect helped."""
    causes: tuple[str, ...] = ()
    """Causes that it speaks for."""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A cause that the asker names: weak evidence for it, or its exclusion."""

    cause: str
    excluded: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a question says, typed."""

    lang: Lang
    intent: Intent
    in_scope: bool
    """False when nothing in it concerns training neural networks."""
    observations: tuple[Observation, ...] = ()
    factors: tuple[FactorFound, ...] = ()
    tried: tuple[Tried, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    contrasts: tuple[Contrasted, ...] = ()
    terms: tuple[str, ...] = ()
    """Every node that the question names, in order of first mention (what an explanation is wanted of)."""
    unmatched: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One cited step of a causal chain."""

    source: str
    relation: str
    target: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a piece of evidence adds to an explanation, in log-odds; `prior` and `alternatives` are among the names."""

    observation: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Advice:
    """A remedy or check with the lines that recommend it and the drawbacks that notes state."""

    node: str
    citations: tuple[Citation, ...]
    cautions: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One ranked cause with its story."""

    cause: str
    probability: float
    """Marginal: the chance that the cause is at work, be it as the origin or as a consequence of another cause."""
    chain: tuple[Hop, ...]
    """From the likeliest root behind a mechanism to it, from the cause to what is seen, from factors to the cause."""
    contributions: tuple[Contribution, ...]
    unconfirmed: tuple[str, ...]
    """Symptoms that the cause would show and nobody has mentioned."""
    remedies: tuple[Advice, ...]
    checks: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """A symptom worth asking about."""

    symptom: str
    information_gain: float
    """Expected drop of the posterior's entropy, in bits."""
    separates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a note that bears on the question."""

    text: str
    citation: Citation
    score: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything the engine has to say; the faces put it into words."""

    status: Status
    understanding: Understanding
    explanations: tuple[Explanation, ...] = ()
    passages: tuple[Passage, ...] = ()
    next_questions: tuple[NextQuestion, ...] = ()
    should_stop: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a client says besides the question's words."""

    context: Mapping[str, str | float | int | bool] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
