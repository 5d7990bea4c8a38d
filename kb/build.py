"""Notes become the graph: read → convert (parse → cut → roles → extract) → link → check → assemble → report."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.cache import Cache
from kb.check import check_citations
from kb.content import read_toml
from kb.convert import Converter
from kb.errors import ContentError
from kb.findings import Converted
from kb.graph import Graph, assemble
from kb.link import Linker
from kb.notes import Folder, Note
from kb.parallel import convert_all
from kb.report import Report, summarise


@dataclass(frozen=True, slots=True)
class Built:
    """A graph, the notes it came from, and what there is to say about the conversion."""

    graph: Graph
    notes: tuple[Note, ...]
    report: Report


def build(notes: Path, *, cache: Path | None = None, converter: Converter | None = None) -> Built:
    """Convert a folder of notes; files that can't be read are reported and left out.

    `cache` is a file that keeps what each note gave, by content: only changed notes are converted again.
    Raises InputError where there is no such folder, ContentError where a citation does not hold.
    """
    return Builder(notes, cache=cache, converter=converter).build()


class Builder:
    """Builds one folder again and again; what did not change is neither read, converted nor joined a second time."""

    def __init__(self, notes: Path, *, cache: Path | None = None, converter: Converter | None = None) -> None:
        self._folder = Folder(notes)
        self._cache = Cache(cache)
        self._converter = converter or Converter()
        self._converted: dict[str, Converted] = {}
        """By the note's hash."""
        self._shas: dict[str, str] = {}
        """Note's path → hash of what the linker holds of it."""
        self._lines: dict[int, tuple[object, bytes]] = {}
        self._linker = Linker(
            self._converter.terms.vocabulary.nodes,
            strengths=read_toml("rules/strengths.toml"),
            corrections=read_toml("corrections.toml").get("correction", []),
            opposites=read_toml("rules/opposites.toml")["pairs"],
        )

    def build(self) -> Built:
        """Return the graph of the folder as it stands now; graphs returned before stay as they were."""
        with _without_pauses():
            notes, problems = self._folder.read()
            self._convert(notes)
            self._put(notes)
            linked = self._linker.linked()
            broken = check_citations(notes, linked.fresh)
            if broken:
                raise ContentError(broken)
            graph = assemble(linked.nodes, linked.edges, lines=self._lines)
            converted = [self._converted[note.sha] for note in notes]
            return Built(graph, tuple(notes), summarise(notes, problems, converted, linked))

    def _convert(self, notes: Sequence[Note]) -> None:
        """Fill in what the notes give, from memory, from the cache, or by converting them."""
        wanted = {note.sha for note in notes}
        self._converted = {sha: found for sha, found in self._converted.items() if sha in wanted}
        if wanted <= self._converted.keys():
            return
        with self._cache as cache:
            self._converted |= cache.get(wanted - self._converted.keys())
            fresh = convert_all([note for note in notes if note.sha not in self._converted], self._converter)
            cache.put(fresh, keep=wanted)
        self._converted |= fresh

    def _put(self, notes: Sequence[Note]) -> None:
        """Hand the linker what changed."""
        now = {note.path: note.sha for note in notes}
        for path in sorted(self._shas.keys() - now.keys()):
            self._linker.drop(path)
        for path, sha in sorted(now.items()):
            if self._shas.get(path) != sha:
                self._linker.put(self._converted[sha])
        self._shas = now


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Keep the cycle collector off while hundreds of thousands of small values are made, and off them afterwards.

    None of them is part of a cycle. The collector takes a fifth of a build's time otherwise, and walking what a build
    of 1,000 notes made takes as long as a rebuild after one change; freezing sets it aside for good.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
