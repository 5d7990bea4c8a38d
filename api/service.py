"""What every face calls: questions, nodes, the graph and the notes, from one graph that never changes while it serves.

A face turns its own kind of request into a call here and the answer into its own kind of output; it decides nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self

from api import present, words
from api.citations import Numbering, note_url
from api.evidence import evidence_of
from api.library import Library, open_library
from api.messages import messages
from api.outcomes import NotFoundError
from api.phrases import Speaker
from api.schema import (
    AskRequest,
    AskResponse,
    GraphOut,
    NodeDetail,
    NodeList,
    NoteList,
    NoteOut,
    NoteRef,
    ParseRequest,
    ParseResponse,
    Readiness,
)
from api.search import by_any_id, edges_at, find_nodes, neighbourhood
from api.settings import version
from engine.diagnose import Engine
from engine.understand import Understander
from kb.export import export
from kb.graph import Graph, all_edges, all_nodes
from kb.model import Lang
from kb.vocabulary import load_vocabulary


class Service:
    """One loaded graph with its notes and the engine on it; it keeps nothing of what it is asked."""

    def __init__(self, library: Library, engine: Engine) -> None:
        self._graph = library.graph
        self._notes = library.notes
        self._engine = engine
        self._ids = by_any_id(library.graph)
        self.kb_version: str = library.graph.graph["version"]

    @classmethod
    def open(cls, notes: Path | None) -> Self:
        """Serve a folder of notes; None stands for the notes that come with whyloss."""
        library = open_library(notes)
        return cls(library, Engine(library.graph, Understander(load_vocabulary())))

    # ---- questions

    def ask(self, request: AskRequest) -> AskResponse:
        """Answer a question; raises InputError where the evidence names a symptom that doesn't exist."""
        asked = None if request.lang == "auto" else request.lang
        evidence, remarks = evidence_of(request, self._graph, self._ids)
        diagnosis = self._engine.ask(request.question, evidence, lang=asked, top=request.top)
        speaker = self._speaker(asked or diagnosis.understanding.lang)
        answer = words.answer(diagnosis, speaker)  # first, so that its marks read 1, 2, 3
        warnings = [*diagnosis.warnings, *(remark.text(speaker.messages) for remark in remarks)]
        return present.ask_response(diagnosis, speaker, answer=answer, warnings=warnings, kb_version=self.kb_version)

    def parse(self, request: ParseRequest) -> ParseResponse:
        """What a question says, without inference."""
        asked = None if request.lang == "auto" else request.lang
        said = self._engine.parse(request.question, lang=asked)
        return present.parse_response(said, self._speaker(asked or said.lang), kb_version=self.kb_version)

    def plain(self, response: AskResponse) -> str:
        """The answer for a terminal: no Markdown, and the notes and lines that it cites below."""
        return words.plain(response, messages(response.lang))

    # ---- the graph

    def nodes(self, query: str, kind: str | None, limit: int) -> NodeList:
        """Nodes by what people call them, best match first."""
        found = find_nodes(self._graph, query, kind)
        shown = [present.node_out(node) for node in found[:limit]]
        return NodeList(nodes=shown, total=len(found), kb_version=self.kb_version)

    def node(self, name: str) -> NodeDetail:
        """A node with its edges, by its id or another id it goes by."""
        here = self._known(name)
        outgoing, incoming = edges_at(self._graph, here)
        edges = {"outgoing": present.edges_out(outgoing), "incoming": present.edges_out(incoming)}
        fields = present.node_fields(self._graph.nodes[here]["node"])
        return NodeDetail.model_validate(fields | edges | {"kb_version": self.kb_version})

    def graph(self, name: str | None, depth: int) -> GraphOut:
        """The graph, or what lies within `depth` edges of a node."""
        part = self._part(name, depth)
        nodes = [present.node_out(node) for node in all_nodes(part)]
        return GraphOut(version=self.kb_version, nodes=nodes, edges=present.edges_out(all_edges(part)))

    def graphml(self, name: str | None, depth: int) -> str:
        """The same as GraphML."""
        return export(self._part(name, depth), "graphml")

    # ---- the notes

    def notes(self) -> NoteList:
        """Every note that can be opened."""
        return NoteList(notes=[_ref(note, text) for note, text in self._notes.items()], kb_version=self.kb_version)

    def note(self, note: str) -> NoteOut:
        """A note's text. Only what was read at the start is looked up, so that no path leads out of the folder."""
        if note not in self._notes:
            raise NotFoundError(messages("en").text("errors.unknown_note", note=repr(note)))
        return NoteOut(text=self._notes[note], **_ref(note, self._notes[note]).model_dump())

    def readiness(self) -> Readiness:
        """What is being served."""
        return Readiness(
            version=version(),
            kb_version=self.kb_version,
            nodes=self._graph.number_of_nodes(),
            edges=self._graph.number_of_edges(),
            notes=len(self._notes),
        )

    # ---- shared

    def _speaker(self, lang: Lang) -> Speaker:
        return Speaker(messages(lang), self._graph, Numbering())

    def _known(self, name: str) -> str:
        if name not in self._ids:
            raise NotFoundError(messages("en").text("errors.unknown_node", node=repr(name)))
        return self._ids[name]

    def _part(self, name: str | None, depth: int) -> Graph:
        return self._graph if name is None else neighbourhood(self._graph, self._known(name), depth)


def _ref(note: str, text: str) -> NoteRef:
    return NoteRef(note=note, url=note_url(note), lines=text.count("\n") + (not text.endswith("\n")))
