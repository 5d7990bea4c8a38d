"""Citations as things of their own, for formats in which an edge can point to them but not hold them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from kb.model import Citation, Edge


def citation_id(citation: Citation) -> str:
    """`citation-` and 16 hexadecimal digits of the hash over all of its fields: the same citation, the same id."""
    return f"citation-{hashlib.sha256(msgspec.json.encode(citation)).hexdigest()[:16]}"


def distinct_citations(edges: Iterable[Edge]) -> dict[str, Citation]:
    """Every citation of the edges once, by its id, sorted by id."""
    found = {citation_id(citation): citation for edge in edges for citation in edge.citations}
    return dict(sorted(found.items()))
