"""The parts from which sentences are put together: names, citation marks, how a cause brings about what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from api.citations import Numbering
from api.limits import limit
from api.messages import Messages
from engine.model import Advice, Explanation, Hop, NextQuestion
from kb.graph import Graph
from kb.model import LANGS, Citation, Level, Node


@dataclass(frozen=True, slots=True)
class Speaker:
    """Everything a sentence may draw on."""

    messages: Messages
    graph: Graph
    numbering: Numbering

    def label(self, node_id: str) -> str:
        """The node's name in the answer's language, else in another, else its id."""
        if node_id not in self.graph:
            return node_id
        labels = self._node(node_id).labels
        return next((labels[lang] for lang in (self.messages.lang, *LANGS) if labels.get(lang)), node_id)

    def meaning(self, node_id: str) -> str:
        """What the node means, in the answer's language; empty where nobody wrote it down."""
        return self._node(node_id).meaning.get(self.messages.lang, "") if node_id in self.graph else ""

    def level(self, node_id: str) -> Level | None:
        """Whether a cause is a root or a mechanism."""
        return self._node(node_id).level if node_id in self.graph else None

    def marks(self, citations: Iterable[Citation]) -> str:
        """`[1][2]` with the gap that the language puts before it; empty without citations."""
        numbers = self.numbering.numbers(list(citations)[: limit("marks")])
        return self.messages.text("marks.gap") + "".join(f"[{number}]" for number in numbers) if numbers else ""

    def question(self, question: NextQuestion) -> str:
        """A question back, as a sentence."""
        return self.messages.text("questions.symptom", symptom=self.label(question.symptom))

    def _node(self, node_id: str) -> Node:
        found: Node = self.graph.nodes[node_id]["node"]
        return found


def why(explanation: Explanation, speaker: Speaker) -> str:
    """How the cause brings about what was seen, along the first path of its chain; empty without one."""
    path = _first_path(explanation)
    if not path:
        return ""
    told = _told(path, speaker)
    if path[0].source == explanation.cause:
        return told
    return speaker.messages.text("why.kin", kin=speaker.label(path[0].source), why=told)


def _told(path: list[Hop], speaker: Speaker) -> str:
    shown = path[-1].relation == "has_symptom"
    between = path[:-1] if shown else path
    key = f"why.{'symptom' if shown else 'cause'}_{len(between)}"
    if not speaker.messages.has(key):
        return _long_why(path, shown, speaker)
    places = {name: speaker.label(hop.target) for name, hop in zip("ab", between, strict=False)}
    marks = {f"m{place}": speaker.marks(hop.citations) for place, hop in enumerate(path, start=1)}
    return speaker.messages.text(key, symptom=speaker.label(path[-1].target), **places, **marks)


def _long_why(path: list[Hop], shown: bool, speaker: Speaker) -> str:
    passed = [_mentioned("list.plain", hop, speaker) for hop in path[:-1]]
    last, m = speaker.label(path[-1].target), speaker.marks(path[-1].citations)
    key = "why.symptom_more" if shown else "why.cause_more"
    return speaker.messages.text(key, path=speaker.messages.joined(passed), symptom=last, a=last, m1=m)


def side_lines(explanation: Explanation, speaker: Speaker) -> list[str]:
    """What lies behind the cause, what fits beside the first path, and which settings make the cause likelier."""
    said, origin, path = speaker.messages, _origin(explanation), _first_path(explanation)
    lines = [_behind(origin, speaker)] if origin else []
    rest = [hop for hop in explanation.chain if hop not in path]
    symptoms = [_mentioned("list.quoted", hop, speaker) for hop in rest if hop.relation == "has_symptom"]
    if symptoms:
        lines.append(said.text("also.symptoms", symptoms=said.joined(symptoms)))
    factors = [
        said.text("list.plain", text=speaker.label(hop.source), m=speaker.marks(hop.citations))
        for hop in rest
        if hop.relation == "predisposes"
    ]
    return [*lines, said.text("also.factors", factors=said.joined(factors))] if factors else lines


def root_behind(explanation: Explanation) -> str | None:
    """The root with which the chain of a mechanism begins."""
    origin = _origin(explanation)
    return origin[0].source if origin else None


def as_told(rival: Explanation, first: Explanation, speaker: Speaker) -> str | None:
    """How a rival joins what was told of the first explanation; None where it shows as something else."""
    way, told = _first_path(rival), _first_path(first)
    if not way or not told or (way[-1].relation, way[-1].target) != ("has_symptom", told[-1].target):
        return None
    if len(way) == 1 and way[0].source == rival.cause:
        return speaker.marks(way[0].citations)
    if way[-1].source != told[-1].source:
        return None
    if way[0].source != rival.cause:
        return speaker.messages.text("others.kin", kin=speaker.label(way[0].source))
    passed = [_mentioned("list.plain", hop, speaker) for hop in way[:-1]]
    return speaker.messages.text("others.by", path=speaker.messages.joined(passed))


def _first_path(explanation: Explanation) -> list[Hop]:
    """The hops from the cause onwards, each starting where the last one ended, up to the first symptom.

    A cause that acts as a special or general case of another has no hop to it; then the path starts at that other one.
    """
    told = explanation.chain[len(_origin(explanation)) :]
    hops = [hop for hop in told if hop.relation in ("leads_to", "has_symptom")]
    here = explanation.cause if any(hop.source == explanation.cause for hop in hops) else hops[0].source if hops else ""
    path: list[Hop] = []
    for hop in hops:
        if hop.source == here:
            path.append(hop)
            here = hop.target
    return path


def _origin(explanation: Explanation) -> tuple[Hop, ...]:
    """The hops from the likeliest root to the cause itself; empty where the chain begins with the cause."""
    hops = enumerate(explanation.chain, start=1)
    ends = (place for place, hop in hops if (hop.relation, hop.target) == ("leads_to", explanation.cause))
    return explanation.chain[: next(ends, 0)]


def _behind(origin: tuple[Hop, ...], speaker: Speaker) -> str:
    root = speaker.label(origin[0].source)
    if len(origin) == 1:
        return speaker.messages.text("behind.root", root=root, m=speaker.marks(origin[0].citations))
    path = [
        speaker.messages.text(
            "list.plain",
            text=speaker.label(before.target),
            m=speaker.marks([*before.citations[:1], *after.citations[:1]]),
        )
        for before, after in pairwise(origin)
    ]
    return speaker.messages.text("behind.root_by", root=root, path=speaker.messages.joined(path))


def cause_and_percent(explanation: Explanation, speaker: Speaker) -> dict[str, str]:
    """The two places that every sentence on a cause has."""
    percent = speaker.messages.percent(explanation.probability)
    return {"cause": speaker.label(explanation.cause), "percent": percent}


def named(advice: Advice, speaker: Speaker) -> str:
    """A remedy or check with the marks of what recommends it."""
    return speaker.messages.text("list.plain", text=speaker.label(advice.node), m=speaker.marks(advice.citations))


def _mentioned(key: str, hop: Hop, speaker: Speaker) -> str:
    return speaker.messages.text(key, text=speaker.label(hop.target), m=speaker.marks(hop.citations))


def bullets(intro: str, lines: list[str]) -> str:
    """A sentence and the list that it announces, if there is one."""
    return "\n".join([intro, "", *(f"- {line}" for line in lines)]).strip()


def quoted(text: str) -> str:
    """A note's words on one line, without the marks for bold, which may have lost their partner."""
    return " ".join(text.replace("**", "").split())
