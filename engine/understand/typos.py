"""Mends misspelt words before matching, against the vocabulary's own words.

A ratio can't carry polarity ("not converging" and "converging" are alike to it), so nothing is mended by likeness
alone:

- a Latin word only when neither the vocabulary nor everyday language knows it, by one edit (two from eight letters on);
  a short one only into one of a few listed words
- a drawn-out Latin word into the one that is meant (slooow)
- a Chinese phrase only where something in it was not understood, and only into one that sounds the same (学习绿 for
  学习率, 振当 for 震荡): people type by sound

Both look candidates up in an index, so that a larger vocabulary costs no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Self

from rapidfuzz.distance import OSA

SHORTEST = 5
"""Letters from which a word is mended: below, too many real words lie one edit away (lost/loss, ran/nan)."""
LONGEST = 24
"""Letters up to which a word is mended: what is longer is no word."""
ANY_EDIT_FROM = 7
"""Letters from which any edit counts.

In shorter words only a missing letter counts, or two that changed places (delay, decay).
"""
TWO_EDITS_FROM = 8
"""Letters from which two edits are allowed."""
INFLECTIONS = ("ed", "er", "es", "ly", "ng", "st")
"""Endings that make another word of the same stem, not a misspelt one ("scanned", "scanner")."""
SHORTEST_PHRASE, LONGEST_PHRASE = 2, 8
"""Characters of a Chinese phrase that is mended."""
SURE_PHRASE = 3
"""Characters from which a phrase may hold some that were understood by themselves (学习 in 学习绿)."""
BESIDE = 4
"""Characters between a word that was understood and a mended phrase of two characters."""
MOST_PLACES = 40
"""Strange characters that are looked at in one text, so that a page of another subject costs little."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+")
_DRAWN = re.compile(r"([a-z])\1{2,}")
"""A letter that is drawn out (soooo, slooow)."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Folded text with its misspelt words put right, and for each of its positions the one in the text as it was."""

    text: str
    origin: tuple[int, ...]
    """`origin[i]` is the offset in the unmended text; one entry more than characters, so that ends map too."""


