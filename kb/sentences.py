"""Cuts units into leads and sentences and finds the terms of each.

One pass of folding and matching serves a whole note.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.terms import Mark, Mention, Terms
from kb.text import fold
from kb.units import Unit

SENTENCE_LIMIT = 400
"""Code points of a sentence; the longest in public study notes have about 300, and relating takes the square of it."""
LEAD_LIMIT = 44
"""Code points that a term before a colon may have to count as what the line is about."""
LEAD_START = 4
"""Code points that may stand before a bold lead in the plain text: what is left of its number, a bracket, a sign."""
NEGATION_REACH = 9
"""Code points between a denying word and what it denies: three or four Chinese words; twice as many in Latin script."""
_SENTENCE = re.compile(r"[。！!？?；;]+|(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bcf)(?<!\bFig)\.(?=\s+[^a-z]|$)")
_NUMBER = re.compile(
    r"^(?:step\s*)?[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）.、:：．](?!\d)\s*|^第?[一二三四五六七八九十\d]{1,2}[章节、]\s*",
    re.I,
)
_BOLD_LEAD = re.compile(r"^\s*(?:\d{1,2}[.)、]\s*)?(?:\*\*|__)(.+?)(?:\*\*|__)\s*[:：]?")
_AFTER_LEAD = re.compile(r"[\s:：,，.。\-—–]*")
_LEAD_BREAK = re.compile(
    r"(?<!\d)[:：](?!//)|[:：](?!//|\d)|\s(?:--+|—+|–)\s?|——+|(?<=[\u3400-\u9fff])-\s|\s-\s|(?<=[\u3400-\u9fff])--"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a unit with its marks and the nodes it names; offsets count from the stretch's start."""

    text: str
    folded: str
    marks: tuple[Mark, ...]
    mentions: tuple[Mention, ...]
    spoken: tuple[Mark, ...]
    """Marks that are cues and no part of a mention."""

    def cues(self, *names: str) -> list[Mark]:
        """Return the marks that are one of the named cues, in order."""
        if not self.spoken:
            return []
        return [mark for mark in self.spoken if any(cue in names for cue in mark.form.cues)]

    def denies(self, position: int) -> bool:
        """Whether a denying word stands closely before a position, in its clause."""
        return any(self._reaches(mark, position) for mark in self.cues("negation-before"))

    def _reaches(self, mark: Mark, position: int) -> bool:
        if any(mark.end <= turn.start < position for turn in self.cues("but")):
            return False
        between = self.folded[mark.end : position]
        reach = NEGATION_REACH * 2 if between.isascii() and between else NEGATION_REACH
        return mark.end <= position and len(between) <= reach and not any(char in between for char in ",，;；。:：(（")

    def senses(self, category: str) -> list[str]:
        """Return the ids that its marks have in one category, in order."""
        return [sense.id for mark in self.marks for sense in mark.senses if sense.category == category]


@dataclass(frozen=True, slots=True)
class Words:
    """A unit's words, cut up."""

    whole: Sentence
    lead: Sentence | None
    """What the line is about, where it says so first: a bold lead, or a term before a colon or a dash."""
    rest: tuple[Sentence, ...]
    """The sentences after the lead; all of them where there is none."""


def annotate(units: Sequence[Unit], terms: Terms) -> list[Words]:
    """Return the words of each unit, in the units' order."""
    texts = [_NUMBER.sub("", unit.text, count=1) for unit in units]
    folded = fold("\n".join(texts))
    marks = terms.marks(folded)
    starts = [mark.start for mark in marks]
    out: list[Words] = []
    offset = 0
    for unit, text in zip(units, texts, strict=True):
        end = offset + len(text)
        own = marks[bisect_left(starts, offset) : bisect_left(starts, end)]
        out.append(_Line(text, folded[offset:end], own, terms, offset).words(unit))
        offset = end + 1
    return out


def sentence_of(text: str, terms: Terms) -> Sentence:
    """Return one stretch of text with its terms, for tables' joined cells and the like."""
    folded = fold(text)
    return _Line(text, folded, terms.marks(folded), terms).stretch(0, len(text))


def sentences_of(folded: str, spans: Iterable[tuple[int, int]], marks: Sequence[Mark], terms: Terms) -> list[Sentence]:
    """Return the stretches of folded text with their terms; `marks` are those of the whole, in order."""
    starts = [mark.start for mark in marks]
    out = []
    for start, end in spans:
        own = marks[bisect_left(starts, start) : bisect_left(starts, end)]
        out.append(_Line(folded[start:end], folded[start:end], own, terms, start).stretch(0, end - start))
    return out


