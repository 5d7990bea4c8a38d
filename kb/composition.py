"""Which node a thing and what is said of it make: `loss` + `oscillating` + `train` is the symptom loss-oscillating."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.errors import Problem

Category = Literal["node", "thing", "state", "action", "split", "phase", "cue", "hedge", "role", "stop"]

ANYTHING = "*"
"""In a composition: no thing is named at all."""
AS_CAUSE, AS_REMEDY = "as-cause", "as-remedy"
"""Stand for a predicate where a bare quantity is listed among causes or remedies."""
NOTHING = "nothing"
"""In `asked.toml`: what means a node in a note and none in a question."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a form of words can mean."""

    category: Category
    id: str


@dataclass(frozen=True, slots=True)
class Composition:
    """A node put together from a thing, a predicate and qualifiers."""

    node: str
    needed: frozenset[str]
    """Qualifiers (splits, phases) that must be there."""
    barred: frozenset[str]
    """Qualifiers that must not be there."""


Compositions = dict[tuple[str, str], tuple[Composition, ...]]
"""(thing, predicate) → compositions, the most specific first."""


def compositions_of(
    file: str,
    tables: Mapping[str, Sequence[str]],
    nodes: Container[str],
    facets: Mapping[str, Category],
    problems: list[Problem],
) -> Compositions:
    """Return the compositions of one file, "thing predicate qualifiers" by node; faults are added to `problems`."""
    out: dict[tuple[str, str], list[Composition]] = {}
    for node, patterns in tables.items():
        if node not in nodes and node != NOTHING:
            problems.append(
                Problem(file, None, f"`{node}` is no node of the vocabulary", "Define it or correct the id")
            )
        for pattern in patterns:
            parts = _parts(pattern.split(), facets)
            if isinstance(parts, str):
                problems.append(Problem(file, None, f"`{node}`: {pattern!r} {parts}", "Correct the composition"))
                continue
            thing, predicate, rest = parts
            found = out.setdefault((thing, predicate), [])
            if node != NOTHING:
                found.append(
                    Composition(
                        node,
                        frozenset(word for word in rest if not word.startswith("-")),
                        frozenset(word[1:] for word in rest if word.startswith("-")),
                    )
                )
    return {key: tuple(sorted(found, key=_specific)) for key, found in out.items()}


def _parts(words: list[str], facets: Mapping[str, Category]) -> tuple[str, str, list[str]] | str:
    """The thing, the predicate and the qualifiers of a pattern, or what is wrong with it."""
    unknown = [word for word in words if word.lstrip("-") not in facets and word not in (AS_CAUSE, AS_REMEDY, ANYTHING)]
    if unknown:
        return f"uses parts that no lexicon defines: {', '.join(unknown)}"
    kinds = {word: facets.get(word.lstrip("-"), "thing" if word == ANYTHING else "state") for word in words}
    things = [word for word in words if kinds[word] == "thing"]
    predicates = [word for word in words if kinds[word] in ("state", "action")]
    if len(things) != 1 or len(predicates) != 1:
        return "needs one thing and one state or action"
    return things[0], predicates[0], [word for word in words if word not in (things[0], predicates[0])]


def _specific(composition: Composition) -> tuple[int, int, str]:
    return (-len(composition.needed), -len(composition.barred), composition.node)
