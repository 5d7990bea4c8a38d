"""Mends, line by line, what CommonMark gets wrong in notes as people write them.

The parser sees mended lines; every mended line remembers the line of the file that it came from, so that citations name
the file as it stands. Nothing here looks at meaning: only at marks, indents and blank lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPACES = str.maketrans({"\u00a0": " ", "\u3000": " ", "\u2002": " ", "\u2003": " ", "\u200b": None, "\ufeff": None})
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BULLET = re.compile(r"^([ \t]*)(?:[•·●○◦▪‣＊✔✓]|[–—](?=\s))\s*")
_ORDERED_WIDE = re.compile(r"^([ \t]*)(?:(\d{1,2})[、）．]|[（(](\d{1,2})[）)])\s*(?=\S)")
_ORDERED_TIGHT = re.compile(r"^([ \t]*)(\d{1,2}[.)])(?=[^\s\d.)])")
_HEADING_TIGHT = re.compile(r"^([ >]{0,6}#{1,6})(?=[^#\s])")
_HEADING_INDENTED_NUMBER = re.compile(r"^\s*#{1,6}\s")
_ITEM = re.compile(r"^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)")
_ORDERED = re.compile(r"^([ \t]*)\d{1,9}[.)][ \t]+\S")
_BULLETED = re.compile(r"^([ \t]*)[-*+][ \t]+\S")
_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_SETEXT = re.compile(r"^ {0,3}(?:-{3,}|={3,})\s*$")
_STRUCTURE = re.compile(r"^\s*(?:#{1,6}\s|>|\||```|~~~|\$\$|[-*_]{3,}\s*$|[-*+]\s|\d{1,9}[.)]\s|!\[)")
_SENTENCE_END = re.compile(r"[。！？!?.;；:：…]['\"”’)）*_`]*\s*$")
_WRAPPED_MIN = 50
"""Characters from which an unfinished Latin line is taken for hard-wrapped prose (common wrap widths are 72 to 100)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the parser, with the 1-based line of the file that it stands for."""

    text: str
    origin: int


def repair(lines: list[str]) -> list[Line]:
    """Return lines that CommonMark reads as their writer meant them; code and formulas are left alone."""
    marked = _mend_marks(lines)
    return _separate(_nest_bullets(marked))


def continues(line: str, following: str) -> bool:
    """Whether `following` is the rest of a hard-wrapped sentence that `line` begins."""
    rest = following.strip()
    if not rest or _STRUCTURE.match(following) or _SENTENCE_END.search(line):
        return False
    return len(line.strip()) >= _WRAPPED_MIN and rest[0].isascii() and (rest[0].islower() or rest[0] in "(`\"'$")


def _mend_marks(lines: list[str]) -> list[Line]:
    """Give list marks and headings the form that CommonMark asks for."""
    out: list[Line] = []
    fence = ""
    for number, raw in enumerate(lines, start=1):
        text = raw.translate(_SPACES)
        opened = _FENCE.match(text)
        if opened and (not fence or opened[1].startswith(fence)):
            fence = "" if fence else opened[1][:3]
        elif not fence:
            text = _mend_line(text)
        out.append(Line(text, number))
    return out


def _mend_line(text: str) -> str:
    stripped = text.lstrip()
    if not stripped:
        return ""
    if stripped[0] in "•·●○◦▪‣＊✔✓–—":
        text = _BULLET.sub(r"\1- ", text)
    elif stripped[0] in "（(" or stripped[0].isdigit():
        text = _ORDERED_WIDE.sub(lambda found: f"{found[1]}{found[2] or found[3]}. ", text)
        text = _ORDERED_TIGHT.sub(r"\1\2 ", text)
    elif stripped[0] in "#>":
        text = _HEADING_TIGHT.sub(r"\1 ", text)
        if _HEADING_INDENTED_NUMBER.match(text):
            text = text.lstrip()
    return text


def _nest_bullets(lines: list[Line]) -> list[Line]:
    """Indent bullets that follow a numbered item in the same column: they belong to it."""
    out: list[Line] = []
    owner: str | None = None
    for position, line in enumerate(lines):
        ordered = _ORDERED.match(line.text)
        bullet = _BULLETED.match(line.text)
        nested = line
        if ordered:
            owner = ordered[1]
        elif bullet and owner is not None and bullet[1] == owner:
            nested = Line("    " + line.text, line.origin)
        elif (line.text.strip() and owner is not None and len(_indent(line.text)) <= len(owner)) or (
            not line.text.strip() and owner is not None and not _list_goes_on(lines, position)
        ):
            owner = None
        out.append(nested)
    return out


def _list_goes_on(lines: list[Line], position: int) -> bool:
    for line in lines[position : position + 3]:
        if line.text.strip():
            return bool(_ITEM.match(line.text)) or line.text.startswith((" ", "\t"))
    return False


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _separate(lines: list[Line]) -> list[Line]:
    """Put blank lines where a block ends without one: before text that only looks like part of a list item."""
    out: list[Line] = []
    fenced = False
    for position, line in enumerate(lines):
        if _FENCE.match(line.text):
            fenced = not fenced
        if out and not fenced and _breaks_off(out[-1].text, line.text, lines, position):
            out.append(Line("", line.origin))
        out.append(line)
    return out


def _breaks_off(previous: str, current: str, lines: list[Line], position: int) -> bool:
    if not previous.strip() or not current.strip():
        return False
    if _TABLE_ROW.match(current) != _TABLE_ROW.match(previous) and bool(_TABLE_ROW.match(current)) != bool(
        _TABLE_ROW.match(previous)
    ):
        return True
    if _SETEXT.match(current) and not _HEADING_INDENTED_NUMBER.match(previous):
        return True
    if current[0] in " \t>|#" or _ITEM.match(current) or continues(previous, current):
        return False
    return bool(_ITEM.match(previous)) or _inside_item(lines, position)


def _inside_item(lines: list[Line], position: int) -> bool:
    """Whether the lines right above are an item's indented continuation."""
    above = lines[position - 1].text
    return above.startswith((" ", "\t")) and bool(above.strip())
