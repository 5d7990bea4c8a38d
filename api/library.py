"""The one door to building: folders of notes become graphs, reports and exports.

What only a build needs is imported when one is made, so that a question to the shipped graph doesn't wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ContentError, Problem
from kb.export import export
from kb.graph import Graph
from kb.notes import read_notes
from kb.paths import content_root
from kb.store import load, save


@dataclass(frozen=True, slots=True)
class Library:
    """A graph and the notes that it cites."""

    graph: Graph
    notes: Mapping[str, str]
    """Path relative to the notes' folder, with forward slashes, to text with line feeds only; sorted by path."""


def open_library(notes: Path | None) -> Library:
    """The graph of a folder of notes, built; for the notes that come with whyloss the graph that comes with them."""
    if notes is None and shipped_graph().is_file():
        read, _ = read_notes(_folder(notes))
        return Library(load(shipped_graph()), {note.path: note.text for note in read})
    from kb.build import build
    from kb.cache import default_path

    built = build(_folder(notes), cache=default_path(_folder(notes)))
    return Library(built.graph, {note.path: note.text for note in built.notes})


def build_notes(notes: Path | None, output: Path | None) -> str:
    """Build the graph and return the report; write the graph to `output`, that of whyloss's own notes to its own place.

    The own place is left alone where it already holds this graph, so that a build works where nothing may be written.
    """
    from kb.build import build
    from kb.cache import default_path
    from kb.report import render

    built = build(_folder(notes), cache=default_path(_folder(notes)))
    if output is not None:
        save(built.graph, output)
    elif notes is None and not _holds(shipped_graph(), built.graph):
        save(built.graph, shipped_graph())
    return render(built.report)


def export_notes(notes: Path | None, format: str) -> str:
    """The graph as text in one of the export formats."""
    return export(open_library(notes).graph, format)


def lint_notes(notes: Path | None) -> tuple[Problem, ...]:
    """What the notes' author has to mend."""
    from kb.check import lint

    return tuple(lint(_folder(notes)))


def unused_entries() -> tuple[list[str], int, int]:
    """Vocabulary entries that no case's words name, the number of cases, and that of all entries."""
    from kb.cases import read_cases, unused
    from kb.terms import Terms
    from kb.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    cases = read_cases(nodes=vocabulary.nodes)
    return unused(Terms(vocabulary.for_questions()), cases), len(cases), len(vocabulary.nodes)


def shipped_graph() -> Path:
    """Where the graph of whyloss's own notes lies."""
    return content_root() / "graph.jsonl"


def _folder(notes: Path | None) -> Path:
    return content_root() / "notes" if notes is None else notes


def _holds(path: Path, graph: Graph) -> bool:
    try:
        return bool(load(path).graph["version"] == graph.graph["version"])
    except ContentError:
        return False
