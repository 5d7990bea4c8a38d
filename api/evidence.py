"""What a client says beside the question: settings and answers to earlier questions, checked against the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.context import Remark, settings_of
from api.messages import messages
from api.schema import AskRequest, EvidenceItem
from engine.model import Evidence, Observation
from kb.errors import InputError
from kb.graph import Graph


def evidence_of(request: AskRequest, graph: Graph, ids: Mapping[str, str]) -> tuple[Evidence, list[Remark]]:
    """The evidence for the engine, and remarks on what was left out; `ids` maps every name of a node to its id.

    Raises InputError where the evidence names a symptom that the graph doesn't have.
    """
    settings, remarks = settings_of(request.context)
    observations, doubled = _observations(request.evidence, graph, ids)
    unread = [Remark("series_not_read")] if request.series else []
    return Evidence(settings, observations), [*remarks, *doubled, *unread]


def _observations(
    items: Iterable[EvidenceItem], graph: Graph, ids: Mapping[str, str]
) -> tuple[tuple[Observation, ...], list[Remark]]:
    """One observation a symptom, in the order of first mention; of several states the last counts."""
    seen: dict[str, Observation] = {}
    doubled: list[Remark] = []
    for item in items:
        symptom = ids.get(item.symptom)
        if symptom is None or graph.nodes[symptom]["node"].kind != "symptom":
            raise InputError(messages("en").text("errors.unknown_symptom", symptom=repr(item.symptom)))
        if symptom in seen and seen[symptom].state != item.state:
            doubled.append(Remark("state_twice", symptom))
        seen[symptom] = Observation(symptom, item.state, "evidence")
    return tuple(seen.values()), doubled