class _Line:
    """One line with its marks, while it is cut up."""

    def __init__(self, text: str, folded: str, marks: Sequence[Mark], terms: Terms, offset: int = 0) -> None:
        self.text, self.folded, self.terms = text, folded, terms
        self.marks, self.offset = marks, offset
        """Marks count from the note's start, at which the line begins `offset` code points later."""

    def words(self, unit: Unit) -> Words:
        if unit.kind in ("code", "formula", "row"):
            return Words(Sentence(self.text, self.folded, (), (), ()), None, ())
        span = _lead_span(unit, self.text) if unit.kind != "heading" else None
        lead = self.stretch(0, span[0]) if span else None
        spans = [(a, b) for a, b in sentence_spans(self.text, span[1] if span else 0) if self.text[a:b].strip()]
        rest = tuple(self.stretch(start, end) for start, end in spans)
        if lead is None and len(rest) == 1 and spans[0] == (0, len(self.text)):
            return Words(rest[0], None, rest)
        pieces = [(0, lead)] if lead else []
        pieces += [(start, piece) for (start, _), piece in zip(spans, rest, strict=True)]
        return Words(self._joined(pieces), lead, rest)

    def stretch(self, start: int, end: int) -> Sentence:
        folded = self.folded[start:end]
        by = self.offset + start
        stop = self.offset + end
        own = tuple(
            Mark(mark[0] - by, mark[1] - by, mark[2]) for mark in self.marks if by <= mark[0] and mark[1] <= stop
        )
        mentions = tuple(self.terms.mentions(folded, own)) if own else ()
        return Sentence(self.text[start:end], folded, own, mentions, _spoken(own, mentions))

    def _joined(self, pieces: Sequence[tuple[int, Sentence]]) -> Sentence:
        """The whole line, from its pieces; their clauses are counted on."""
        mentions: list[Mention] = []
        spoken: list[Mark] = []
        clause = 0
        for start, piece in pieces:
            mentions += [
                m._replace(start=m.start + start, end=m.end + start, anchor=m.anchor + start, clause=m.clause + clause)
                for m in piece.mentions
            ]
            spoken += [mark.moved(start) for mark in piece.spoken]
            clause = (mentions[-1].clause if mentions else clause) + 1
        marks = tuple(mark.moved(-self.offset) for mark in self.marks)
        return Sentence(self.text, self.folded, marks, tuple(mentions), tuple(spoken))


def _spoken(marks: Sequence[Mark], mentions: Sequence[Mention]) -> tuple[Mark, ...]:
    """Cues that are no part of a phrase, nor the predicate of a composed node."""
    out = []
    for mark in marks:
        if mark.form.cues:
            hosts = [m for m in mentions if m.start <= mark.start and mark.end <= m.end]
            if not any(not host.composed or host.anchor == mark.start for host in hosts):
                out.append(mark)
    return tuple(out)


def _lead_span(unit: Unit, text: str) -> tuple[int, int] | None:
    """Return (end of the lead, start of the rest)."""
    bold = _BOLD_LEAD.match(unit.raw)
    if bold:
        words = bold[1].strip().rstrip(":：").strip()
        found = text.find(words) if words else -1
        if 0 <= found <= LEAD_START and len(words) <= LEAD_LIMIT:
            end = found + len(words)
            if not text[end:].strip(" :：。.!！"):
                return (end, len(text)) if text.rstrip().endswith((":", "：")) else None
            after = _AFTER_LEAD.match(text, end)
            return (end, after.end() if after else end)
    breaks = _LEAD_BREAK.search(text)
    if breaks and 0 < breaks.start() <= LEAD_LIMIT and not _SENTENCE.search(text, 0, breaks.start()):
        return (breaks.start(), breaks.end())
    return None


def sentence_spans(text: str, at: int = 0) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence from an offset on; an endless one is cut, so that time stays linear."""
    spans: list[tuple[int, int]] = []
    for found in _SENTENCE.finditer(text, at):
        spans += _cut(text, at, found.end())
        at = found.end()
    return [*spans, *_cut(text, at, len(text))]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a stretch into pieces of bearable length, after a comma or a space where there is one."""
    pieces = []
    while end - start > SENTENCE_LIMIT:
        window = text[start : start + SENTENCE_LIMIT]
        stop = max(window.rfind(mark) for mark in ("，", "；", ", ", "; ", " ")) + 1 or SENTENCE_LIMIT
        pieces.append((start, start + stop))
        start += stop
    return [*pieces, (start, end)] if end > start else pieces
