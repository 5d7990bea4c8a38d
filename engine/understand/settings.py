"""Settings of a run: named in words, implied by a value (`bs=2`, Adam with 0.1) or by a habit of code (no `zero_grad`).

`content/rules/settings.toml` says which values and habits imply which factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from engine.model import FactorFound
from engine.understand.cues import Cue, Cues
from engine.understand.numbers import Number
from engine.understand.text import Part, Text
from engine.understand.values import Figure
from kb.compose import Mention
from kb.content import read_toml
from kb.model import Node
from kb.terms import Terms

BESIDE = 2
"""Characters between a setting and the word that says it is missing."""
_NONE = "none"
"""Marks the forms that must not stand beside a habit."""


class Settings:
    """Finds the factors of a question; immutable and safe to share."""

    def __init__(
        self, nodes: Mapping[str, Node], rules: Mapping[str, Any], classes_of: Mapping[str, int], data: Cues
    ) -> None:
        self._nodes, self._classes_of, self._data = nodes, classes_of, data
        self._absence = frozenset(rules["absence"]["states"])
        self._values: Sequence[Mapping[str, Any]] = rules["value"]
        self._habits = [(habit["factor"], len(habit["all"])) for habit in rules["habit"]]
        forms: dict[str, tuple[str, ...]] = {}
        for number, habit in enumerate(rules["habit"]):
            forms |= {f"{number}.{place}": tuple(group) for place, group in enumerate(habit["all"])}
            forms[f"{number}.{_NONE}"] = tuple(habit["none"])
        self._code = Cues(forms)

    @classmethod
    def load(cls, terms: Terms) -> Self:
        """Read `rules/settings.toml`."""
        classes_of = read_toml("rules/figures.toml")["classes_of"]
        data = Cues.of(read_toml("lexicon/data.toml")["classes"])
        return cls(terms.vocabulary.nodes, read_toml("rules/settings.toml"), classes_of, data)

    def __call__(self, text: Text, figures: Sequence[Figure], numbers: Sequence[Number]) -> tuple[FactorFound, ...]:
        """Return the factors in the order of the stages: words, values, habits."""
        found: dict[str, FactorFound] = {}
        for factor, start, end in (*self._named(text), *self._valued(text, figures, numbers), *self._done(text)):
            found.setdefault(factor, FactorFound(factor, "text", text.span(start, end)))
        return tuple(found.values())

    def classes(self, text: Text, factors: Iterable[FactorFound], numbers: Iterable[Number]) -> list[int]:
        """How many classes the question says there are, in as many ways as it says it; a data set's name is one."""
        told = [self._classes_of[found.factor] for found in factors if found.factor in self._classes_of]
        told += [int(group) for cue in self._data.find(text.folded) for group in cue.groups]
        return [*told, *(int(number.value) for number in numbers if number.unit == "classes" and number.value > 1)]

    def _named(self, text: Text) -> Iterator[tuple[str, int, int]]:
        for part in text.parts:
            for mention in part.sentence.mentions:
                if (
                    self._nodes[mention.node].kind == "factor"
                    and not part.denies(mention)
                    and not self._lacks(part, mention)
                ):
                    yield mention.node, part.offset + mention.start, part.offset + mention.end

    def _lacks(self, part: Part, mention: Mention) -> bool:
        """Whether a word right before a setting says that it isn't there ("without AMP", 没有用混合精度)."""
        return any(
            0 <= mention.start - mark.end <= BESIDE and any(sense.id in self._absence for sense in mark.form.predicates)
            for mark in part.sentence.marks
        )

    def _valued(
        self, text: Text, figures: Sequence[Figure], numbers: Sequence[Number]
    ) -> Iterator[tuple[str, int, int]]:
        values = [
            ("key", figure.holder, figure.value, figure.start, figure.end) for figure in figures if not figure.is_metric
        ]
        values += [("count", number.unit, number.value, number.start, number.end) for number in numbers if number.unit]
        if not values:
            return
        named = {mention.node for part in text.parts for mention in part.sentence.mentions}
        for rule in self._values:
            if named.isdisjoint(rule.get("with", named or {""})) and "with" in rule:
                continue
            if not named.isdisjoint(rule.get("without", ())):
                continue
            for kind, name, value, start, end in values:
                if rule.get(kind) == name and rule.get("min", value) <= value <= rule.get("max", value):
                    yield rule["factor"], start, end
                    break

    def _done(self, text: Text) -> Iterator[tuple[str, int, int]]:
        first: dict[str, Cue] = {}
        for cue in self._code.find(text.folded):
            for group in cue.groups:
                first.setdefault(group, cue)
        for number, (factor, groups) in enumerate(self._habits):
            found = [first.get(f"{number}.{place}") for place in range(groups)]
            opening = found[0]
            if opening and all(found) and f"{number}.{_NONE}" not in first:
                yield factor, opening.start, opening.end
