"""Converts many notes on all cores.

Few are converted where they are, since starting workers would cost more than it saves.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

from kb.convert import Converter
from kb.findings import Converted
from kb.notes import Note

WORTHWHILE = 400_000
"""Characters from which workers pay.

Workers take about 0.1 s to start, and a core converts 0.4 million characters a second.
"""
_CHUNK = 16
"""Notes a worker takes at a time."""
_DECODER = msgspec.json.Decoder(Converted)
_worker: Converter | None = None


def convert_all(notes: Sequence[Note], converter: Converter) -> dict[str, Converted]:
    """Return what each note gives, by its hash; the same on one core and on many."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores == 1 or sum(len(note.text) for note in notes) < WORTHWHILE or not _may_fork():
        return {note.sha: converter.convert(note) for note in notes}
    global _worker  # noqa: PLW0603  workers inherit it by forking, so that nothing is compiled or sent twice
    _worker = converter
    try:
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(cores, mp_context=context) as pool:
            bodies = pool.map(_convert, notes, chunksize=_CHUNK)
            return {note.sha: _DECODER.decode(body) for note, body in zip(notes, bodies, strict=True)}
    finally:
        _worker = None


def _convert(note: Note) -> bytes:
    if _worker is None:
        raise RuntimeError("a worker was started without its converter")
    return msgspec.json.encode(_worker.convert(note))


def _may_fork() -> bool:
    """Forking a process that runs threads can copy a lock that nobody will open again."""
    return threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
