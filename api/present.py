"""The engine's values as rows of the schema: names added, citations numbered, numbers rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from api.citations import citation_url
from api.phrases import Speaker
from api.schema.answers import (
    AskResponse,
    CautionOut,
    CheckOut,
    ContrastOut,
    ContributionOut,
    ExplanationOut,
    FactorOut,
    HopOut,
    NextQuestionOut,
    NumberedCitation,
    ObservationOut,
    ParseResponse,
    PassageOut,
    RemedyOut,
    SpanOut,
    SuspicionOut,
    TriedOut,
)
from api.schema.base import CitationOut
from api.schema.library import EdgeOut, NodeOut
from engine.model import Advice, Diagnosis, Explanation, NextQuestion, Passage, Span, Understanding
from kb.model import LANGS, Citation, Edge, Lang, Node

_BY_KEY = attrgetter("source", "relation", "target")
DIGITS = 9
"""Decimals of a number in an answer: enough for sums to hold, too few to show a processor's own rounding."""


def ask_response(
    diagnosis: Diagnosis, speaker: Speaker, *, answer: str, warnings: Iterable[str], kb_version: str
) -> AskResponse:
    """Everything the engine has to say, in the contract's form."""
    said = diagnosis.understanding
    rows: dict[str, object] = {
        "explanations": explanations(diagnosis.explanations, speaker),
        "passages": passages(diagnosis.passages, speaker),
        "next_questions": next_questions(diagnosis.next_questions, speaker),
        "should_stop": diagnosis.should_stop,
    }
    known = _understood(said, speaker) | {"warnings": list(dict.fromkeys(warnings)), "kb_version": kb_version}
    cited = numbered_citations(speaker)  # last, when every citation has its number
    return AskResponse.model_validate(known | rows | {"status": diagnosis.status, "answer": answer, "citations": cited})


def parse_response(said: Understanding, speaker: Speaker, *, kb_version: str) -> ParseResponse:
    """What a question says, in the contract's form."""
    only_here = {"in_scope": said.in_scope, "suspicions": suspicions(said, speaker), "terms": list(said.terms)}
    known = _understood(said, speaker) | {"warnings": list(said.warnings), "kb_version": kb_version}
    return ParseResponse.model_validate(known | only_here)


def _understood(said: Understanding, speaker: Speaker) -> dict[str, object]:
    return {
        "intent": said.intent,
        "lang": speaker.messages.lang,
        "observations": observations(said, speaker),
        "factors": factors(said, speaker),
        "tried": tried(said, speaker),
        "contrasts": contrasts(said),
        "unmatched": list(said.unmatched),
    }


def observations(understanding: Understanding, speaker: Speaker) -> list[ObservationOut]:
    """The symptoms that are seen or seen not to be there; those said to be unknown are left out."""
    return [
        ObservationOut(
            symptom=seen.symptom,
            label=speaker.label(seen.symptom),
            state=seen.state,
            source=seen.source,
            evidence=_span(seen.span),
            onset=seen.onset,
            confidence=round(seen.confidence, DIGITS),
            alternatives=list(seen.alternatives),
        )
        for seen in understanding.observations
        if seen.state != "unknown"
    ]


def factors(understanding: Understanding, speaker: Speaker) -> list[FactorOut]:
    """The settings that make causes likelier."""
    return [
        FactorOut(factor=item.factor, label=speaker.label(item.factor), source=item.source, evidence=_span(item.span))
        for item in understanding.factors
    ]


def tried(understanding: Understanding, speaker: Speaker) -> list[TriedOut]:
    """What was tried, and whether it helped."""
    return [
        TriedOut(remedy=item.remedy, label=speaker.label(item.remedy), helped=item.helped, evidence=_span(item.span))
        for item in understanding.tried
    ]


def contrasts(understanding: Understanding) -> list[ContrastOut]:
    """What works here and fails there."""
    return [
        ContrastOut(
            axis=item.axis,
            good=item.good,
            bad=item.bad,
            symptom=item.symptom,
            remedy=item.remedy,
            causes=list(item.causes),
            evidence=_span(item.span),
        )
        for item in understanding.contrasts
    ]


def suspicions(understanding: Understanding, speaker: Speaker) -> list[SuspicionOut]:
    """The causes that the asker names."""
    return [
        SuspicionOut(cause=it.cause, label=speaker.label(it.cause), excluded=it.excluded, evidence=_span(it.span))
        for it in understanding.suspicions
    ]


