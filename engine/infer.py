"""How likely each cause is, given what is seen: Bayes' rule over the worlds of the network, summed up for each cause.

Terms
    world       an origin and the causes that are at work because of it; `engine/network.py` lists them all
    at work     a mechanism is at work in many worlds, whatever its root; a root nearly always as their origin
    marginal    P(cause at work | evidence): the weight of all worlds in which it is
    log-odds    log(p / (1 - p)), natural; evidence adds to it

Example: three roots lead to overfitting, and the validation loss rises. Each root may be the origin with a quarter
only, yet overfitting is at work in nearly all of their worlds, so its marginal is close to 1. Marginals of causes that
act together therefore add up to more than 1; the weights of the origins, one of which holds, add up to 1.

Method
    1. Evidence gives each world a likelihood. Symptoms: P or 1 - P, drawn towards a coin's toss by the report's
       confidence (virtual evidence). Tried remedies: the chance that they help, or fail. Factors, causes suspected,
       ruled out or given: an odds ratio on the worlds in which the cause is at work. The unmentioned says nothing.
    2. Bayes: P(world | evidence) is its prior times the product of the likelihoods, normalised.
    3. The marginal of a cause is the sum over the worlds in which it is at work. The sum over the others is taken by
       itself, not as 1 - p, so that the log-odds keep their digits.
    4. A contribution is the log Bayes factor of one piece of evidence for the cause against its absence, taken alone.
       Evidence changes the rivals jointly, so these don't add up to the posterior log-odds: the rest is "alternatives",
       zero for a single piece.

Exact or not
    Given the network, all of this is exact: mechanisms that share a root, symptoms that share a mechanism and ways that
    part and meet again are all told apart by the worlds. What the network leaves out is listed there.

Cost
    A posterior: O(pieces of evidence x worlds x causes); 0.2 ms for 71 causes and 561 worlds.

Limits
    Two independent faults compete instead of adding up; only the leak lets one stand with the other's symptoms.
    Strengths say how firmly notes state a thing, not how often it is so.

Read on
    J. Pearl, Probabilistic Reasoning in Intelligent Systems, 1988: 2.2.2 (virtual evidence).
    I. J. Good, The Weighing of Evidence, 1950 (Bayes factors).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.model import Contrasted, Contribution, FactorFound, Observation, Source, State, Suspicion, Tried
from engine.network import Network
from engine.paths import Floats
from engine.rules import Rules

RANK_DIGITS = 12
"""Numbers are compared after rounding to so many decimals: the last bits of exp and log differ between processors."""

_TRUST: Mapping[Source, int] = {"evidence": 3, "context": 2, "series": 1, "text": 0}
"""Whom to believe when two sources differ on a symptom: an explicit answer, a setting, a measurement, then words."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What the evidence makes of each cause."""

    probability: Mapping[str, float]
    """Marginal of each cause, likeliest first; equal ones by id."""
    unknown: float
    """Chance that the origin is a cause that no note knows."""
    worlds: Floats
    """(W,) P(world | evidence) in the network's order."""
    weights: Floats
    """(C + 1,) P(origin | evidence) in the network's order, the unknown last; they sum to 1."""
    log_odds: Floats
    """(C,) log(p / (1 - p)), without the loss of digits where p is close to 1."""
    names: tuple[str, ...]
    """`prior`, then the evidence in the order of `parts`."""
    parts: Floats
    """(names, C) log-odds."""
    causes: Mapping[str, int]

    def contributions(self, cause: str) -> tuple[Contribution, ...]:
        """What each piece of evidence adds for a cause; with `prior` and `alternatives` they sum to its log-odds."""
        column = self.causes[cause]
        parts = [float(part) for part in self.parts[:, column]]
        rest = math.fsum((float(self.log_odds[column]), *(-part for part in parts)))
        return (*map(Contribution, self.names, parts), Contribution("alternatives", rest))

    def is_favoured(self, cause: str) -> bool:
        """Whether the evidence as a whole has made the cause likelier than it was beforehand."""
        column = self.causes[cause]
        return round(float(self.log_odds[column] - self.parts[0, column]), RANK_DIGITS) > 0.0


