"""What a sentence's own wording says of it: how firmly it speaks, what it denies, asks, defines or only mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kb.claims import Kin
from kb.composition import Composition
from kb.sentences import Sentence
from kb.terms import Mention

HEDGES = ("rare", "possible", "certain", "usual")
"""In the order in which they win where a sentence has several."""
ASIDE = 8
"""Code points after "suited to" in which what follows is where a remedy fits, no remedy itself."""
NAME_MARKS = 2
"""Known words up to which an item without an act is a name; one with more is a sentence about something."""
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_ASSERTIONS = (
    "leads", "because", "indicates", "question", "why", "negation-sign", "negation-after", "negation-before", "equals",
)  # fmt: skip


def hedge(sentence: Sentence) -> str:
    """Return how firmly it speaks: a key of `rules/strengths.toml`."""
    found = set(sentence.senses("hedge"))
    return next((name for name in HEDGES if name in found), "plain")


def is_denied(sentence: Sentence) -> bool:
    """Whether nothing in it may be taken as said.

    It is denied as a whole, tried in vain, only believed by others, or asked.
    """
    return bool(sentence.cues("negation-sign", "negation-after", "negation-wide")) or is_question(sentence)


def is_dismissed(rest: Sequence[Sentence]) -> bool:
    """Whether the words after a lead do nothing but dismiss it: `梯度裁剪：无效`."""
    return bool(rest) and not rest[0].mentions and bool(rest[0].cues("negation-after"))


def is_question(sentence: Sentence) -> bool:
    """Whether it asks something without taking it for true ("why does X help?" takes it for true)."""
    end = len(sentence.folded.rstrip("?？ "))
    asks = sentence.text.rstrip().endswith(("?", "？")) or any(mark.end == end for mark in sentence.cues("asks"))
    return asks and not sentence.cues("why")


def is_pointer(sentence: Sentence) -> bool:
    """Whether it only sends the reader elsewhere."""
    return bool(sentence.cues("pointer"))


def is_name(sentence: Sentence, role: str) -> bool:
    """Whether an item reads as the name of a thing to do (or to blame) and not as a sentence about something."""
    if sentence.cues(*_ASSERTIONS):
        return False
    if role in ("remedy", "check"):
        acts = bool(sentence.senses("action")) or bool(sentence.cues("helped-by"))
        return acts or (len(sentence.marks) <= NAME_MARKS and not sentence.senses("state"))
    return not sentence.senses("role") and not sentence.senses("action")


def reasons(sentence: Sentence) -> set[Mention]:
    """Return the mentions given as reasons (after "because"): no part of what is observed."""
    out: set[Mention] = set()
    for cue in sentence.cues("because"):
        after = [mention for mention in sentence.mentions if mention.start >= cue.end]
        out.update(mention for mention in after if mention.clause == after[0].clause)
    return out


def fits_only(sentence: Sentence, mention: Mention) -> bool:
    """Whether the mention only says where something else fits ("suited to ReLU")."""
    return any(mark.end <= mention.start <= mark.end + ASIDE for mark in sentence.cues("suits"))


def defined(sentence: Sentence) -> list[str]:
    """Return what a sentence defines: the things named before "is", 是指 or an equals sign."""
    cues = sentence.cues("is", "equals")
    return [mention.node for mention in sentence.mentions if mention.end <= cues[0].start + 1] if cues else []


def implied(
    sentence: Sentence, state: str, compositions: Mapping[tuple[str, str], tuple[Composition, ...]]
) -> list[str]:
    """Return nodes that a bare quantity stands for under a role: 初始化 under 原因 is poor initialisation."""
    found = [
        composition.node for mark in sentence.marks for composition in compositions.get((mark.thing or "", state), ())
    ]
    return list(dict.fromkeys(found))


def after_concession(sentence: Sentence) -> Sentence:
    """Return what a sentence holds after "many believe X, but": X is what it denies."""
    believed = sentence.cues("negation-wide")
    turns = [mark for mark in sentence.cues("but") if believed and mark.start > believed[0].end]
    if not turns:
        return sentence
    start = turns[0].end
    return replace(
        sentence,
        marks=tuple(mark for mark in sentence.marks if mark.start >= start),
        mentions=tuple(mention for mention in sentence.mentions if mention.start >= start),
        spoken=tuple(mark for mark in sentence.spoken if mark.start >= start),
    )


def without_asides(sentence: Sentence, kin: Kin) -> Sentence:
    """Return it without settings that brackets name only as examples, and without what brackets refer the reader to."""
    dropped: list[Mention] = []
    for found in _BRACKETS.finditer(sentence.folded):
        inside = [mention for mention in sentence.mentions if found.start() < mention.start < found.end()]
        opens = next((mark for mark in sentence.marks if found.start() < mark.start < found.end()), None)
        senses = {(sense.category, sense.id) for sense in opens.senses} if opens else set()
        if senses & {("role", "reference"), ("cue", "pointer")}:
            dropped += inside
        elif ("cue", "example") in senses:
            dropped += [mention for mention in inside if kin.kind(mention.node) in ("factor", "concept")]
    kept = tuple(mention for mention in sentence.mentions if mention not in dropped)
    return replace(sentence, mentions=kept) if dropped else sentence
