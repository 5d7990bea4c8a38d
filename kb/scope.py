"""The values between roles and extraction: what holds for a unit by its place in the note."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb.model import NodeKind
from kb.sentences import Sentence, Words
from kb.units import Unit

Role = Literal[
    "definition", "symptom", "cause", "factor", "remedy", "check",
    "caution", "benefit", "reference", "example", "neutral", "effect",
]  # fmt: skip
OBJECTS: Mapping[str, tuple[NodeKind, ...]] = {
    "symptom": ("symptom", "cause"), "cause": ("cause", "factor"), "factor": ("factor", "cause"),
    "remedy": ("remedy",), "check": ("check",), "effect": ("symptom", "cause"),
}  # fmt: skip
"""What the items of a section name, by the section's role."""
SUBJECTS: Mapping[str, tuple[NodeKind, ...]] = {
    "symptom": ("cause", "symptom"), "cause": ("cause", "symptom"), "factor": ("cause",), "effect": ("cause",),
    "remedy": ("cause", "symptom"), "check": ("cause", "symptom"), "caution": ("remedy",), "benefit": ("remedy",),
}  # fmt: skip
"""What a section of a role can be about."""
_LETTER = re.compile(r"[a-zA-Z]+|[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for the statements of a unit."""

    role: Role | None = None
    topic: tuple[str, ...] = ()
    """The subject of the role.

    Causes or symptoms for symptoms, causes and remedies; remedies for drawbacks and benefits.
    """
    about: tuple[tuple[str, ...], ...] = ()
    """What is spoken of: groups of nodes of any kind named above, the nearest first."""

    @property
    def nearest(self) -> tuple[str, ...]:
        """The innermost group of things spoken of."""
        return self.about[0] if self.about else ()


@dataclass(frozen=True, slots=True)
class Scoped:
    """A unit in its context."""

    unit: Unit
    words: Words
    scope: Scope
    """Inherited from above."""
    path: tuple[str, ...]
    """Words of the headings and heads above, outermost first."""
    has_children: bool
    """Other units stand under this one."""
    head: Sentence | None = None
    """The part that names what the unit or its children are about; None for plain prose."""
    role: Role | None = None
    """The role that the head itself sets."""
    names: tuple[str, ...] = ()
    """Nodes that the head names."""
    only_head: bool = False
    """The unit is nothing but a head."""

    @property
    def has_lead(self) -> bool:
        """The unit begins with a term and goes on to explain it."""
        return self.words.lead is not None and bool(self.words.rest)


def residue(sentence: Sentence) -> int:
    """Return how many words of a line no mark explains; a Chinese character counts as one."""
    rest: list[str] = []
    at = 0
    for mark in sentence.marks:
        rest.append(sentence.folded[at : mark.start])
        at = mark.end
    rest.append(sentence.folded[at:])
    return len(_LETTER.findall(" ".join(rest)))
