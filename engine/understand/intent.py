"""What a question is after, and whether it is ours to answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from engine.model import Intent
from engine.understand.cues import Cue, Cues
from engine.understand.text import Text
from kb.content import read_toml
from kb.model import Node, NodeKind

CAUSAL: tuple[NodeKind, ...] = ("cause", "symptom")
BARE_WORDS = 4
"""Words up to which a question that names one term is taken for a look-up of the term."""
CHARACTERS_A_WORD = 2
"""Chinese characters that count as a word."""
_LATIN, _CHINESE = re.compile(r"[a-z][a-z0-9']*"), re.compile(r"[\u3400-\u9fff]")


def intent_of(text: Text, nodes: Mapping[str, Node], terms: Sequence[str], *, has_symptom: bool, tells: bool) -> Intent:
    """What is asked for in so many words; a bare term asks for its explanation; anything else describes a run.

    `tells`: it tells what was tried or what works, so that it describes a run.
    """
    groups = {group for part in text.parts for group in part.groups}
    order: tuple[Intent, ...] = ("compare", "check", "remedy", "explain")
    for intent in order:
        if f"intent.{intent}" in groups and terms and (intent in ("remedy", "check") or not has_symptom):
            return intent
    if "intent.what-now" in groups and not has_symptom and any(nodes[term].kind == "cause" for term in terms):
        return "remedy"
    if has_symptom or tells:
        return "diagnose"
    is_bare = len(terms) == 1 and _words(text) <= BARE_WORDS and nodes[terms[0]].kind not in CAUSAL
    return "explain" if is_bare else "diagnose"


def _words(text: Text) -> float:
    return len(_LATIN.findall(text.folded)) + len(_CHINESE.findall(text.folded)) / CHARACTERS_A_WORD


@dataclass(frozen=True, slots=True)
class Scope:
    """Weighs whether a question concerns the training of networks; immutable and safe to share."""

    cues: Cues
    rules: Mapping[str, Any]

    @classmethod
    def load(cls) -> Self:
        """Read `lexicon/scope.toml` and `rules/scope.toml`."""
        return cls(Cues.of(read_toml("lexicon/scope.toml")), read_toml("rules/scope.toml"))

    def find(self, folded: str) -> list[Cue]:
        """Return the phrases that tell what a text is about."""
        return self.cues.find(folded)

    def borrowed(self, cues: Sequence[Cue]) -> list[tuple[int, int]]:
        """Return the stretches whose words mean something else here ("weight loss", "model train")."""
        return [(cue.start, cue.end) for cue in cues if not set(self.rules["masks"]).isdisjoint(cue.groups)]

    def is_inside(self, text: Text, cues: Sequence[Cue], evidence: Mapping[str, int]) -> bool:
        """Whether what speaks for a question outweighs what speaks against it.

        `evidence` counts what was understood, by the names of `[evidence]`. A question that names nothing known,
        neither ours nor foreign, is ours only when it is short: it may be vague.
        """
        said: dict[str, set[str]] = {}
        for cue in cues:
            for group in cue.groups:
                said.setdefault(group, set()).add(text.folded[cue.start : cue.end])
        if not said and not any(evidence.values()):
            return _words(text) <= VAGUE_WORDS
        score = float(self.rules["base"])
        for group, phrases in said.items():
            kind, _, name = group.partition(".")
            score += self.rules["weights"].get(kind, {}).get(name, 0.0) * min(len(phrases), self.rules["most"])
        known = self.rules["evidence"]
        score += sum(known[name] * min(count, known["most"]) for name, count in evidence.items())
        return bool(score >= 0.0)


VAGUE_WORDS = 14
"""Words up to which a question without a known word is asked back instead of refused."""
