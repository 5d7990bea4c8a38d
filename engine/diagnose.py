"""The engine's spine: a question and its evidence become ranked, cited explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from engine.explain import concerns_causes, explanations, given_causes, is_concrete, next_questions, should_stop, status
from engine.infer import posterior, settle
from engine.model import Diagnosis, Evidence, FactorFound, Understanding
from engine.network import compile_network
from engine.retrieve import passages
from engine.rules import Rules
from kb.content import read_toml
from kb.graph import Graph
from kb.model import Lang


class Understander(Protocol):
    """Words become typed statements."""

    def __call__(self, question: str, *, lang: Lang | None) -> Understanding:
        """Raises nothing for any text; `lang` None means that the text's own language counts."""
        ...

    def settings(self, context: Sequence[tuple[str, str]]) -> tuple[FactorFound, ...]:
        """The factors that settings name, given as (key, value) in words."""
        ...


class Engine:
    """Answers questions from one graph; holds nothing of what it was asked, so it may be shared between threads."""

    def __init__(self, graph: Graph, understand: Understander, *, rules: Rules | None = None) -> None:
        self.graph = graph
        self._understand = understand
        self._rules = rules or Rules.of(read_toml("rules/inference.toml"))
        self._network = compile_network(graph, self._rules)

    def parse(self, question: str, *, lang: Lang | None = None) -> Understanding:
        """What the question says, without inference; `lang` None means that the question's own language counts."""
        return self._understand(question, lang=lang)

    def ask(self, question: str, evidence: Evidence, *, lang: Lang | None = None, top: int = 5) -> Diagnosis:
        """Answer from the question's words and the client's evidence, with at most `top` explanations and passages."""
        said = self.parse(question, lang=lang)
        settings = self._understand.settings([(key, str(value)) for key, value in sorted(evidence.context.items())])
        observations = settle((*said.observations, *evidence.observations))
        known = replace(said, observations=observations, factors=(*said.factors, *settings))
        if not known.in_scope and not evidence.observations:
            return Diagnosis("out_of_scope", known, warnings=known.warnings)
        found = passages(self.graph, known, top, rules=self._rules)
        if not concerns_causes(known):
            return Diagnosis(status(self.graph, known, (), found), known, passages=found, warnings=known.warnings)
        return self._explain(Diagnosis("answered", known, passages=found, warnings=known.warnings), top)

    def _explain(self, begun: Diagnosis, top: int) -> Diagnosis:
        graph, network, known = self.graph, self._network, begun.understanding
        given = given_causes(graph, known)
        belief = posterior(
            network,
            known.observations,
            known.factors,
            known.tried,
            (*known.suspicions, *known.contrasts),
            given=given,
        )
        causes = explanations(graph, network, belief, known, top) if is_concrete(graph, known) else ()
        questions = next_questions(graph, network, belief, known)
        outcome = status(graph, known, causes, begun.passages)
        stop = outcome == "answered" and should_stop(network, belief, questions)
        return replace(begun, status=outcome, explanations=causes, next_questions=questions, should_stop=stop)
