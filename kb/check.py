"""Checks what must hold.

Of every build, that each quote stands verbatim in its lines; of the content, all that it promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kb.cases import read_cases
from kb.content import read_toml
from kb.errors import ContentError, Problem
from kb.model import Citation, Edge
from kb.notes import Note
from kb.paths import content_root
from kb.terms import Terms
from kb.text import fold, squeeze
from kb.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from kb.build import Built


def lint(notes: Path | None = None, *, root: Path | None = None) -> tuple[Problem, ...]:
    """Return everything that is wrong with the content: vocabulary, rules, corrections, and the notes' citations.

    `notes` is a folder of notes to check instead of the shipped one.
    """
    try:
        vocabulary = load_vocabulary(root)
    except ContentError as error:
        return error.problems
    terms = Terms(vocabulary)
    problems = [*_check_examples(terms), *_check_misstatements(), *_check_cases(terms, root)]
    if not problems or notes is not None:
        problems += _check_notes(notes or (root or content_root()) / "notes", terms)
    return tuple(problems)


def named(terms: Terms, text: str) -> set[str]:
    """Return the nodes that a sentence names, with every meaning of an ambiguous phrase."""
    folded = fold(text)
    marks = terms.marks(folded)
    found = {mention.node for mention in terms.mentions(folded, marks)}
    return found | {sense.id for mark in marks for sense in mark.senses if sense.category == "node"}


def _check_examples(terms: Terms) -> list[Problem]:
    problems = []
    for id_, examples in terms.vocabulary.examples.items():
        file = terms.vocabulary.files[id_]
        if not examples.match or not examples.no_match:
            problems.append(Problem(file, None, f"`{id_}` lacks an example", "Add match and no_match sentences"))
        problems += [
            Problem(file, None, f"`{id_}` is not found in its example {text!r}", "Add the alias, or mend the example")
            for text in examples.match
            if id_ not in named(terms, text)
        ]
        problems += [
            Problem(file, None, f"`{id_}` is wrongly found in {text!r}", "Narrow its aliases, or mend the example")
            for text in examples.no_match
            if id_ in named(terms, text)
        ]
    return problems


def _check_cases(terms: Terms, root: Path | None) -> Sequence[Problem]:
    try:
        read_cases(root, nodes=terms.vocabulary.nodes)
    except ContentError as error:
        return error.problems
    return ()


def _check_misstatements() -> list[Problem]:
    file = "rules/misstatements.toml"
    problems = []
    for entry in read_toml(file)["misstatement"]:
        pattern = re.compile(entry["pattern"], re.I)
        wrong = [text for text in entry["match"] if not pattern.search(text)]
        wrong += [text for text in entry["no_match"] if pattern.search(text)]
        problems += [
            Problem(file, None, f"`{entry['id']}` fails its example {text!r}", "Mend the pattern") for text in wrong
        ]
    return problems


def _check_notes(folder: Path, terms: Terms) -> list[Problem]:
    from kb.build import build
    from kb.convert import Converter

    try:
        built = build(folder, converter=Converter(terms))
    except ContentError as error:
        return list(error.problems)
    return [*built.report.problems, *_check_corrections(built)]


def _check_corrections(built: Built) -> list[Problem]:
    """A correction must be complete and name nodes that exist.

    One that changes nothing is only worth a problem in the shipped notes.
    """
    file = "corrections.toml"
    known = set(built.graph.nodes)
    problems = []
    for entry in read_toml(file).get("correction", []):
        missing = {"action", "source", "relation", "target", "reason"} - set(entry)
        if missing:
            problems.append(
                Problem(file, None, f"a correction lacks {', '.join(sorted(missing))}", "Add what is missing")
            )
            continue
        strangers = [entry[end] for end in ("source", "target") if entry[end] not in known]
        problems += [Problem(file, None, f"`{id_}` is no node", "Correct the id") for id_ in strangers]
    return problems


def check_citations(notes: Sequence[Note], edges: Iterable[Edge]) -> list[Problem]:
    """Return a problem for each citation whose quote is not in its note at its lines."""
    texts = {note.path: note for note in notes}
    lines: dict[str, list[str]] = {}
    folded: dict[tuple[str, int, int], str] = {}
    problems: list[Problem] = []
    for edge in edges:
        for cite in edge.citations:
            place = (cite.note, cite.line_start, cite.line_end)
            words = folded.get(place)
            if words is None:
                words = folded[place] = _words(cite, texts, lines)
            if cite.quote not in words:
                todo = "Rebuild the graph from the notes as they stand"
                problems.append(
                    Problem(
                        cite.note, cite.line_start, f"the quote of {' '.join(edge.key)} is not in these lines", todo
                    )
                )
    return problems


def _words(cite: Citation, texts: Mapping[str, Note], lines: dict[str, list[str]]) -> str:
    """The cited lines, white space folded; empty where there is no such note."""
    if cite.note not in lines:
        lines[cite.note] = texts[cite.note].lines if cite.note in texts else []
    return squeeze(" ".join(lines[cite.note][cite.line_start - 1 : cite.line_end]))
