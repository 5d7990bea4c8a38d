"""A note's text becomes units: headings, items, lines of prose, table rows, code — each with its lines and its parent.

The only module that knows the Markdown library. Units come in the note's order; a unit's parent is the heading, item or
numbered line under which it stands, so that a subject can be inherited along parents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from kb.repair import Line, continues, repair
from kb.units import Parsed, Unit, UnitKind

MAX_NESTING = 60
"""Lists and quotes nested deeper than this are read as flat; nobody writes so on purpose."""

_IMAGE = re.compile(r"!\[\[[^\]]*\]\](?!\()|!\[[^\]]*\](?:\]\]?)?\([^)]*\)|!\[\[[^\]]*\]\]\([^)]*\)|<img\b[^>]*>")
_LINK = re.compile(
    r"\[([^\]\[]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)|\[\[([^\]|]*\|)?([^\]]*)\]\]|<https?://[^>]*>|https?://\S+"
)
_MARKS = re.compile(r"\*{1,3}|__|~~|==|`|<[/a-zA-Z][^<>]{0,80}>")
_TASK = re.compile(r"^\[[ xX]\]\s+")
_SPACE = re.compile(r"[ \t]+")


def plain(text: str) -> str:
    """Return the words of a line: no images, links, emphasis, code marks or HTML tags."""
    if "[" in text or "<" in text or "http" in text:
        text = _IMAGE.sub(" ", text)
        text = _LINK.sub(lambda found: found[1] or found[3] or " ", text)
    return _SPACE.sub(" ", _MARKS.sub("", text)).strip()


def parse(source: str, *, fallback_title: str) -> Parsed:
    """Parse one note; `source` has line feeds only. Never raises on any text."""
    lines = repair(source.split("\n"))
    tokens = _parser().parse("\n".join(line.text for line in lines))
    reader = _Reader(lines)
    reader.read(tokens)
    heading = next((unit.text for unit in reader.units if unit.kind == "heading" and unit.text), None)
    return Parsed(title=heading or fallback_title, units=tuple(reader.units), meta=tuple(reader.meta))


@cache
def _parser() -> MarkdownIt:
    """A parser of blocks alone: our notes' emphasis is not CommonMark's, so inline parsing is left out."""
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    parser.use(front_matter_plugin).use(dollarmath_plugin)
    parser.core.ruler.disable(["inline", "text_join"])
    parser.disable(["lheading", "html_block", "reference", "code"])
    return parser


@dataclass(slots=True)
class _Reader:
    """Walks the token stream once and keeps the stacks of open headings, items and quotes."""

    lines: list[Line]
    units: list[Unit] = field(default_factory=list)
    meta: list[str] = field(default_factory=list)
    headings: list[list[int]] = field(default_factory=lambda: [[]])
    """One stack of heading units for each open block quote, the note's own first."""
    items: list[int | None] = field(default_factory=list)
    """Open list items, by unit index; None until the item's first words are read."""
    ordered: list[bool] = field(default_factory=list)
    header: tuple[str, ...] = ()
    cells: list[str] = field(default_factory=list)

    def read(self, tokens: list[Token]) -> None:
        position = 0
        while position < len(tokens):
            position = self._take(tokens, position)

    def _take(self, tokens: list[Token], position: int) -> int:
        token = tokens[position]
        match token.type:
            case "heading_open":
                self._heading(token, tokens[position + 1])
                return position + 3
            case "paragraph_open":
                self._paragraph(tokens[position + 1])
                return position + 3
            case "fence" | "code_block" | "math_block" | "math_block_label":
                self._verbatim(token)
            case "front_matter":
                self.meta.extend(token.content.split("\n"))
            case "table_open" | "tr_open":
                self.cells = []
                if token.type == "table_open":
                    self.header = ()
            case "th_open" | "td_open":
                self.cells.append(plain(tokens[position + 1].content))
            case "tr_close":
                self._row_close(tokens, position)
            case _:
                self._nesting(token)
        return position + 1

    def _nesting(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.ordered.append(token.type == "ordered_list_open")
            case "bullet_list_close" | "ordered_list_close":
                self.ordered.pop()
            case "list_item_open":
                self.items.append(None)
            case "list_item_close":
                self.items.pop()
            case "blockquote_open":
                self.headings.append([])
            case "blockquote_close":
                self.headings.pop()

    def _origin(self, mended: int) -> int:
        """1-based line of the file for a 0-based mended line."""
        return self.lines[min(mended, len(self.lines) - 1)].origin

    def _parent(self) -> int | None:
        for item in reversed(self.items):
            if item is not None:
                return item
        for stack in reversed(self.headings):
            if stack:
                return stack[-1]
        return None

    def _heading(self, token: Token, inline: Token) -> None:
        level = int(token.tag[1])
        stack = self.headings[-1]
        while stack and self.units[stack[-1]].depth >= level:
            stack.pop()
        self._append("heading", inline.content, token.map or [0, 1], depth=level)
        stack.append(len(self.units) - 1)

    def _append(self, kind: UnitKind, raw: str, span: list[int], *, depth: int, numbered: bool = False) -> None:
        words = plain(raw)
        self.units.append(
            Unit(
                kind=kind, text=words, raw=raw.strip(), line_start=self._origin(span[0]),
                line_end=self._origin(span[1] - 1), depth=depth, parent=self._parent(), numbered=numbered,
                quoted=len(self.headings) > 1,
            )
        )  # fmt: skip

    def _paragraph(self, inline: Token) -> None:
        """One unit a line, unless a sentence is wrapped over lines."""
        start = (inline.map or [0, 1])[0]
        rows = inline.content.split("\n")
        first = 0
        while first < len(rows):
            last = first
            while last + 1 < len(rows) and continues(rows[last], rows[last + 1]):
                last += 1
            self._line(" ".join(row.strip() for row in rows[first : last + 1]), start + first, start + last + 1)
            first = last + 1

    def _line(self, raw: str, start: int, end: int) -> None:
        opens_item = bool(self.items) and self.items[-1] is None
        if opens_item:
            raw = _TASK.sub("", raw)
        if not plain(raw):
            if opens_item:
                return
            return
        if opens_item:
            self._append(
                "item", raw, [start, end], depth=len(self.items), numbered=bool(self.ordered) and self.ordered[-1]
            )
            self.items[-1] = len(self.units) - 1
            return
        self._append("prose", raw, [start, end], depth=len(self.items))

    def _verbatim(self, token: Token) -> None:
        kind: UnitKind = "formula" if token.type.startswith("math") else "code"
        span = token.map or [0, 1]
        words = " ".join(token.content.split())
        if words:
            self.units.append(
                Unit(
                    kind=kind, text=words, raw=token.content, line_start=self._origin(span[0]),
                    line_end=self._origin(span[1] - 1), depth=len(self.items), parent=self._parent(),
                    quoted=len(self.headings) > 1,
                )
            )  # fmt: skip

    def _row_close(self, tokens: list[Token], position: int) -> None:
        opened = next(t for t in reversed(tokens[:position]) if t.type == "tr_open")
        if not self.header:
            self.header = tuple(self.cells) or ("",)
            return
        span = opened.map or [0, 1]
        self.units.append(
            Unit(
                kind="row", text=" | ".join(self.cells), raw="", line_start=self._origin(span[0]),
                line_end=self._origin(span[1] - 1), depth=len(self.items), parent=self._parent(),
                cells=tuple(self.cells), header=self.header,
            )
        )  # fmt: skip
