"""What the engine found, said in a few sentences of Markdown, each followed by the citations that bear it out.

An answer is a list of paragraphs; `_PARAGRAPHS` says which, by status and intent. The sentences stand in
`content/messages`, how many of each in `content/rules/answer.toml`; this module only picks them.
Marks are numbered in reading order.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from api.limits import limit, probability_word, rival_share
from api.messages import Messages
from api.phrases import Speaker, as_told, bullets, cause_and_percent, named, quoted, root_behind, side_lines, why
from api.schema.answers import AskResponse, NumberedCitation
from engine.model import Advice, Diagnosis, Explanation
from kb.graph import live_edges
from kb.model import Citation


def answer(diagnosis: Diagnosis, speaker: Speaker) -> str:
    """The written answer: paragraphs and bullets of Markdown, separated by blank lines."""
    paragraphs = _PARAGRAPHS[diagnosis.status](diagnosis, speaker)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def plain(response: AskResponse, messages: Messages) -> str:
    """The answer without Markdown's marks for bold, then the notes and lines that it cites, then what was left out."""
    cited = [_source(item, messages) for item in response.citations if f"[{item.id}]" in response.answer]
    sources = [f"{messages.text('plain.sources')}\n" + "\n".join(cited)] if cited else []
    warnings = [messages.text("plain.warning", warning=warning) for warning in response.warnings]
    return "\n\n".join([response.answer.replace("**", ""), *sources, *warnings])


def _source(item: NumberedCitation, messages: Messages) -> str:
    lines = str(item.line_start) if item.line_start == item.line_end else f"{item.line_start}-{item.line_end}"
    heading = messages.text("plain.heading_separator").join(item.heading)
    key = "plain.source_headed" if heading else "plain.source"
    return messages.text(key, id=item.id, note=item.note, lines=lines, heading=heading)


# ---- one function a situation: which paragraphs, in which order


