"""Questions that people asked, retold, with the cause that was confirmed: what whyloss is measured on.

`content/cases/*.jsonl` holds one case a line, in the form that `whyloss eval` reads (section 6 of the contract).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ContentError, Problem
from kb.model import LANGS, Lang
from kb.paths import content_root
from kb.terms import Terms
from kb.text import fold

VERDICTS = ("out-of-scope", "needs-more", "healthy")
"""What a case can be besides a cause: none of ours, too vague, nothing wrong."""
_FIELDS = {"id", "lang", "question", "primary", "acceptable", "symptoms", "absent_symptoms"}
_OPTIONAL = {"context", "tried", "confirmed", "source", "doubtful_symptoms"}


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is known of it."""

    id: str
    lang: Lang
    question: str
    primary: str
    """The confirmed cause, or one of `VERDICTS`."""
    acceptable: tuple[str, ...]
    """Causes that are as good a first answer to the question's words."""
    symptoms: tuple[str, ...]
    absent_symptoms: tuple[str, ...]
    doubtful_symptoms: tuple[str, ...]
    """What one reader hears in the question and another doesn't: neither right nor wrong to find."""
    source: str
    """Address of the thread; empty where the question is made up."""


def read_cases(root: Path | None = None, *, nodes: Iterable[str] = ()) -> list[Case]:
    """Return the cases of a content folder in the order of its files.

    Raises ContentError with every line that is no case, repeats an id, a question or a thread, or (where `nodes` are
    given) names a node that isn't among them.
    """
    base = (root or content_root()) / "cases"
    known = {*nodes, *VERDICTS}
    cases: list[Case] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for path in sorted(base.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            found = _read(line)
            if isinstance(found, str):
                problems.append(Problem(f"cases/{path.name}", number, found, "Mend the line or remove it"))
                continue
            symptoms = (*found.symptoms, *found.absent_symptoms, *found.doubtful_symptoms)
            strangers = {found.primary, *found.acceptable, *symptoms} - known
            wrong = [f"`{name}` is no node" for name in sorted(strangers) if len(known) > len(VERDICTS)]
            for key in (f"id {found.id}", f"question {found.question}", f"thread {found.source}"):
                if not key.endswith(" ") and taken.setdefault(key, found.id) != found.id:
                    wrong.append(f"{key.split(' ', 1)[0]} is that of {taken[key]} already")
            problems += [Problem(f"cases/{path.name}", number, what, "Correct the case") for what in wrong]
            cases.append(found)
    if problems:
        raise ContentError(problems)
    return cases


def _read(line: str) -> Case | str:
    """The case of a line, or what is wrong with it."""
    try:
        row: Mapping[str, Any] = json.loads(line)
    except json.JSONDecodeError as error:
        return f"no JSON ({error.msg})"
    if not isinstance(row, dict) or not _FIELDS <= row.keys() <= _FIELDS | _OPTIONAL:
        return f"needs the fields {', '.join(sorted(_FIELDS))}, and no others than {', '.join(sorted(_OPTIONAL))}"
    if row["lang"] not in LANGS or not str(row["question"]).strip():
        return "needs a question in one of the languages"
    return Case(
        id=row["id"], lang=row["lang"], question=row["question"], primary=row["primary"],
        acceptable=tuple(row["acceptable"]), symptoms=tuple(row["symptoms"]),
        absent_symptoms=tuple(row["absent_symptoms"]),
        doubtful_symptoms=tuple(row.get("doubtful_symptoms", ())), source=row.get("source", ""),
    )  # fmt: skip


def unused(terms: Terms, cases: Iterable[Case]) -> list[str]:
    """Return the nodes of the vocabulary that no case's words ever name, sorted."""
    named: set[str] = set()
    for case in cases:
        folded = fold(case.question)
        marks = terms.marks(folded)
        named |= {mention.node for mention in terms.mentions(folded, marks)}
        named |= {sense.id for mark in marks for sense in mark.senses if sense.category == "node"}
    return sorted(terms.vocabulary.nodes.keys() - named)
