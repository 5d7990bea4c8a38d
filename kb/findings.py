"""The values between converting one note and joining all of them."""

from __future__ import annotations

from dataclasses import dataclass

from kb.model import Citation, Node, Relation


@dataclass(frozen=True, slots=True)
class Found:
    """A statement with the lines that make it; an empty target stands for the cited passage itself."""

    relation: Relation
    source: str
    target: str
    hedge: str
    denied: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class Explained:
    """A passage and the nodes that it explains."""

    nodes: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a line that its author or a reviewer should look at."""

    kind: str
    """What is the matter with it.

    `silent`: it gave nothing; `misfiled`: it speaks of something else than its heading; `misstated`: it is known to be
    wrong.
    """
    note: str
    line: int
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """Everything that one note gives."""

    note: str
    title: str
    found: tuple[Found, ...]
    explained: tuple[Explained, ...]
    minted: tuple[Node, ...]
    remarks: tuple[Remark, ...]
