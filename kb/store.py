"""The built graph as a text file that people can review: `graph.jsonl`.

    {"format":1,"version":"sha256:…"}      header; the version is the hash over all the lines below it
    {"id":"dead-relu","kind":"cause",…}    one node a line, sorted by id
    {"source":"dead-relu",…}               one edge a line with its citations, sorted by source, relation and target

The same graph gives the same bytes, so a note's edit shows its effect in the diff, and a file that was cut off, edited
by hand or merged badly is found out by its hash. Citations repeat their note's title and headings in each line on
purpose: a shared table would be shorter, and a diff of it would tell nobody anything.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from kb.errors import ContentError, InputError, Problem
from kb.graph import Graph, all_edges, all_nodes, assemble, canonical_lines, fingerprint
from kb.model import Edge, Node

FORMAT: Final = 1
"""Raised whenever a reader of the former format would misread the file."""

_NODE_STARTS = b'{"id":'
_REBUILD = "Run `whyloss kb build` to build it anew."


class _Header(msgspec.Struct):
    format: int
    version: str


_HEADERS = msgspec.json.Decoder(_Header)
_NODES = msgspec.json.Decoder(Node)
_EDGES = msgspec.json.Decoder(Edge)


def version(graph: Graph) -> str:
    """`sha256:` and the hash over every field of every node and edge, computed from what the graph holds now."""
    return fingerprint(canonical_lines(all_nodes(graph), all_edges(graph)))


def save(graph: Graph, path: Path) -> None:
    """Write the graph, whole or not at all: a reader sees the former file until the new one is complete.

    Raises InputError if the file can't be written.
    """
    lines = list(canonical_lines(all_nodes(graph), all_edges(graph)))
    header = msgspec.json.encode(_Header(FORMAT, fingerprint(lines))) + b"\n"
    try:
        _replace(path, b"".join((header, *lines)))
    except OSError as error:
        raise InputError(
            f"Can't write {path}: {error.strerror}. Choose a file in a folder you may write to."
        ) from error


def load(path: Path) -> Graph:
    """Read a graph that `save` wrote, checked against its hash and the schema.

    Raises ContentError if the file is missing, cut off, changed since it was built, or of another format.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        _refuse(path, None, f"the graph can't be read: {error.strerror}")
    first, _, body = data.partition(b"\n")
    expected = _expected_version(path, first)
    if fingerprint([body]) != expected:
        _refuse(path, None, "the graph was cut off or changed since it was built: its hash doesn't fit")
    graph = assemble(*_decoded(path, body))
    if graph.graph["version"] != expected:
        _refuse(path, None, "the graph has fields or an order that this whyloss doesn't write")
    return graph


def _expected_version(path: Path, first: bytes) -> str:
    try:
        header = _HEADERS.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError):
        _refuse(path, 1, "the first line isn't the header of a graph")
    if header.format != FORMAT:
        _refuse(path, 1, f"the graph has format {header.format}, and this whyloss reads format {FORMAT}")
    return header.version


def _decoded(path: Path, body: bytes) -> tuple[list[Node], list[Edge]]:
    nodes: list[Node] = []
    edges: list[Edge] = []
    for number, line in enumerate(body.split(b"\n")[:-1], start=2):
        try:
            if line.startswith(_NODE_STARTS):
                nodes.append(_NODES.decode(line))
            else:
                edges.append(_EDGES.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _refuse(path, number, f"this is neither a node nor an edge: {error}")
    return nodes, edges


def _refuse(path: Path, line: int | None, what: str) -> NoReturn:
    raise ContentError([Problem(str(path), line, what, _REBUILD)]) from None


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file, then swap; the temporary file is gone afterwards, come what may."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
