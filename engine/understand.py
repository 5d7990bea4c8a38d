"""A question's words become observations, settings, tried remedies and an intent.

The stages: fold → mend typos → find terms sentence by sentence → sort them by what the words around them say.
Offsets are mapped back at the end, so that every span is the asker's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from engine.cues import Cue, Cues
from engine.model import FactorFound, Intent, Observation, Span, State, Suspicion, Tried, Understanding
from engine.typos import Mended, Speller
from kb.model import Lang, NodeKind
from kb.sentences import Sentence, sentence_of, sentence_spans
from kb.terms import Mention, Terms
from kb.text import fold, language
from kb.wording import is_question

CAUSAL: tuple[NodeKind, ...] = ("cause", "symptom")
BARE_WORDS = 4
"""Words up to which a question that names one term is taken for a look-up of the term."""
CHARACTERS_A_WORD = 2
"""Chinese characters that count as a word."""
_LATIN, _CHINESE = re.compile(r"[a-z][a-z0-9']*"), re.compile(r"[\u3400-\u9fff]")
_STOP = re.compile(r"(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bal)\.(?=\s)|\n")
"""Ends a sentence of folded text too, which has no capitals to tell."""
_WORDS = re.compile(r"[a-z][a-z0-9']*|[\u3400-\u9fff]+")
_ONSET = re.compile(
    r"(?:epoch|step|iteration|iter)s?\s*(\d+)|(\d+)\s*(?:epoch|step|iteration|iter)s?|第\s*(\d+)\s*(?:个\s*)?(?:epoch|轮|步|代)|(\d+)\s*(?:轮|步)"
)


class _Part(NamedTuple):
    """One sentence of the mended question and where it begins."""

    offset: int
    sentence: Sentence
    cues: tuple[Cue, ...]

    def has(self, group: str) -> bool:
        return any(group in cue.groups for cue in self.cues)

    def denies(self, mention: Mention) -> bool:
        """Whether it denies a node, be it before the thing or between the thing and what is said of it."""
        return self.sentence.denies(mention.start) or self.sentence.denies(mention.anchor)

    def only_asks(self) -> bool:
        """Whether it is a question that tells of nothing done."""
        return is_question(self.sentence) and not self.has("tried.done")


class Understander:
    """Reads questions with one vocabulary; immutable and safe to share."""

    def __init__(self, terms: Terms, cues: Cues | None = None) -> None:
        self._terms = terms
        self._cues = cues or Cues.load()
        self._nodes = terms.vocabulary.nodes
        self._filler = self._cues.words("filler")
        named = [form for form, senses in terms.vocabulary.forms.items() if any(s.category == "node" for s in senses)]
        self._speller = Speller.of(terms.vocabulary.forms, self._cues.forms, named, self._cues.words("polarity"))

    def __call__(self, question: str, *, lang: Lang | None = None) -> Understanding:
        """Return what the question says; never raises."""
        mended = self._mended(question)
        parts = self._parts(mended.text)
        back = _Back(question, mended)
        observations = self._observations(parts, back)
        suspicions = self._suspicions(parts, back)
        terms = tuple(dict.fromkeys(m.node for part in parts for m in part.sentence.mentions))
        return Understanding(
            lang=lang or language(question),
            intent=self._intent(parts, terms, has_symptom=any(o.state == "present" for o in observations)),
            in_scope=self._is_inside(parts, observations, terms),
            observations=observations, factors=self._factors(parts, back), tried=self._tried(parts, back),
            suspicions=suspicions, terms=terms, unmatched=self._unmatched(mended, parts, back),
        )  # fmt: skip

    def _mended(self, question: str) -> Mended:
        """The folded question with its misspelt words put right.

        Chinese phrases are mended only around what nothing else explains.
        """
        mended = self._speller.mend(fold(question))
        known = bytearray(len(mended.text))
        for start, end in [mark[:2] for mark in self._terms.marks(mended.text)]:
            known[start:end] = b"\1" * (end - start)
        for cue in self._cues.find(mended.text):
            known[cue.start : cue.end] = b"\1" * (cue.end - cue.start)
        strange = [at for at, char in enumerate(mended.text) if not known[at] and "\u3400" <= char <= "\u9fff"]
        return replace(mended, text=self._speller.mend_phrases(mended.text, strange))

    def settings(self, context: Sequence[tuple[str, str]]) -> tuple[FactorFound, ...]:
        """Return the factors that settings name, given as (key, value) in words."""
        found: dict[str, FactorFound] = {}
        for key, value in context:
            for mention in sentence_of(f"{key.replace('_', ' ')} {value}", self._terms).mentions:
                if self._nodes[mention.node].kind == "factor":
                    found.setdefault(mention.node, FactorFound(mention.node, "context"))
        return tuple(found.values())

    def _parts(self, text: str) -> list[_Part]:
        return [
            _Part(start, sentence_of(text[start:end], self._terms), tuple(self._cues.find(text[start:end])))
            for start, end in _spans(text)
        ]

    # ---- what is seen

    def _observations(self, parts: Sequence[_Part], back: _Back) -> tuple[Observation, ...]:
        found: dict[str, Observation] = {}
        for part in parts:
            onset = _onset(part.sentence.folded)
            for mention in self._of_kind(part, "symptom"):
                meant = self._meanings(part.sentence, mention)
                state: State = "absent" if part.denies(mention) else "present"
                for node in meant:
                    seen = Observation(node, state, "text", back.span(part, mention), onset, 1 / len(meant))
                    if node not in found or found[node].confidence < seen.confidence:
                        found[node] = seen
        return tuple(found.values())

    def _meanings(self, sentence: Sentence, mention: Mention) -> tuple[str, ...]:
        """All nodes that an ambiguous phrase may mean; else the mention's own."""
        if mention.composed:
            return (mention.node,)
        mark = next((mark for mark in sentence.marks if mark.start == mention.start), None)
        nodes = tuple(sense.id for sense in mark.senses if sense.category == "node") if mark else ()
        return nodes if len(nodes) > 1 else (mention.node,)

    def _of_kind(self, part: _Part, *kinds: NodeKind) -> list[Mention]:
        return [mention for mention in part.sentence.mentions if self._nodes[mention.node].kind in kinds]

    def _factors(self, parts: Sequence[_Part], back: _Back) -> tuple[FactorFound, ...]:
        found: dict[str, FactorFound] = {}
        for part in parts:
            for mention in self._of_kind(part, "factor"):
                if not part.denies(mention):
                    found.setdefault(mention.node, FactorFound(mention.node, "text", back.span(part, mention)))
        return tuple(found.values())

    def _suspicions(self, parts: Sequence[_Part], back: _Back) -> tuple[Suspicion, ...]:
        found: dict[str, Suspicion] = {}
        for part in parts:
            for mention in self._of_kind(part, "cause"):
                excluded = part.denies(mention) and not part.has("doubt")
                found.setdefault(mention.node, Suspicion(mention.node, excluded, back.span(part, mention)))
        return tuple(found.values())

    def _tried(self, parts: Sequence[_Part], back: _Back) -> tuple[Tried, ...]:
        """Remedies said to have been tried; their outcome may stand in the sentence after."""
        found: dict[str, Tried] = {}
        for index, part in enumerate(parts):
            following = parts[index + 1] if index + 1 < len(parts) else None
            outcome = _outcome(part) if _outcome(part) is not None or following is None else _outcome(following)
            if outcome is None or part.only_asks() or not (part.has("tried.done") or _outcome(part) is not None):
                continue
            for mention in self._of_kind(part, "remedy"):
                found.setdefault(mention.node, Tried(mention.node, outcome, back.span(part, mention)))
        return tuple(found.values())

    # ---- what is wanted

    def _intent(self, parts: Sequence[_Part], terms: Sequence[str], *, has_symptom: bool) -> Intent:
        """What is asked for in so many words; a bare term asks for its explanation; anything else describes a run."""
        groups = {group for part in parts for cue in part.cues for group in cue.groups}
        order: tuple[Intent, ...] = ("compare", "check", "remedy", "explain")
        for intent in order:
            if f"intent.{intent}" in groups and terms and (intent in ("remedy", "check") or not has_symptom):
                return intent
        if "intent.what-now" in groups and not has_symptom and any(self._nodes[t].kind == "cause" for t in terms):
            return "remedy"
        letters = "".join(part.sentence.folded for part in parts)
        words = len(_LATIN.findall(letters)) + len(_CHINESE.findall(letters)) / CHARACTERS_A_WORD
        is_bare = len(terms) == 1 and words <= BARE_WORDS and self._nodes[terms[0]].kind not in CAUSAL
        return "explain" if is_bare else "diagnose"

    def _is_inside(self, parts: Sequence[_Part], observations: Sequence[Observation], terms: Sequence[str]) -> bool:
        outside = sum(part.has("scope.outside") for part in parts)
        causal = any(self._nodes[term].kind in CAUSAL for term in terms)
        if outside:
            return bool(observations) and causal and outside < len(observations) + 1 and not _only_borrowed(parts)
        return bool(terms) or any(part.has("scope.inside") for part in parts)

    def _unmatched(self, mended: Mended, parts: Sequence[_Part], back: _Back) -> tuple[str, ...]:
        """Words that no mark, cue or filler accounts for."""
        covered = bytearray(len(mended.text) + 1)
        for part in parts:
            for start, end in [(m.start, m.end) for m in part.sentence.marks] + [(c.start, c.end) for c in part.cues]:
                covered[part.offset + start : part.offset + end] = b"\1" * (end - start)
        out = []
        for found in _WORDS.finditer(mended.text):
            if any(covered[found.start() : found.end()]) or found[0] in self._filler:
                continue
            out.append(back.text(found.start(), found.end()))
        return tuple(dict.fromkeys(out))