class Speller:
    """Knows the vocabulary's words."""

    def __init__(
        self,
        words: Iterable[str],
        phrases: Iterable[str] = (),
        *,
        kept: Iterable[str] = (),
        states: Iterable[str] = (),
        polar: Iterable[str] = (),
        short: Iterable[str] = (),
        never: Iterable[str] = (),
    ) -> None:
        wanted = frozenset(words)
        self._known = wanted | frozenset(kept)
        self._near: dict[str, list[str]] = {}
        for word in sorted(wanted):
            if len(word) >= SHORTEST - 1:
                for key in _stumps(word):
                    self._near.setdefault(key, []).append(word)
        self._short = {stump: word for word in sorted(short) for stump in _slips(word)}
        self._never = frozenset(never)
        self._polar = frozenset(char for form in polar for char in form)
        told = frozenset(states)
        self._phrases = sorted(
            {phrase for phrase in phrases if _is_phrase(phrase) and (len(phrase) >= SURE_PHRASE or phrase in told)}
        )
        self._by_sound: Mapping[tuple[str, ...], list[str]] | None = None
        self._pairs: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(
        cls,
        forms: Iterable[str],
        everyday: Iterable[str],
        *,
        states: Iterable[str] = (),
        polar: Iterable[str] = (),
        short: Iterable[str] = (),
        never: Iterable[str] = (),
    ) -> Self:
        """Make a speller of folded forms and of everyday words that must stay as they are.

        `states` are the forms that say how a thing is: of two characters, only these are mended to, and beside a word
        that was understood. `polar` are the characters that turn a meaning round, `short` the words under five letters
        to which slips of the keyboard are mended, `never` slips that are words of their own.
        """
        forms = tuple(forms)
        words = (word for form in forms for word in _WORD.findall(form))
        kept = (word for form in everyday for word in _WORD.findall(form))
        return cls(words, forms, kept=kept, states=states, polar=polar, short=short, never=never)

    # ---- Chinese, by sound

    def mend_phrases(self, text: str, strange: Iterable[int]) -> str:
        """Return the text with misspelt Chinese phrases replaced, of the same length.

        `strange` are the offsets of characters that the lexicon could not place; only phrases around them are looked
        at.
        """
        places = frozenset(strange)
        known = self._sounding() if places else {}
        for place in sorted(places)[:MOST_PLACES]:
            if not self._is_hopeful(text, place):
                continue
            found = self._phrase_at(text, place, places, known)
            if found:
                start, phrase = found
                text = text[:start] + phrase + text[start + len(phrase) :]
        return text

    def _is_hopeful(self, text: str, place: int) -> bool:
        """Whether a character and its neighbour sound like a pair of some phrase: most don't, and cost no more."""
        around = [_reading(char) if _CHINESE.match(char) else "" for char in text[max(0, place - 1) : place + 2]]
        return any(pair in self._pairs for pair in pairwise(around))

    def _phrase_at(
        self, text: str, place: int, strange: frozenset[int], known: Mapping[tuple[str, ...], list[str]]
    ) -> tuple[int, str] | None:
        for size in range(LONGEST_PHRASE, SHORTEST_PHRASE - 1, -1):
            for start in range(max(0, place - size + 1), min(place, len(text) - size) + 1):
                window = text[start : start + size]
                if not _CHINESE.fullmatch(window) or (
                    size < SURE_PHRASE and not _is_beside(text, start, size, strange)
                ):
                    continue
                alike = [
                    phrase
                    for phrase in known.get(_sound(window), ())
                    if phrase[place - start] != window[place - start] and not self._turns(window, phrase)
                ]
                if alike:
                    return start, alike[0]
        return None

    def _sounding(self) -> Mapping[tuple[str, ...], list[str]]:
        """Phrases by their sound; made when the first Chinese question needs it, for loading sounds takes time."""
        if self._by_sound is None:
            found: dict[tuple[str, ...], list[str]] = {}
            for phrase in self._phrases:
                found.setdefault(_sound(phrase), []).append(phrase)
            self._by_sound = found
            self._pairs = frozenset(pair for sound in found for pair in pairwise(sound))
        return self._by_sound

    def _turns(self, window: str, phrase: str) -> bool:
        """Whether a character that carries polarity would give way to another that does."""
        return any(a != b and a in self._polar and b in self._polar for a, b in zip(window, phrase, strict=True))

    # ---- Latin, by edits

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
        if word in self._never:
            return None
        if word in self._short:
            return self._short[word]
        drawn = _DRAWN.sub(r"\1", word)
        if drawn != word and word not in self._known:
            return next((short for short in (drawn, _DRAWN.sub(r"\1\1", word)) if short in self._known), None)
        if (
            not SHORTEST <= len(word) <= LONGEST
            or word in self._known
            or (word.endswith("s") and word[:-1] in self._known)
            or word + "s" in self._known
        ):
            return None
        edits = 2 if len(word) >= TWO_EDITS_FROM else 1
        near = {other for key in _stumps(word) for other in self._near.get(key, ()) if other[0] == word[0]}
        scored = ((other, OSA.distance(word, other, score_cutoff=edits)) for other in sorted(near))
        found = [
            (other, distance)
            for other, distance in scored
            if distance <= edits
            and (len(word) >= ANY_EDIT_FROM or len(other) > len(word) or sorted(other) == sorted(word))
            and not (word[:-2] == other[:-2] and word.endswith(INFLECTIONS))
        ]
        return min(found, key=lambda hit: _unlikeliness(word, *hit))[0] if found else None


def _is_beside(text: str, start: int, size: int, strange: frozenset[int]) -> bool:
    """Whether a stretch that nothing explains stands closely behind a word that was understood."""
    before = range(max(0, start - BESIDE), start)
    return strange.issuperset(range(start, start + size)) and any(
        place not in strange and not text[place].isspace() for place in before
    )


def _is_phrase(form: str) -> bool:
    return SHORTEST_PHRASE <= len(form) <= LONGEST_PHRASE and bool(_CHINESE.fullmatch(form))


@cache
def _reading(char: str) -> str:
    """The commonest reading of a character, without its tone."""
    from pypinyin import lazy_pinyin  # loads its tables for a tenth of a second

    return str(lazy_pinyin(char)[0])


def _sound(phrase: str) -> tuple[str, ...]:
    return tuple(map(_reading, phrase))


def _stumps(word: str) -> Iterator[str]:
    """A word and what is left of it without one of its letters: two words one edit apart share one of these."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _slips(word: str) -> Iterator[str]:
    """A word with a letter left out or two that changed places."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _unlikeliness(word: str, other: str, edits: float) -> tuple[float, bool, int, str]:
    """Fewest edits first; then the same letters (modle, model), then the longer word (risng, rising)."""
    return (edits, sorted(word) != sorted(other), -len(other), other)


def _spread(start: int, end: int, size: int) -> list[int]:
    """Offsets of a replacement's characters within the word that it replaces."""
    return [start + min(index, end - start - 1) for index in range(size)]
