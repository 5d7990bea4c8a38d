"""The values that parsing gives: a note's smallest pieces, each with its lines and its parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UnitKind = Literal["heading", "item", "prose", "row", "code", "formula"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece of a note that can carry a statement."""

    kind: UnitKind
    text: str
    """Words without Markdown marks, white space folded."""
    raw: str
    """The words as they stand, for telling bold leads."""
    line_start: int
    line_end: int
    depth: int
    """Headings: 1 to 6. Items: 1 for a top item. Others: that of their parent."""
    parent: int | None
    """Index of the unit that this one stands under."""
    numbered: bool = False
    quoted: bool = False
    """Inside a block quote: its headings have a stack of their own."""
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    """For table rows: the header's cells."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One note, read."""

    title: str
    units: tuple[Unit, ...]
    meta: tuple[str, ...] = ()
    """Lines of the front matter, as they stand."""