def _answered(diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    if not diagnosis.explanations:
        return _quoted(diagnosis, speaker)
    first = diagnosis.explanations[0]
    paragraphs = _BY_INTENT.get(diagnosis.understanding.intent, _diagnosed)(first, diagnosis, speaker)
    return [*paragraphs, _others(diagnosis, speaker), _asked_after(diagnosis, speaker)]


def _diagnosed(first: Explanation, diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    return [_lead(first, speaker), _do(_untried(first, diagnosis), speaker), _check(first, speaker)]


def _remedies_wanted(first: Explanation, diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    advice = _untried(first, diagnosis)[: limit("remedies_wanted")]
    lead = _lead_unless_named(first, diagnosis, speaker)
    return [lead, _wanted("remedies", advice, first, speaker), _cautions(advice, speaker), _check(first, speaker)]


def _checks_wanted(first: Explanation, diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    lead = _lead_unless_named(first, diagnosis, speaker)
    advice = first.checks[: limit("checks_wanted")]
    return [lead, _wanted("checks", advice, first, speaker), _do(_untried(first, diagnosis), speaker)]


def _quoted(diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    if not diagnosis.passages:
        return [speaker.messages.text("passages.none")]
    terms = [speaker.label(term) for term in diagnosis.understanding.terms]
    key = "compare" if diagnosis.understanding.intent == "compare" and terms else "explain"
    intro = speaker.messages.text(f"passages.{key}", terms=speaker.messages.joined(terms))
    return [_meanings(diagnosis, speaker), _passages(intro, diagnosis, speaker)]


def _needs_more(diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    asked = [speaker.question(question) for question in diagnosis.next_questions[: limit("questions_needed")]]
    if not asked:
        return [speaker.messages.text("questions.open")]
    return [bullets(speaker.messages.text("questions.instead"), asked)]


def _not_covered(diagnosis: Diagnosis, speaker: Speaker) -> list[str]:
    if not diagnosis.passages:
        return [speaker.messages.text("passages.none")]
    return [_passages(speaker.messages.text("passages.nearest"), diagnosis, speaker)]


def _out_of_scope(_: Diagnosis, speaker: Speaker) -> list[str]:
    return [speaker.messages.text("scope.out")]


_PARAGRAPHS: dict[str, Callable[[Diagnosis, Speaker], list[str]]] = {
    "answered": _answered,
    "needs_more": _needs_more,
    "not_covered": _not_covered,
    "out_of_scope": _out_of_scope,
}
_BY_INTENT: dict[str, Callable[[Explanation, Diagnosis, Speaker], list[str]]] = {
    "remedy": _remedies_wanted,
    "check": _checks_wanted,
}


# ---- one function a paragraph; an empty one is left out


def _lead(explanation: Explanation, speaker: Speaker) -> str:
    """The cause, how sure we are, why, and what else fits."""
    reason = why(explanation, speaker)
    special = "lead_special" if speaker.messages.has(f"lead_special.{explanation.cause}") else "lead"
    word = explanation.cause if special == "lead_special" else probability_word(explanation.probability)
    key = f"{special}.{word}" if reason else f"{special}_bare.{word}"
    lead = speaker.messages.text(key, why=reason, **cause_and_percent(explanation, speaker))
    return speaker.messages.paragraph([lead, *side_lines(explanation, speaker)])


def _lead_unless_named(explanation: Explanation, diagnosis: Diagnosis, speaker: Speaker) -> str:
    """Whoever asks what to do about a cause needn't be told that it is the cause."""
    return "" if explanation.cause in diagnosis.understanding.terms else _lead(explanation, speaker)


def _do(advice: tuple[Advice, ...], speaker: Speaker) -> str:
    """The first thing to do with its drawbacks, then the next ones."""
    if not advice:
        return ""
    first, rest = advice[0], advice[1 : limit("remedies")]
    said = speaker.messages
    sentences = [said.text("remedies.first", remedy=named(first, speaker)), _cautions((first,), speaker)]
    if rest:
        sentences.append(said.text("remedies.then", remedies=said.joined([named(item, speaker) for item in rest])))
    return said.paragraph(sentences)


def _cautions(advice: tuple[Advice, ...], speaker: Speaker) -> str:
    """The drawbacks that notes state, in their words where those are short and in the reader's language."""
    stated = dict.fromkeys(citation for item in advice for citation in item.cautions)
    readable = [citation for citation in stated if citation.lang == speaker.messages.lang]
    short = [citation for citation in readable if len(quoted(citation.quote)) <= limit("caution_length")]
    chosen = (short or readable or list(stated))[: limit("cautions")]
    return speaker.messages.paragraph([_caution(citation, speaker, quote=citation in short) for citation in chosen])


def _caution(citation: Citation, speaker: Speaker, *, quote: bool) -> str:
    key, m = "remedies.caution" if quote else "remedies.caution_cited", speaker.marks([citation])
    return speaker.messages.text(key, quote=quoted(citation.quote), m=m)


def _check(explanation: Explanation, speaker: Speaker) -> str:
    """The tests that would settle it."""
    checks = [named(advice, speaker) for advice in explanation.checks[: limit("checks")]]
    apart = speaker.messages.text("list.apart").join(checks)
    return speaker.messages.text("checks.some", checks=apart) if checks else ""


def _wanted(what: str, advice: tuple[Advice, ...], explanation: Explanation, speaker: Speaker) -> str:
    key = f"{what}.wanted" if advice else f"{what}.none"
    intro = speaker.messages.text(key, cause=speaker.label(explanation.cause))
    return bullets(intro, [named(item, speaker) for item in advice])


def _others(diagnosis: Diagnosis, speaker: Speaker) -> str:
    """The rivals that are worth a reader's time; the root that was named behind the first cause is none."""
    first, *rest = diagnosis.explanations
    others = [rival for rival in rest if rival.cause != root_behind(first)]
    rivals = [rival for rival in others if rival.probability >= rival_share() * first.probability]
    lines = [_rival(rival, first, speaker) for rival in rivals[: limit("others")]]
    return bullets(speaker.messages.text("others.intro"), lines) if lines else ""


def _rival(rival: Explanation, first: Explanation, speaker: Speaker) -> str:
    """A rival with its reason, as far as that wasn't told of the first cause."""
    places, told = cause_and_percent(rival, speaker), as_told(rival, first, speaker)
    if told is not None:
        return speaker.messages.text("others.item_told", told=told, **places)
    reason = why(rival, speaker)
    return speaker.messages.text("others.item" if reason else "others.item_bare", why=reason, **places)


def _asked_after(diagnosis: Diagnosis, speaker: Speaker) -> str:
    if diagnosis.should_stop or not diagnosis.next_questions:
        return ""
    asked = [speaker.question(question) for question in diagnosis.next_questions[: limit("questions")]]
    return bullets(speaker.messages.text("questions.after"), asked)


def _passages(intro: str, diagnosis: Diagnosis, speaker: Speaker) -> str:
    quotes = [
        speaker.messages.text("passages.item", text=quoted(passage.text), m=speaker.marks([passage.citation]))
        for passage in diagnosis.passages[: limit("passages")]
    ]
    return bullets(intro, quotes)


def _meanings(diagnosis: Diagnosis, speaker: Speaker) -> str:
    """What the asked-for terms mean, in the asker's language, where the quoted passages explain them."""
    shown = [passage.citation for passage in diagnosis.passages[: limit("passages")]]
    explained = ((term, _explaining(term, shown, speaker)) for term in diagnosis.understanding.terms)
    first = islice(((term, cited) for term, cited in explained if cited), limit("meanings"))
    return "\n\n".join(_meaning(term, cited, speaker) for term, cited in first)


def _explaining(term: str, shown: list[Citation], speaker: Speaker) -> list[Citation]:
    """The quoted lines that explain the term; none if we couldn't say what it means ourselves."""
    if not speaker.meaning(term):
        return []
    edges = live_edges(speaker.graph, relation="explains", target=term)
    explaining = {citation for edge in edges for citation in edge.citations}
    return [citation for citation in shown if citation in explaining]


def _meaning(term: str, cited: list[Citation], speaker: Speaker) -> str:
    places = {"term": speaker.label(term), "meaning": speaker.meaning(term), "m": speaker.marks(cited)}
    return speaker.messages.text("passages.meaning", **places)


def _untried(explanation: Explanation, diagnosis: Diagnosis) -> tuple[Advice, ...]:
    """The remedies that nobody has tried in vain."""
    in_vain = {tried.remedy for tried in diagnosis.understanding.tried if not tried.helped}
    return tuple(advice for advice in explanation.remedies if advice.node not in in_vain)
