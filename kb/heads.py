"""What makes a line a head: its form, the role that its words set, the number before them."""

from __future__ import annotations

import re
from typing import cast

from kb.scope import Role, residue
from kb.sentences import Sentence, Words
from kb.terms import Mention
from kb.units import Unit

HEAD_LIMIT, _COLON_LIMIT = 46, 80
"""Code points of an unmarked heading, and of a line that ends in a colon; Latin text may have twice as many."""
_SAYING = ("leads", "helps", "arrow", "indicates", "negation-sign", "equals", "because")
"""Cues that make a line a statement and no heading."""
COMMA = re.compile(r"[,，](?![^(（]*[)）])")
_SENTENCE_END = re.compile(r"[。.!！;；]\s*$")
COLON_END = re.compile(r"[:：]\s*$")
_ORDINAL = re.compile(r"^\s*(?:#+\s*)?[(（]?(\d{1,2}|[一二三四五六七八九十]{1,2})[)）.、．:：]")
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
BOLD_LINE = re.compile(r"^\s*(\*\*|__)[^*]+\1\s*[:：]?\s*$")
RESIDUE = 4
"""Words that a line may have besides terms and role words and still be a heading that lost its mark."""


def number_of(unit: Unit) -> int:
    """The number before a heading's words, in figures or Chinese; 0 where there is none."""
    found = _ORDINAL.search(unit.raw)
    if not found:
        return 0
    digits = found[1]
    if digits.isascii():
        return int(digits)
    return 10 * (len(digits) - 1) + _CHINESE[digits[-1]] % (10 if len(digits) > 1 else 11)


def is_denied(head: Sentence, mention: Mention) -> bool:
    """Whether a head denies a term, or the term of which this one is the translation in brackets."""
    before = [other for other in head.mentions if other.end <= mention.start]
    bracketed = head.folded[max(0, mention.start - 1) : mention.start] in ("(", "（")
    return head.denies(mention.start) or (bracketed and bool(before) and head.denies(before[-1].start))


def role_of(head: Sentence) -> Role | None:
    """The role that a head's words set: that of its longest role word, the last one where they tie."""
    best: tuple[int, int] | None = None
    chosen: Role | None = None
    for position, mark in enumerate(head.marks):
        for sense in mark.senses:
            if sense.category == "role" and (best is None or (mark.end - mark.start, position) >= best):
                best, chosen = (mark.end - mark.start, position), cast("Role", sense.id)
    return chosen


def is_head(unit: Unit, words: Words) -> bool:
    """Whether a line is a heading without a mark: ending in a colon, bold, or made of terms and role words alone."""
    text = unit.text
    wide = 2 if text.isascii() else 1
    if COLON_END.search(text) and len(text) <= _COLON_LIMIT * wide:
        return True
    if len(text) > HEAD_LIMIT * wide or _SENTENCE_END.search(text) or COMMA.search(text) or words.whole.cues(*_SAYING):
        return False
    if BOLD_LINE.match(unit.raw):
        return True
    return unit.kind == "prose" and bool(words.whole.marks) and residue(words.whole) <= RESIDUE
