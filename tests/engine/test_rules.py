"""Every rule of `content/rules` that understanding reads holds in its own examples, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.model import Understanding
from engine.understand import Understander
from kb.content import read_toml
from kb.text import language
from kb.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def understand(vocabulary: Vocabulary) -> Understander:
    return Understander(vocabulary)


def shown(said: Understanding) -> set[str]:
    return {seen.symptom for seen in said.observations if seen.state == "present"}


def denied(said: Understanding) -> set[str]:
    return {seen.symptom for seen in said.observations if seen.state == "absent"}


def proofs() -> Iterator[tuple[str, dict[str, Any], str]]:
    """What is looked for, the rule, and where it is looked for."""
    for rule in read_toml("rules/figures.toml")["proof"]:
        yield rule["symptom"], rule, "symptom"
    for rule in read_toml("rules/collocations.toml")["collocation"]:
        yield rule["symptom"], rule, "symptom"
    for rule in read_toml("rules/sides.toml")["contrast"]:
        if "symptom" in rule:
            yield rule["symptom"], rule, "symptom"
        if "remedy" in rule:
            yield rule["remedy"], rule, "remedy"
    for rule in read_toml("rules/sides.toml")["fine"]:
        for symptom in rule["absent"]:
            yield symptom, rule, "absent"
    for kind in ("value", "habit"):
        for rule in read_toml("rules/settings.toml")[kind]:
            yield rule["factor"], rule, "factor"


def found(said: Understanding, where: str) -> set[str]:
    return {
        "symptom": shown(said),
        "absent": denied(said),
        "remedy": {tried.remedy for tried in said.tried if tried.helped},
        "factor": {factor.factor for factor in said.factors},
    }[where]


CASES = [
    pytest.param(node, question, where, holds, id=f"{where} {node}: {question}")
    for node, rule, where in proofs()
    for holds, questions in ((True, rule["match"]), (False, rule["no_match"]))
    for question in questions
]


@pytest.mark.parametrize(("node", "question", "where", "holds"), CASES)
def test_a_rule_holds_where_it_must_and_nowhere_else(
    node: str, question: str, where: str, holds: bool, understand: Understander
) -> None:
    assert (node in found(understand(question), where)) is holds


@pytest.mark.parametrize("rule", [pytest.param(rule, id=node) for node, rule, _ in proofs()])
def test_a_rule_is_proved_in_both_languages(rule: dict[str, Any]) -> None:
    for examples in (rule["match"], rule["no_match"]):
        assert {language(text) for text in examples} == {"en", "zh"}


def test_rules_name_nodes_that_exist(vocabulary: Vocabulary) -> None:
    figures, sides = read_toml("rules/figures.toml"), read_toml("rules/sides.toml")
    named = {node for node, _, _ in proofs()}
    named |= set(figures["compared"].values()) | set(figures["onset"]) | set(figures["onset"].values())
    named |= {node for rule in figures["refine"] for node in (rule["found"], rule["over"], rule["becomes"]) if node}
    named |= {node for rule in figures["given"] for node in (rule["factor"], *rule["over"], rule["becomes"])}
    named |= {node for rule in figures["implied"] for node in (rule["found"], rule["also"])}
    named |= {cause for causes in sides["blames"].values() for cause in causes}
    stands = read_toml("rules/attitudes.toml")["tried_as"]
    assert named | set(stands) | set(stands.values()) <= vocabulary.nodes.keys()


def test_every_group_of_words_is_used() -> None:
    used = {group for rule in read_toml("rules/collocations.toml")["collocation"] for group in rule["all"]}
    used |= {group for rule in read_toml("rules/collocations.toml")["collocation"] for group in rule.get("none", ())}
    assert used == read_toml("lexicon/collocations.toml").keys()
    sides = read_toml("lexicon/sides.toml")
    axes = {rule["axis"] for rule in read_toml("rules/sides.toml")["contrast"]}
    assert axes == sides["axis"].keys() | set(sides["numbered"].values())
