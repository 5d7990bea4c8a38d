"""Numbers for citations: [1], [2] … in the order in which a reader meets them, the same lines under the same number."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from kb.model import Citation


def note_url(note: str) -> str:
    """Where the service shows a note."""
    return f"/v1/notes/{quote(note)}"


def citation_url(citation: Citation) -> str:
    """Where the service shows the cited lines."""
    return f"{note_url(citation.note)}#L{citation.line_start}-L{citation.line_end}"


class Numbering:
    """Hands out numbers; one object serves one answer."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}

    def numbers(self, citations: Iterable[Citation]) -> list[int]:
        """The citations' numbers in their own order, each once; new citations get the next ones."""
        found = (self._numbers.setdefault(citation, len(self._numbers) + 1) for citation in citations)
        return list(dict.fromkeys(found))

    def numbered(self) -> list[tuple[int, Citation]]:
        """Every citation so far with its number, 1 first."""
        return [(number, citation) for citation, number in self._numbers.items()]
