"""Mends misspelt words before matching, by optimal string alignment against the vocabulary's own words.

A ratio can't carry polarity ("not converging" and "converging" are alike to it), so nothing is mended by likeness
alone:

- a Latin word only when neither the vocabulary nor everyday language knows it, by one edit (two from eight letters on)
- a Chinese phrase of four characters or more only where something in it was not understood, by one character for
  another, and never when one of the two turns a meaning round (大 for 小, 不 for 又)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import OSA, Hamming

SHORTEST = 5
"""Letters from which a word is mended: below, too many real words lie one edit away (lost/loss, ran/nan)."""
ANY_EDIT_FROM = 7
"""Letters from which any edit counts.

In shorter words only a missing letter counts, or two that changed places (delay, decay).
"""
TWO_EDITS_FROM = 8
"""Letters from which two edits are allowed."""
SHORTEST_PHRASE, LONGEST_PHRASE = 4, 8
"""Characters of a Chinese phrase that is mended: in shorter ones a character is half the meaning."""
MOST_PLACES = 40
"""Strange characters that are looked at in one text, so that a page of another subject costs little."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Mended:
    """Folded text with its misspelt words put right, and for each of its positions the one in the text as it was."""

    text: str
    origin: tuple[int, ...]
    """`origin[i]` is the offset in the unmended text; one entry more than characters, so that ends map too."""


class Speller:
    """Knows the vocabulary's words."""

    def __init__(self, words: Iterable[str], phrases: Iterable[str] = (), polar: Iterable[str] = ()) -> None:
        self._polar = frozenset(char for form in polar for char in form)
        self._phrases: dict[int, list[str]] = {}
        for phrase in sorted(set(phrases)):
            if SHORTEST_PHRASE <= len(phrase) <= LONGEST_PHRASE and _CHINESE.fullmatch(phrase):
                self._phrases.setdefault(len(phrase), []).append(phrase)
        self._known = frozenset(words)
        self._by_initial: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= SHORTEST - 1:
                self._by_initial.setdefault((word[0], len(word)), []).append(word)

    @classmethod
    def of(
        cls, forms: Iterable[str], everyday: Iterable[str], phrases: Iterable[str] = (), polar: Iterable[str] = ()
    ) -> Self:
        """Make a speller of folded forms and of everyday words that must stay as they are.

        `phrases` are the Chinese ones to which others are mended, `polar` the characters that turn a meaning round.
        """
        return cls((word for form in (*forms, *everyday) for word in _WORD.findall(form)), phrases, polar)

    def mend_phrases(self, text: str, strange: Iterable[int]) -> str:
        """Return the text with misspelt Chinese phrases replaced, of the same length.

        `strange` are the offsets of characters that the lexicon could not place; only phrases around them are looked
        at.
        """
        for place in sorted(strange)[:MOST_PLACES]:
            found = self._phrase_at(text, place)
            if found:
                start, phrase = found
                text = text[:start] + phrase + text[start + len(phrase) :]
        return text

    def _phrase_at(self, text: str, place: int) -> tuple[int, str] | None:
        for size in range(LONGEST_PHRASE, SHORTEST_PHRASE - 1, -1):
            for start in range(max(0, place - size + 1), min(place, len(text) - size) + 1):
                window = text[start : start + size]
                if not _CHINESE.fullmatch(window):
                    continue
                found = process.extractOne(window, self._phrases.get(size, ()), scorer=Hamming.distance, score_cutoff=1)
                if found and window[place - start] != found[0][place - start] and not self._turns(window, found[0]):
                    return start, found[0]
        return None

    def _turns(self, window: str, phrase: str) -> bool:
        """Whether the one character that differs carries polarity on either side."""
        return any(a != b and (a in self._polar or b in self._polar) for a, b in zip(window, phrase, strict=True))

    def mend(self, folded: str) -> Mended:
        """Return the text with misspelt words replaced; linear in its length."""
        pieces: list[str] = []
        origin: list[int] = []
        at = 0
        for found in _WORD.finditer(folded):
            right = self._right(found[0])
            if right is None:
                continue
            pieces += [folded[at : found.start()], right]
            origin += [*range(at, found.start()), *_spread(found.start(), found.end(), len(right))]
            at = found.end()
        pieces.append(folded[at:])
        return Mended("".join(pieces), (*origin, *range(at, len(folded) + 1)))

    def _right(self, word: str) -> str | None:
        if len(word) < SHORTEST or word in self._known or (word.endswith("s") and word[:-1] in self._known):
            return None
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        near = [
            other
            for size in range(len(word) - edits, len(word) + edits + 1)
            for other in self._by_initial.get((word[0], size), ())
        ]
        found = [
            hit
            for hit in process.extract(word, near, scorer=OSA.distance, score_cutoff=edits, limit=None)
            if len(word) >= ANY_EDIT_FROM or len(hit[0]) > len(word) or sorted(hit[0]) == sorted(word)
        ]
        return min(found, key=lambda hit: _unlikeliness(word, hit[0], hit[1]))[0] if found else None


def _unlikeliness(word: str, other: str, edits: float) -> tuple[float, bool, int, str]:
    """Fewest edits first; then the same letters (modle, model), then the longer word (risng, rising)."""
    return (edits, sorted(word) != sorted(other), -len(other), other)


def _spread(start: int, end: int, size: int) -> list[int]:
    """Offsets of a replacement's characters within the word that it replaces."""
    return [start + min(index, end - start - 1) for index in range(size)]
