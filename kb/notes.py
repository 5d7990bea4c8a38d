"""Reads a folder of notes: what can be read comes back as notes, what cannot as problems; nothing is lost silently."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError, Problem

SUFFIXES = (".md", ".markdown", ".txt")
MAX_BYTES = 4_000_000
"""A note larger than this is no note; the longest book-length Markdown files found in public notes have about 2 MB."""
_CONTROL_SHARE = 0.01
"""Share of control characters from which a file counts as binary."""

_Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Note:
    """One note as it stands, with line feeds only."""

    path: str
    """Relative to the notes' folder, with forward slashes."""
    text: str
    sha: str
    """SHA-256 of path and text, hexadecimal."""

    @property
    def lines(self) -> list[str]:
        """The note's lines; line n of the file is `lines[n - 1]`."""
        return self.text.split("\n")


class Folder:
    """A folder of notes that remembers what it has read: a file that did not change is not read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[str, tuple[_Stamp, Note | Problem]] = {}

    def read(self) -> tuple[list[Note], list[Problem]]:
        """Return the notes, sorted by path, and a problem for each file that could not be read as a note.

        Raises InputError where the folder does not exist or is no folder.
        """
        if not self.path.is_dir():
            raise InputError(f"{self.path} is not a folder of notes; give a folder with .md or .txt files")
        base = self.path.resolve()
        fresh: dict[str, tuple[_Stamp, Note | Problem]] = {}
        for path in _files(self.path):
            relative = path.relative_to(self.path).as_posix()
            stamp = _stamp(path)
            known = self._read.get(relative)
            is_same = known is not None and stamp is not None and known[0] == stamp
            fresh[relative] = known if known and is_same else (stamp, _read(path, relative, base))
        self._read = fresh
        outcomes = [fresh[relative][1] for relative in sorted(fresh)]
        notes = [outcome for outcome in outcomes if isinstance(outcome, Note)]
        return notes, [outcome for outcome in outcomes if isinstance(outcome, Problem)]


def read_notes(folder: Path) -> tuple[list[Note], list[Problem]]:
    """Return the notes below a folder and the problems of those that could not be read; see `Folder.read`."""
    return Folder(folder).read()


def _stamp(path: Path) -> _Stamp:
    """What tells a changed file: time of change, size, inode; None for a file that can't be looked at."""
    try:
        found = path.stat()
    except (OSError, RuntimeError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(root) / name


def _read(path: Path, relative: str, base: Path) -> Note | Problem:
    try:
        if not path.resolve().is_relative_to(base):
            return Problem(relative, None, "the link leaves the notes' folder", "Copy the note into the folder")
        if path.stat().st_size > MAX_BYTES:
            return Problem(relative, None, f"larger than {MAX_BYTES // 1_000_000} MB", "Split it into notes")
        data = path.read_bytes()
    except (OSError, RuntimeError) as error:
        return Problem(
            relative, None, f"can't be read ({error.__class__.__name__})", "Check the file and its permissions"
        )
    return decode(data, relative)


def decode(data: bytes, relative: str) -> Note | Problem:
    """Return the note that some bytes hold, or what keeps them from being one."""
    if b"\0" in data:
        return Problem(relative, None, "a binary file, not text", "Move it out of the notes or export it as text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Problem(relative, data[: error.start].count(b"\n") + 1, "not UTF-8", "Save the note as UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = sum(1 for char in text[:20_000] if char < " " and char not in "\n\t\f")
    if control > _CONTROL_SHARE * min(len(text), 20_000):
        return Problem(relative, None, "full of control characters", "Save the note as plain text")
    sha = hashlib.sha256(f"{relative}\0{text}".encode()).hexdigest()
    return Note(relative, text, sha)