def settle(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """One observation a symptom, in order of first mention: known beats unknown, then the better source, the surer."""
    states: tuple[State, ...] = ("present", "absent", "unknown")
    found: dict[str, list[Observation]] = {}
    for seen in observations:
        found.setdefault(seen.symptom, []).append(seen)

    def rank(o: Observation) -> tuple[object, ...]:
        start, onset = o.span.start if o.span else -1, -math.inf if o.onset is None else o.onset
        return o.state == "unknown", -_TRUST[o.source], -o.confidence, states.index(o.state), start, onset

    return tuple(min(rivals, key=rank) for rivals in found.values())


def posterior(
    network: Network,
    observations: Iterable[Observation] = (),
    factors: Iterable[FactorFound] = (),
    tried: Iterable[Tried] = (),
    hints: Iterable[Suspicion | Contrasted] = (),
    *,
    given: Iterable[str] = (),
) -> Posterior:
    """Weigh every world by the evidence, in any order; `given` causes are taken for all but certainly at work.

    Ids that the network doesn't know say nothing. Expects one observation a symptom (`settle`).
    """
    rows: dict[str, Floats] = {}
    for name, row in _likelihoods(network, observations, factors, tried, tuple(hints), given=frozenset(given)):
        rows[name] = rows[name] + row if name in rows else row
    score = network.log_prior.copy()
    for row in rows.values():  # one by one, in canonical order: the same bits whatever the order of the evidence
        score += row
    worlds = np.exp(score - score.max())
    worlds /= worlds.sum()
    chances = network.works @ worlds
    chance = {cause: float(chances[place]) for cause, place in network.causes.items()}
    parts = _log_odds(network, np.exp(network.log_prior + np.vstack([np.zeros(len(score)), *rows.values()])))
    parts[1:] -= parts[0]
    return Posterior(
        probability=dict(sorted(chance.items(), key=lambda item: (-round(item[1], RANK_DIGITS), item[0]))),
        unknown=float(worlds[-1]),
        worlds=worlds,
        weights=network.by_origin(worlds),
        log_odds=_log_odds(network, worlds),
        names=("prior", *rows),
        parts=parts,
        causes=network.causes,
    )


def reported(rules: Rules, chance: Floats, confidence: float) -> Floats:
    """P(somebody reports a thing | each world), from P(it is so | each world)."""
    trust = rules.report_reliability * min(1.0, max(0.0, confidence))
    return trust * chance + (1.0 - trust) / 2.0


def _likelihoods(
    network: Network,
    observations: Iterable[Observation],
    factors: Iterable[FactorFound],
    tried: Iterable[Tried],
    hints: Sequence[Suspicion | Contrasted],
    *,
    given: frozenset[str],
) -> Iterator[tuple[str, Floats]]:
    """(name, log-likelihood of each world), (W,), in an order that depends on the evidence's content alone."""
    rules = network.rules
    seen = {(o.symptom, o.state, o.confidence, o.alternatives) for o in observations if o.state != "unknown"}
    for symptom, state, confidence, others in sorted(s for s in seen if s[0] in network.symptoms):
        chance = _any_of(network, (symptom, *others))
        yield symptom, np.log(reported(rules, chance if state == "present" else 1.0 - chance, confidence))
    for factor in sorted({f.factor for f in factors} & network.lifts.keys()):
        yield factor, network.lifts[factor]
    for remedy, helped in sorted({(t.remedy, t.helped) for t in tried if t.remedy in network.remedies}):
        chance = network.helps[:, network.remedies[remedy]]
        yield remedy, np.log(chance if helped else 1.0 - chance)
    named = {(s.cause, s.excluded) for s in hints if isinstance(s, Suspicion) and s.cause not in given}
    odds = [(cause, 1.0 - rules.exclusion if excluded else rules.suspicion_odds) for cause, excluded in sorted(named)]
    for cause, ratio in (*odds, *((cause, rules.given_odds) for cause in sorted(given))):
        if cause in network.causes:
            yield cause, np.log1p((ratio - 1.0) * network.works[network.causes[cause]])
    yield from _contrasted(network, (hint for hint in hints if isinstance(hint, Contrasted)))


def _any_of(network: Network, symptoms: Sequence[str]) -> Floats:
    """(W,) P(one symptom or more shows | world): what an ambiguous phrase says."""
    columns = [network.symptoms[symptom] for symptom in symptoms if symptom in network.symptoms]
    if len(columns) == 1:
        return network.shows[:, columns[0]]
    found: Floats = 1.0 - np.prod(1.0 - network.shows[:, columns], axis=1)
    return found


def _contrasted(network: Network, contrasts: Iterable[Contrasted]) -> Iterator[tuple[str, Floats]]:
    """An odds ratio on the worlds with any of the causes that a contrast speaks for, shared by these."""
    for axis, causes in sorted({(c.axis, c.causes) for c in contrasts if c.causes}):
        places = [network.causes[cause] for cause in causes if cause in network.causes]
        if places:
            yield axis, np.log1p((network.rules.contrast_odds - 1.0) * network.works[places].max(axis=0))


def _log_odds(network: Network, weights: Floats) -> Floats:
    """(…, C) log-odds of each cause, from (…, W) weights of worlds in any unit."""
    found: Floats = np.log(weights @ network.works.T) - np.log(weights @ (1.0 - network.works.T))
    return found
