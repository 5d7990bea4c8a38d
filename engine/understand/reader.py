"""A question's words become observations, settings, tried remedies, contrasts and an intent: the list of stages.

    fold and mend → cut into sentences, mark what the lexicon knows → numbers → figures → what they amount to
    → contrasts → observations → settings → attitudes → intent and scope

Offsets are mapped back at the end, so that every span is the asker's own text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from engine.model import FactorFound, Understanding
from engine.understand import attitudes
from engine.understand.collocate import Collocations
from engine.understand.cues import Cue, Cues
from engine.understand.figures import Figures
from engine.understand.intent import Scope, intent_of
from engine.understand.levels import Levels
from engine.understand.numbers import Numbers
from engine.understand.observe import Findings, Observer
from engine.understand.settings import Settings
from engine.understand.sides import Sides
from engine.understand.text import Part, Text, covered, sentences
from engine.understand.typos import Speller
from kb.content import read_toml
from kb.marks import Mark
from kb.model import Lang
from kb.sentences import sentence_of, sentences_of
from kb.terms import Terms
from kb.text import fold, language
from kb.vocabulary import Vocabulary

MENDED = ("node", "thing", "state", "action", "split", "phase")
"""What a misspelt phrase is mended into: words that carry what is asked, no particles."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[a-z][a-z0-9']*|[\u3400-\u9fff]+")


class Understander:
    """Reads questions with one vocabulary; immutable and safe to share."""

    def __init__(self, vocabulary: Vocabulary, cues: Cues | None = None) -> None:
        self._terms = Terms(vocabulary.for_questions())
        self._cues = cues or Cues.load()
        self._nodes = vocabulary.nodes
        self._filler = self._cues.words("filler")
        self._scope = Scope.load()
        words = self._cues.words
        self._speller = Speller.of(
            (form for form, senses in vocabulary.forms.items() if any(s.category in MENDED for s in senses)),
            (*vocabulary.forms, *self._cues.forms, *self._scope.cues.forms),
            states=(form for form, senses in vocabulary.forms.items() if any(s.category == "state" for s in senses)),
            polar=words("polarity"),
            short=words("mend.into"),
            never=words("mend.never") | self._filler,
        )
        symptoms = {node.id for node in self._nodes.values() if node.kind == "symptom"}
        self._numbers, self._figures, self._levels, self._sides = (
            Numbers(),
            Figures.load(),
            Levels(),
            Sides.load(symptoms),
        )
        self._collocations = Collocations.load()
        self._observe = Observer(self._terms.vocabulary)
        self._settings = Settings.load(self._terms)
        self._stands_for = read_toml("rules/attitudes.toml")["tried_as"]

    def __call__(self, question: str, *, lang: Lang | None = None) -> Understanding:
        """Return what the question says; never raises."""
        text, about = self._text(question)
        numbers = self._numbers(question, text.folded, text.mended.origin)
        figures = self._figures(text, numbers)
        settings = self._settings(text, figures, numbers)
        levels = self._levels(figures, self._settings.classes(text, settings, numbers))
        contrasts, absent = self._sides(text, figures, numbers, levels.told)
        valued = [figure for figure in figures if not figure.is_metric]
        findings = Findings(levels, contrasts, self._collocations(text), absent, valued)
        observations = self._observe(text, findings, numbers, settings)
        suspicions = attitudes.suspicions(text, self._nodes)
        tried = attitudes.with_contrasts(attitudes.tried(text, self._nodes, self._stands_for), contrasts, text)
        present = [o for o in observations if o.state == "present"]
        terms = tuple(dict.fromkeys(m.node for part in text.parts for m in part.sentence.mentions))
        evidence = {
            "observation": sum(not o.alternatives for o in present),
            "ambiguous": sum(bool(o.alternatives) for o in present),
            "factor": len(settings),
            "cause": len(suspicions),
            "term": len(terms),
        }
        return Understanding(
            lang=lang or language(question),
            intent=intent_of(text, self._nodes, terms, tells=bool(tried or contrasts), has_symptom=bool(present)),
            in_scope=self._scope.is_inside(text, about, evidence),
            observations=observations,
            factors=settings,
            tried=tried,
            suspicions=suspicions,
            contrasts=tuple(item.told(text) for item in contrasts),
            terms=terms,
            unmatched=self._unmatched(text),
        )

    def settings(self, context: Sequence[tuple[str, str]]) -> tuple[FactorFound, ...]:
        """Return the factors that settings name, given as (key, value) in words."""
        found: dict[str, FactorFound] = {}
        for key, value in context:
            for mention in sentence_of(f"{key.replace('_', ' ')} {value}", self._terms).mentions:
                if self._nodes[mention.node].kind == "factor":
                    found.setdefault(mention.node, FactorFound(mention.node, "context"))
        return tuple(found.values())

    def _text(self, question: str) -> tuple[Text, list[Cue]]:
        """The question in parts, and the phrases that tell what it is about; words borrowed from ours are blanked."""
        mended = self._speller.mend(fold(question))
        marks, cues = self._known(mended.text)
        spelt = self._speller.mend_phrases(mended.text, _strange(mended.text, (*marks, *cues)))
        about = self._scope.find(spelt)
        own = spelt
        for start, end in self._scope.borrowed(about):
            own = own[:start] + " " * (end - start) + own[end:]
        if own != mended.text:
            marks, cues = self._known(own)
        spans = list(sentences(own))
        starts = [cue.start for cue in cues]
        parts = tuple(
            Part(start, sentence, tuple(
                Cue(cue.start - start, cue.end - start, cue.groups)
                for cue in cues[bisect_left(starts, start) : bisect_left(starts, end)]
            ))
            for (start, end), sentence in zip(spans, sentences_of(own, spans, marks, self._terms), strict=True)
        )  # fmt: skip
        return Text(question, replace(mended, text=spelt), parts), about

    def _known(self, text: str) -> tuple[list[Mark], list[Cue]]:
        return self._terms.marks(text), self._cues.find(text)

    def _unmatched(self, text: Text) -> tuple[str, ...]:
        """Words that no mark, cue or filler accounts for."""
        known = covered(len(text.folded) + 1, [item[:2] for item in (*text.marks, *text.cues)])
        found = (
            text.span(word.start(), word.end()).text
            for word in _WORDS.finditer(text.folded)
            if not any(known[word.start() : word.end()]) and word[0] not in self._filler
        )
        return tuple(dict.fromkeys(found))


def _strange(text: str, known: Sequence[Mark | Cue]) -> list[int]:
    """The offsets of Chinese characters that nothing known covers."""
    covers = covered(len(text), [(item.start, item.end) for item in known])
    return [found.start() for found in _HAN.finditer(text) if not covers[found.start()]]