class _Back:
    """Maps places of the mended text to the question."""

    def __init__(self, question: str, mended: Mended) -> None:
        self.question, self.mended = question, mended

    def text(self, start: int, end: int) -> str:
        return self.question[self.mended.origin[start] : self._end(end)]

    def _end(self, end: int) -> int:
        """The offset after a stretch: where the next character comes from, or past the stretch's last one."""
        return max(self.mended.origin[end], self.mended.origin[end - 1] + 1) if end else 0

    def span(self, part: _Part, mention: Mention) -> Span:
        start, end = self.mended.origin[part.offset + mention.start], self._end(part.offset + mention.end)
        return Span(self.question[start:end], start, end)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence of folded text."""
    at = 0
    for stop in [*(found.end() for found in _STOP.finditer(text)), len(text)]:
        yield from ((at + start, at + end) for start, end in sentence_spans(text[at:stop]))
        at = stop


def _outcome(part: _Part) -> bool | None:
    """Whether what was tried helped, as far as a sentence says."""
    if part.has("tried.failed"):
        return False
    return True if part.has("tried.helped") else None


def _only_borrowed(parts: Sequence[_Part]) -> bool:
    """Whether every sentence with a term also holds a word from elsewhere ("weight loss", "stop loss")."""
    return all(part.has("scope.outside") for part in parts if part.sentence.mentions)


def _onset(folded: str) -> float | None:
    found = _ONSET.search(folded)
    return float(next(group for group in found.groups() if group)) if found else None
