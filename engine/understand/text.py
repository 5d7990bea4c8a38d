"""A question ready to be read: mended, cut into sentences, its known words marked, every place traceable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from engine.model import Span
from engine.understand.cues import Cue
from engine.understand.typos import Mended
from kb.compose import Mention
from kb.marks import Mark
from kb.sentences import Sentence, sentence_spans
from kb.wording import is_question

COMMAS = ",，;；"
BOTH, PAIR = "both", ("train", "val")
"""The split that stands for two, and the two."""
RIGHT_AFTER = 2
"""Characters between what is named and the word that denies it (NaN 一个都没有)."""
SHORTEST_BOTH = 5
"""Characters from which a form names the two itself ("train and val", 训练和验证) and does not only count them."""
_STOP = re.compile(r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bal)\.(?=\s)|\n")
"""Ends a sentence of folded text too, which has no capitals to tell."""


@dataclass(frozen=True)
class Part:
    """One sentence of the mended question; its marks and cues count from `offset`."""

    offset: int
    sentence: Sentence
    cues: tuple[Cue, ...]

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups of all its cues."""
        return frozenset(group for cue in self.cues for group in cue.groups)

    def has(self, group: str) -> bool:
        """Whether one of its cues belongs to a group."""
        return group in self.groups

    def denies(self, mention: Mention) -> bool:
        """Whether it denies a node: before the thing, between the thing and what is said of it, or right after both."""
        before = self.sentence.denies(mention.start) or self.sentence.denies(mention.anchor)
        return before or any(
            "denied.after" in cue.groups and 0 <= cue.start - mention.end <= RIGHT_AFTER for cue in self.cues
        )

    def doubts(self, mention: Mention) -> bool:
        """Whether the clause of a node only guesses or asks about it: "it can't be overfitting, can it?"."""
        folded = self.sentence.folded
        start = max(folded.rfind(mark, 0, mention.start) for mark in COMMAS) + 1
        end = min((at for at in (folded.find(mark, mention.end) for mark in COMMAS) if at >= 0), default=len(folded))
        return any("doubt" in cue.groups and start <= cue.start < end for cue in self.cues)

    def only_asks(self) -> bool:
        """Whether it is a question that tells of nothing done."""
        return is_question(self.sentence) and not self.has("tried.done")

    @property
    def end(self) -> int:
        """Where it ends in the mended text."""
        return self.offset + len(self.sentence.folded)


class Split(NamedTuple):
    """A place where a split of the data is named."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Text:
    """A mended question in parts; all offsets but those of spans are places of the mended text."""

    question: str
    mended: Mended
    parts: tuple[Part, ...]

    @property
    def folded(self) -> str:
        """The mended text."""
        return self.mended.text

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of all parts, in order."""
        return tuple(mark.moved(part.offset) for part in self.parts for mark in part.sentence.marks)

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Where splits of the data are named; a bare "both" (都) counts only after two of them in its sentence."""
        out: list[Split] = []
        for part in self.parts:
            named: set[str] = set()
            for mark in part.sentence.marks:
                for sense in mark.senses:
                    vague = sense.id == BOTH and mark.end - mark.start < SHORTEST_BOTH
                    if sense.category == "split" and not (vague and len(named) < len(PAIR)):
                        named.add(sense.id)
                        out.append(Split(mark.start + part.offset, mark.end + part.offset, sense.id))
        return tuple(out)

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """The cues of all parts, in order."""
        return tuple(
            Cue(cue.start + part.offset, cue.end + part.offset, cue.groups) for part in self.parts for cue in part.cues
        )

    def span(self, start: int, end: int) -> Span:
        """The asker's own words for a stretch of the mended text."""
        origin = self.mended.origin
        first = origin[start]
        last = max(origin[end], origin[end - 1] + 1) if end else 0
        return Span(self.question[first:last], first, last)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence of folded text."""
    at = 0
    for stop in [*(found.end() for found in _STOP.finditer(text)), len(text)]:
        yield from ((at + start, at + end) for start, end in sentence_spans(text[at:stop]))
        at = stop


def covered(size: int, stretches: Sequence[tuple[int, int]]) -> bytearray:
    """One byte a character: 1 where a stretch covers it."""
    out = bytearray(size)
    for start, end in stretches:
        out[start:end] = b"\1" * (end - start)
    return out
