"""Keeps what each note gave, by content, so that a rebuild converts only what has changed.

One SQLite file; a record's key is the hash of note, vocabulary and converter, its body JSON. Losing the file costs time
only.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache as once
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from kb.findings import Converted
from kb.paths import content_root

_DECODER = msgspec.json.Decoder(Converted)
_FOLDERS = ("vocabulary", "lexicon", "rules")


@once
def knowledge_version() -> str:
    """Return the hash of everything besides a note that decides what it gives: content and the converter's own code."""
    digest = hashlib.sha256()
    root = content_root()
    files = [path for folder in _FOLDERS for path in sorted((root / folder).glob("*.toml"))]
    for path in [*files, *sorted(Path(__file__).parent.glob("*.py"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Cache:
    """A file of converted notes, used as a context manager; without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
            self._database = _open(self.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def get(self, shas: Collection[str]) -> dict[str, Converted]:
        """Return what is known of these notes; records that can't be read count as unknown."""
        wanted = set(shas)
        out: dict[str, Converted] = {}
        with suppress(sqlite3.Error):
            for sha, body in self._ask("SELECT sha, body FROM note WHERE knowledge = ?", (knowledge_version(),)):
                if sha in wanted:
                    with suppress(msgspec.MsgspecError):
                        out[sha] = _DECODER.decode(body)
        return out

    def put(self, fresh: Mapping[str, Converted], *, keep: Collection[str]) -> None:
        """Store what is new and drop what no note has any more; a full disk or a locked file costs only time later."""
        if self._database is None or not fresh:
            return
        version = knowledge_version()
        with suppress(sqlite3.Error), self._database:
            stored = {sha for (sha,) in self._ask("SELECT sha FROM note WHERE knowledge = ?", (version,))}
            gone = [(sha,) for sha in stored - set(keep)]
            self._database.execute("DELETE FROM note WHERE knowledge <> ?", (version,))
            self._database.executemany("DELETE FROM note WHERE sha = ?", gone)
            rows = [(sha, version, msgspec.json.encode(item)) for sha, item in fresh.items()]
            self._database.executemany("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", rows)

    def _ask(self, query: str, values: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        return iter(self._database.execute(query, values)) if self._database else iter(())


def default_path(folder: Path) -> Path | None:
    """Return where the cache of a notes' folder lies: below XDG_CACHE_HOME or ~/.cache; None where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        root = Path(base) if base else Path.home() / ".cache"
    except RuntimeError:
        return None
    name = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return root / "whyloss" / f"{name}.sqlite"


def _open(path: Path) -> sqlite3.Connection | None:
    """Open the file, making it anew where it is damaged; where it can't be used the build goes on, only slower."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(path)
    except sqlite3.OperationalError:  # locked by another build, or not writable
        return None
    except sqlite3.DatabaseError:  # no database: cut off, overwritten
        path.unlink(missing_ok=True)
    except OSError:
        return None
    try:
        return _connect(path)
    except (sqlite3.Error, OSError):
        return None


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    try:
        database.execute("CREATE TABLE IF NOT EXISTS note (sha TEXT PRIMARY KEY, knowledge TEXT, body BLOB)")
    except sqlite3.Error:
        database.close()
        raise
    return database
