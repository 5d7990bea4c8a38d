"""Claims, and the kinship of nodes: what a special case stands for where its general case is what counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.model import Node, Relation


class Claim(NamedTuple):
    """A statement before its citation; `target` is empty where it is the line itself (a drawback in free words)."""

    relation: Relation
    source: str
    target: str
    hedge: str = "plain"
    denied: bool = False


class Kin:
    """Resolves nodes to kinds: a saddle point counts as the cause it is a case of, Adam as the remedy it belongs to."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self._lines: dict[str, list[Node]] = {}

    def line(self, name: str) -> list[Node]:
        """Return a node and what it is a special case of, nearest first; nothing for an unknown name."""
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = []
            node = self.nodes.get(name)
            while node is not None and node not in found:
                found.append(node)
                node = self.nodes.get(node.broader) if node.broader else None
        return found

    def as_kind(self, name: str, kinds: Iterable[str]) -> str | None:
        """Return the nearest node of the line that has one of the kinds.

        A setting that is a cause by another name ("sigmoid activation") counts as that cause, never as a setting.
        """
        line = self.line(name)
        if line and line[0].kind == "factor":
            line = [node for node in line if node.kind == "cause"] or line
        return next((node.id for node in line if node.kind in kinds), None)

    def resolve(self, names: Iterable[str], kinds: Sequence[str]) -> tuple[str, ...]:
        """Return the nodes of the wanted kinds that the names stand for, each once, in order."""
        found = (self.as_kind(name, kinds) for name in names)
        return tuple(dict.fromkeys(name for name in found if name))

    def first(self, groups: Iterable[Iterable[str]], kinds: Sequence[str]) -> tuple[str, ...]:
        """Return what the first group that has any of the kinds stands for."""
        return next((found for group in groups if (found := self.resolve(group, kinds))), ())

    def kind(self, name: str) -> str:
        """Return a known node's own kind."""
        return self.nodes[name].kind

    def level(self, name: str) -> str | None:
        """Return `root` or `mechanism` for a known cause, else None."""
        node = self.nodes.get(name)
        return node.level if node else None
