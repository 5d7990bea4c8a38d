"""Says what a build found, what it did not understand, and what the notes disagree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import Problem
from kb.findings import Converted, Remark
from kb.link import Conflict, Linked
from kb.model import Citation, Edge, Node
from kb.notes import Note

_REMARKS = {
    "silent": "Lines under a symptom, cause or remedy heading that gave nothing",
    "misfiled": "Lines that speak of something else than their heading",
    "misstated": "Lines known to be wrong",
}
"""The title under which each kind of remark is printed, in this order."""


@dataclass(frozen=True, slots=True)
class Report:
    """The facts of one build, ready for printing or for a test."""

    notes: int
    statements: tuple[tuple[str, str, int], ...]
    """(note, relation, count), sorted."""
    minted: tuple[Node, ...]
    remarks: tuple[Remark, ...]
    conflicts: tuple[Conflict, ...]
    retracted: tuple[Edge, ...]
    denied: int
    problems: tuple[Problem, ...]


def summarise(
    notes: Sequence[Note], problems: Sequence[Problem], converted: Sequence[Converted], linked: Linked
) -> Report:
    """Gather the facts of a build."""
    counts = Counter((piece.note, found.relation) for piece in converted for found in piece.found if not found.denied)
    used = {edge.source for edge in linked.edges} | {edge.target for edge in linked.edges}
    return Report(
        notes=len(notes),
        statements=tuple((note, relation, count) for (note, relation), count in sorted(counts.items())),
        minted=tuple(node for node in linked.nodes if not node.reviewed and node.id in used),
        remarks=tuple(
            sorted((r for piece in converted for r in piece.remarks), key=lambda r: (r.kind, r.note, r.line))
        ),
        conflicts=linked.conflicts,
        retracted=tuple(edge for edge in linked.edges if edge.status == "retracted"),
        denied=len(linked.denied),
        problems=tuple(problems),
    )


def render(report: Report) -> str:
    """Return the report as plain text, the most useful part last."""
    minted = [f"{node.id}: {next(iter(node.labels.values()))}" for node in report.minted]
    retracted = [f"{' '.join(edge.key)} ({_place(edge.citations[0])}): {edge.reason}" for edge in report.retracted]
    statements = sum(count for *_, count in report.statements)
    blocks = [
        _statements(report),
        _block("New terms, unreviewed (add them to content/vocabulary or correct the note)", minted),
        *(_block(title, [_remark(r) for r in report.remarks if r.kind == kind]) for kind, title in _REMARKS.items()),
        _block("Conflicts", [_conflict(conflict) for conflict in report.conflicts]),
        _block("Retracted by content/corrections.toml", retracted),
        _block("Files that could not be read", [str(problem) for problem in report.problems]),
        f"{report.notes} notes, {statements} statements, {report.denied} denied ones kept apart",
    ]
    return "\n\n".join(block for block in blocks if block)


def _place(citation: Citation) -> str:
    return f"{citation.note}:{citation.line_start}"


def _remark(remark: Remark) -> str:
    return f"{remark.note}:{remark.line}: {remark.text}" + (f"  [{remark.detail}]" if remark.detail else "")


def _conflict(conflict: Conflict) -> str:
    return f"{conflict.kind}: {conflict.what} ({', '.join(_place(cite) for cite in conflict.citations)})"


def _statements(report: Report) -> str:
    relations = sorted({relation for _, relation, _ in report.statements})
    by_note: dict[str, Counter[str]] = {}
    for note, relation, count in report.statements:
        by_note.setdefault(note, Counter())[relation] = count
    width = max([len(note) for note in by_note] + [4])
    rows = [f"{'note':<{width}}  " + "  ".join(relations)]
    rows += [
        f"{note:<{width}}  " + "  ".join(f"{counts[r]:>{len(r)}}" for r in relations)
        for note, counts in sorted(by_note.items())
    ]
    return "Statements by note and relation\n" + "\n".join(rows)


def _block(title: str, rows: Sequence[str]) -> str:
    return "" if not rows else f"{title} ({len(rows)})\n" + "\n".join(f"  {row}" for row in rows)
