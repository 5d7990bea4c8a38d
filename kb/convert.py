"""One note becomes statements, passages and remarks: parse → cut → roles → extract, with a citation for each.

What comes out depends on the note and the vocabulary alone, so it can be kept by the hash of both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from kb.claims import Kin
from kb.content import read_toml
from kb.extract import Extractor, Read
from kb.findings import Converted, Explained, Found, Remark
from kb.model import Citation, Node
from kb.notes import Note
from kb.parse import parse
from kb.relate import Relator
from kb.roles import assign
from kb.scope import Scoped, residue
from kb.sections import NAME_RESIDUE
from kb.sentences import annotate
from kb.terms import Terms
from kb.text import language, squeeze
from kb.units import Unit
from kb.vocabulary import load_vocabulary

MAX_QUOTE = 600
"""Code points of a quote; the rest of a long line is left out, the lines are cited whole."""
_MARKS = re.compile(r"^(?:[\s>#]|[*+-]\s)*(?:\d{1,3}[.)、）]\s*)?")


class Converter:
    """Notes in, statements out. Immutable once made."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.terms = terms or Terms(load_vocabulary())
        self.kin = Kin(self.terms.vocabulary.nodes)
        relator = Relator(self.kin, read_toml("rules/statements.toml"), cache(self.terms.thing_of))
        self.extractor = Extractor(self.terms, relator, self.kin)
        self.misstatements = [(re.compile(entry["pattern"], re.I), entry) for entry in _misstatements()]

    def convert(self, note: Note) -> Converted:
        """Return what a note says."""
        parsed = parse(note.text, fallback_title=note.path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
        lines = note.lines
        scoped = assign(parsed.units, annotate(parsed.units, self.terms), self.terms.vocabulary, self.kin)
        found: list[Found] = []
        explained: list[Explained] = []
        minted: list[Node] = []
        remarks = self._misstated(note)
        for piece in scoped:
            read = self.extractor.read(piece)
            citation = _cite(note.path, parsed.title, piece, lines)
            if not citation.quote:
                continue
            found += [Found(s.relation, s.source, s.target, s.hedge, s.denied, citation) for s in read.claims]
            minted += read.minted
            nodes = self._explains(piece, read, remarks, note.path)
            if nodes:
                explained.append(Explained(nodes, citation))
            if read.silent:
                remarks.append(Remark("silent", note.path, piece.unit.line_start, citation.quote))
        return Converted(note.path, parsed.title, tuple(found), tuple(explained), tuple(minted), tuple(remarks))

    def _explains(self, piece: Scoped, read: Read, remarks: list[Remark], note: str) -> tuple[str, ...]:
        if "reference" in (piece.role, piece.scope.role):
            return ()
        stray = self._stray(piece)
        if not stray:
            return read.explains
        detail = f"{piece.scope.nearest[0]} → {stray}"
        remarks.append(Remark("misfiled", note, piece.unit.line_start, squeeze(piece.unit.text), detail))
        return (stray,)

    def _stray(self, piece: Scoped) -> str | None:
        """The remedy that a line speaks of when it stands under another, unrelated one."""
        about = [name for name in piece.scope.nearest if self.kin.kind(name) == "remedy"]
        named = [mention.node for mention in piece.words.whole.mentions if not mention.composed]
        if not about or not named or self.kin.kind(named[0]) != "remedy" or not _may_stray(piece):
            return None
        lines = [{node.id for node in self.kin.line(name)} for name in (*about, named[0])]
        return named[0] if len(set().union(*lines)) == sum(map(len, lines)) else None

    def _misstated(self, note: Note) -> list[Remark]:
        """Lines that a known misstatement's pattern fits; the whole text is tried first, as hardly any note has one."""
        return [
            Remark("misstated", note.path, number, squeeze(line), f"{entry['right']} ({entry['source']})")
            for pattern, entry in self.misstatements
            if pattern.search(note.text)
            for number, line in enumerate(note.lines, start=1)
            if pattern.search(line)
        ]


def _may_stray(piece: Scoped) -> bool:
    """Whether a line goes on about what it stands under, rather than naming one more remedy or drawback."""
    is_text = piece.unit.kind in ("item", "prose") and not piece.only_head and not piece.words.lead
    is_sentence = residue(piece.words.whole) > NAME_RESIDUE
    return is_text and is_sentence and piece.scope.role not in ("caution", "benefit")


def _misstatements() -> list[dict[str, Any]]:
    return list(read_toml("rules/misstatements.toml")["misstatement"])


def _cite(note: str, title: str, piece: Scoped, lines: Sequence[str]) -> Citation:
    unit = piece.unit
    quote = quote_of(lines, unit)
    return Citation(note, title, piece.path, unit.line_start, unit.line_end, quote, language(quote))


def quote_of(lines: Sequence[str], unit: Unit) -> str:
    """Return the unit's lines as they stand, without the list or heading mark before them, white space folded."""
    words = squeeze(" ".join(lines[unit.line_start - 1 : unit.line_end]))
    return _MARKS.sub("", words, count=1)[:MAX_QUOTE].strip()
