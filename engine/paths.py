"""The likeliest way from each cause to every other one, along links that each have a probability."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]


def strongest_paths(link: Floats) -> tuple[Floats, Ints]:
    """From (C, C) link probabilities: the product along the best path from row to column, and the cause before column.

    Without a path the product is 0 and the cause before is -1, as it is at a path's start.
    """
    best, parent = np.eye(len(link)), np.full(link.shape, -1, dtype=np.intp)
    ways = [[(int(node), float(row[node])) for node in np.flatnonzero(row)] for row in link]
    for origin in range(len(link)):
        _from_one(ways, origin, best[origin], parent[origin])
    return best, parent


def path_between(parent: Ints, origin: int, last: int) -> list[int]:
    """The best path, origin first, where there is one."""
    path = [last]
    while path[-1] != origin:
        path.append(int(parent[origin, path[-1]]))
    return path[::-1]


def _from_one(ways: Sequence[Sequence[tuple[int, float]]], origin: int, best: Floats, parent: Ints) -> None:
    """Dijkstra on products: fill one row of best and parent; of equal paths the one that is reached first by id."""
    queue, done = [(-1.0, origin)], set[int]()
    while queue:
        minus, here = heapq.heappop(queue)
        if here in done:
            continue
        done.add(here)
        for node, chance in ways[here]:
            if node not in done and -minus * chance > best[node]:
                best[node], parent[node] = -minus * chance, here
                heapq.heappush(queue, (minus * chance, node))
