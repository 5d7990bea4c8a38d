"""The notes' own words on the terms of a question.

A passage's score is the sum of three simple parts, weighted in `content/rules/inference.toml`: how much of the heading
above it is the term itself (under "Overfitting" stands the definition, under "Five ways to fight overfitting" something
else), whether it is in the asker's language, and how many of the question's terms it bears on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.infer import RANK_DIGITS
from engine.model import Passage, Understanding
from engine.rules import Rules
from kb.graph import Graph, live_edges
from kb.model import Citation, Edge, Node
from kb.text import fold


def passages(graph: Graph, understanding: Understanding, top: int, *, rules: Rules) -> tuple[Passage, ...]:
    """At most `top` passages: the best on each term in order of mention, then the others, best first."""
    terms = [term for term in dict.fromkeys(understanding.terms) if term in graph]
    cited = {term: {citation for edge in _bearing_on(graph, term) for citation in edge.citations} for term in terms}
    scores = _scores(graph, understanding, cited, rules)
    ranked = sorted(scores, key=lambda citation: (-round(scores[citation], RANK_DIGITS), *_place(citation)))
    firsts = (next((citation for citation in ranked if citation in cited[term]), None) for term in terms)
    chosen = dict.fromkeys(citation for citation in (*firsts, *ranked) if citation is not None)
    return tuple(Passage(citation.quote, citation, scores[citation]) for citation in list(chosen)[:top])


def _bearing_on(graph: Graph, term: str) -> Iterable[Edge]:
    """The `explains` edges of a term; where no passage explains it, every statement about it stands in."""
    return live_edges(graph, relation="explains", target=term) or (
        *live_edges(graph, target=term),
        *live_edges(graph, source=term),
    )


def _scores(
    graph: Graph, understanding: Understanding, cited: Mapping[str, set[Citation]], rules: Rules
) -> dict[Citation, float]:
    names = {term: tuple(_names(graph.nodes[term]["node"])) for term in cited}
    scores: dict[Citation, float] = {}
    for citation in set().union(*cited.values()):
        covered = [term for term in cited if citation in cited[term]]
        share = max(_share(citation, names[term]) for term in covered)
        scores[citation] = (
            rules.passage_heading * share
            + rules.passage_language * (citation.lang == understanding.lang)
            + rules.passage_coverage * len(covered) / len(cited)
        )
    return scores


def _names(node: Node) -> Iterator[str]:
    yield from map(fold, node.labels.values())
    for aliases in node.aliases.values():
        yield from map(fold, aliases)


def _share(citation: Citation, names: Iterable[str]) -> float:
    """The part of the innermost heading, 0 to 1, that the longest name in it takes up."""
    heading = fold(citation.heading[-1]).strip() if citation.heading else ""
    return max((len(name) / len(heading) for name in names if name and name in heading), default=0.0)


def _place(citation: Citation) -> tuple[str, int, int, str]:
    return citation.note, citation.line_start, citation.line_end, citation.quote
