"""Forms of states that are put together from parts: every way of denying times every way of falling.

never-falls = ["{neg} {fall}"]      doesn't drop, won't go down, has not improved, ... a thousand forms in one line
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from kb.composition import Sense
from kb.text import fold

_SLOT = re.compile(r"\{([a-z]+)\}")
_PREDICATES = ("state", "action")
_SEAM = re.compile(r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])")


def slots(template: str) -> list[str]:
    """Return the names of a template's parts."""
    return _SLOT.findall(template)


def with_templates(
    forms: Mapping[str, tuple[Sense, ...]], templates: Mapping[str, Any]
) -> dict[str, tuple[Sense, ...]]:
    """Return the forms with those that templates make; a form spelt out for some state or act keeps its meaning."""
    out = dict(forms)
    words = {name: tuple(map(fold, parts)) for name, parts in templates["words"].items()}
    spelt = {form for form, senses in forms.items() if any(sense.category in _PREDICATES for sense in senses)}
    for state, patterns in templates["states"].items():
        sense = Sense("state", state)
        for pattern in patterns:
            for form in _expanded(fold(pattern), words):
                known = out.get(form, ())
                if form not in spelt and sense not in known:
                    out[form] = (*known, sense)
    return out


def _expanded(template: str, words: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield every form of a template, with and without a space between Latin and Chinese parts."""
    pieces = _SLOT.split(template)
    for parts in product(*(words[piece] if at % 2 else (piece,) for at, piece in enumerate(pieces))):
        form = "".join(parts)
        yield form
        if not form.isascii():
            spaced = _SEAM.sub(" ", form)
            if spaced != form:
                yield spaced