def explanations(found: Iterable[Explanation], speaker: Speaker) -> list[ExplanationOut]:
    """The ranked causes with their stories."""
    return [_explanation(rank, item, speaker) for rank, item in enumerate(found, start=1)]


def passages(found: Iterable[Passage], speaker: Speaker) -> list[PassageOut]:
    """Pieces of notes."""
    return [
        PassageOut(text=item.text, citation=_number(item.citation, speaker), score=round(item.score, DIGITS))
        for item in found
    ]


def next_questions(found: Iterable[NextQuestion], speaker: Speaker) -> list[NextQuestionOut]:
    """What to ask back."""
    return [
        NextQuestionOut(
            symptom=item.symptom,
            text=speaker.question(item),
            options=["yes", "no", "unknown"],
            information_gain=round(item.information_gain, DIGITS),
            separates=list(item.separates),
        )
        for item in found
    ]


def numbered_citations(speaker: Speaker) -> list[NumberedCitation]:
    """Every citation that got a number, 1 first."""
    return [NumberedCitation(id=number, **citation(item).model_dump()) for number, item in speaker.numbering.numbered()]


def citation(item: Citation) -> CitationOut:
    """The lines of a note with the address that opens them."""
    return CitationOut(
        note=item.note,
        title=item.title,
        heading=list(item.heading),
        line_start=item.line_start,
        line_end=item.line_end,
        quote=item.quote,
        lang=item.lang,
        url=citation_url(item),
    )


def node_fields(node: Node) -> dict[str, object]:
    """A node's fields as the contract has them."""
    return {
        "id": node.id,
        "kind": node.kind,
        "level": node.level,
        "labels": _by_lang(node.labels),
        "aliases": {lang: list(node.aliases.get(lang, ())) for lang in LANGS},
        "meaning": _by_lang(node.meaning),
        "broader": node.broader,
        "also": list(node.also),
        "reviewed": node.reviewed,
    }


def node_out(node: Node) -> NodeOut:
    """A node for reading."""
    return NodeOut.model_validate(node_fields(node))


def edges_out(edges: Iterable[Edge]) -> list[EdgeOut]:
    """Edges for reading, sorted, their citations with their addresses."""
    return [_edge(edge) for edge in sorted(edges, key=_BY_KEY)]


def _edge(edge: Edge) -> EdgeOut:
    return EdgeOut(
        source=edge.source,
        target=edge.target,
        relation=edge.relation,
        strength=edge.strength,
        status=edge.status,
        reason=edge.reason,
        citations=[citation(item) for item in edge.citations],
    )


def _explanation(rank: int, item: Explanation, speaker: Speaker) -> ExplanationOut:
    return ExplanationOut(
        rank=rank,
        cause=item.cause,
        label=speaker.label(item.cause),
        level=speaker.level(item.cause),
        probability=round(item.probability, DIGITS),
        chain=[
            HopOut.model_validate(
                {
                    "source": hop.source,
                    "relation": hop.relation,
                    "target": hop.target,
                    "citations": speaker.numbering.numbers(hop.citations),
                }
            )
            for hop in item.chain
        ],
        contributions=[
            ContributionOut(observation=part.observation, log_odds=round(part.log_odds, DIGITS))
            for part in item.contributions
        ],
        unconfirmed=list(item.unconfirmed),
        remedies=[_remedy(advice, speaker) for advice in item.remedies],
        checks=[_check(advice, speaker) for advice in item.checks],
    )


def _remedy(advice: Advice, speaker: Speaker) -> RemedyOut:
    numbers = speaker.numbering.numbers(advice.citations)
    cautions = [CautionOut(text=item.quote, citation=_number(item, speaker)) for item in advice.cautions]
    return RemedyOut(remedy=advice.node, label=speaker.label(advice.node), citations=numbers, cautions=cautions)


def _check(advice: Advice, speaker: Speaker) -> CheckOut:
    numbers = speaker.numbering.numbers(advice.citations)
    return CheckOut(check=advice.node, label=speaker.label(advice.node), citations=numbers)


def _number(item: Citation, speaker: Speaker) -> int:
    return speaker.numbering.numbers([item])[0]


def _span(span: Span | None) -> SpanOut | None:
    return None if span is None else SpanOut(text=span.text, start=span.start, end=span.end)


def _by_lang(texts: Mapping[Lang, str]) -> dict[Lang, str]:
    return {lang: texts[lang] for lang in LANGS if lang in texts}
