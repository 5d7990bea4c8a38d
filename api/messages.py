"""The sentences of `content/messages`, one file a language with the same keys, by dotted key: `lead.likely`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from kb.content import read_toml
from kb.model import Lang


@dataclass(frozen=True, slots=True)
class Messages:
    """The sentences of one language."""

    lang: Lang
    sentences: Mapping[str, str]
    """Dotted key to text with {places}."""

    def text(self, key: str, **places: object) -> str:
        """The sentence with its places filled; a missing key or place is our fault and raises KeyError."""
        return self.sentences[key].format_map(places)

    def has(self, key: str) -> bool:
        """Is there a sentence under this key?"""
        return key in self.sentences

    def joined(self, items: list[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        head = self.text("list.separator").join(items[:-1])
        return self.text("list.last").join(filter(None, [head, *items[-1:]]))

    def paragraph(self, sentences: list[str]) -> str:
        """The sentences that aren't empty, one after the other."""
        return self.text("list.sentence_gap").join(filter(None, sentences))

    def percent(self, probability: float) -> str:
        """Whole per cent; never 0 or 100, for nothing is that sure."""
        return self.text("number.percent", value=min(max(round(100 * probability), 1), 99))


@cache
def messages(lang: Lang) -> Messages:
    """The sentences of a language, read once."""
    return Messages(lang, dict(_flat(read_toml(f"messages/{lang}.toml"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
