"""Symptoms of a question: those that words name, those that numbers show, those that a contrast amounts to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from engine.model import FactorFound, Observation, State
from engine.understand.collocate import Collocation
from engine.understand.levels import Judged, Shape
from engine.understand.numbers import Number, Since
from engine.understand.sides import Contrast
from engine.understand.text import Part, Text
from engine.understand.values import Figure
from kb.compose import Mention
from kb.content import read_toml
from kb.vocabulary import Vocabulary

AMBIGUOUS_CONFIDENCE = 0.5
"""Confidence that an ambiguous phrase means its likeliest symptom."""
COLLOCATION_CONFIDENCE = 0.8
"""Confidence in words that only together mean a symptom."""
NUMBERS_CONFIDENCE = 0.9
"""Confidence in what numbers show: they may be misread, or belong to another run."""


FIRST = 1.0
"""Epochs or steps up to here are the start: what holds since then never was otherwise."""


class Findings(NamedTuple):
    """What the stages before found besides the words' own mentions."""

    levels: Judged
    contrasts: Sequence[Contrast]
    collocations: Sequence[Collocation]
    absent: Sequence[tuple[str, int, int]]
    """Symptoms that are not there, each with its place."""
    valued: Sequence[Figure] = ()
    """Settings with their values."""


class Observer:
    """Finds the observations; immutable and safe to share."""

    def __init__(self, vocabulary: Vocabulary, rules: Mapping[str, Any] | None = None) -> None:
        self._vocabulary = vocabulary
        self._nodes = vocabulary.nodes
        self._rules = rules or read_toml("rules/figures.toml")
        self._since = Since.load()

    def __call__(
        self, text: Text, findings: Findings, numbers: Sequence[Number], factors: Sequence[FactorFound]
    ) -> tuple[Observation, ...]:
        """Return one observation a symptom, in the order of the text; what is seen wins over what is denied."""
        levels, compared = findings.levels, self._rules["compared"]
        found = [
            *self._named(text, numbers, findings),
            *self._told(text),
            *(seen for shape in levels.shapes for seen in self._shown(text, shape)),
            *(self._seen(compared[item.name], text, item.start, item.end) for item in levels.compared),
            *(self._seen(item.symptom, text, item.start, item.end) for item in findings.contrasts if item.symptom),
            *(self._together(item, text) for item in findings.collocations),
            *(
                replace(self._seen(symptom, text, start, end), state="absent")
                for symptom, start, end in findings.absent
            ),
        ]
        return self._refined(_resolved(_settled(self._compared(text, seen) for seen in found)), factors)

    # ---- words

    def _named(self, text: Text, numbers: Sequence[Number], findings: Findings) -> Iterator[Observation]:
        """What words name, but for what the value beside them contradicts ("stuck at 0.95")."""
        contradicted = set(self._rules["contradicted"])
        fine = [(value.start, value.end) for value in findings.levels.told if value.good]
        times = [number for number in numbers if number.unit == "time"]
        for part in text.parts:
            here = [number for number in times if part.offset <= number.start < part.end]
            onset = here[0].value if here else None
            late = bool(here) and here[0].value > FIRST and self._since.holds(text.folded, here[0])
            for mention in part.sentence.mentions:
                if self._nodes[mention.node].kind != "symptom":
                    continue
                start, end = part.offset + mention.start, part.offset + mention.end
                if mention.node in contradicted and any(a < end and start < b for a, b in fine):
                    continue
                state: State = "absent" if part.denies(mention) or self._is_denial(part, mention) else "present"
                meant = self._meanings(part, mention)
                span = text.span(start, end)
                confidence = 1.0 if len(meant) == 1 else AMBIGUOUS_CONFIDENCE
                symptom = self._rules["onset"].get(meant[0], meant[0]) if late else meant[0]
                if mention.composed and not _is_direct(part, mention):
                    symptom = self._said_of_run(symptom, part, mention, findings.valued)
                yield Observation(symptom, state, "text", span, onset, confidence, meant[1:])

    def _is_denial(self, part: Part, mention: Mention) -> bool:
        """Whether the state itself says that the symptom isn't there ("the validation loss has no upward trend")."""
        here = (mark for mark in part.sentence.marks if mark.start == mention.anchor)
        said = (sense.id for mark in here for sense in mark.form.predicates)
        return any(mention.node in self._rules["denying"].get(state, ()) for state in said)

    def _said_of_run(self, symptom: str, part: Part, mention: Mention, valued: Sequence[Figure]) -> str:
        """What a state of a setting means where that has a value, or was only tried: it is said of the run."""
        rule = self._rules["valued"].get(symptom)
        if not rule:
            return symptom
        start = part.offset + (mention.start if mention.start < mention.anchor else 0)
        has_value = any(f.holder == rule["setting"] and start <= f.start < part.offset + mention.end for f in valued)
        was_tried = _is_carried(part, mention) and part.has("tried.done")
        return str(rule["is"]) if has_value or was_tried else symptom

    def _told(self, text: Text) -> Iterator[Observation]:
        """What is seen, or is not, in causes that are told as events ("the gradients blow up") and not asked about."""
        for part in text.parts:
            for mention in part.sentence.mentions:
                symptom = self._rules["tells"].get(mention.node) if mention.composed else None
                if symptom and not (part.doubts(mention) or part.only_asks()):
                    seen = self._seen(symptom, text, part.offset + mention.start, part.offset + mention.end)
                    yield replace(seen, state="absent") if part.denies(mention) else seen

    def _meanings(self, part: Part, mention: Mention) -> tuple[str, ...]:
        """All nodes that an ambiguous phrase may mean, the likeliest first; else the mention's own."""
        if mention.composed:
            return (mention.node,)
        mark = next((mark for mark in part.sentence.marks if mark.start == mention.start), None)
        nodes = tuple(sense.id for sense in mark.senses if sense.category == "node") if mark else ()
        if len(nodes) <= 1:
            return (mention.node,)
        likeliest = self._vocabulary.likeliest.get(nodes[0], nodes[0])
        return (likeliest, *(node for node in nodes if node != likeliest))

    # ---- numbers

    def _shown(self, text: Text, shape: Shape) -> Iterator[Observation]:
        known = self._vocabulary.compositions.get((shape.metric, shape.state), ())
        present = {shape.split} - {""}
        node = next((c.node for c in known if c.needed <= present and not c.barred & present), None)
        if node and self._nodes[node].kind == "symptom":
            yield replace(self._seen(node, text, shape.start, shape.end), onset=shape.onset)

    def _seen(self, symptom: str, text: Text, start: int, end: int) -> Observation:
        return Observation(symptom, "present", "text", text.span(start, end), None, NUMBERS_CONFIDENCE)

    def _together(self, item: Collocation, text: Text) -> Observation:
        seen = self._seen(item.symptom, text, item.start, item.end)
        return replace(seen, state="absent" if item.denied else "present", confidence=COLLOCATION_CONFIDENCE)

    # ---- together

    def _compared(self, text: Text, seen: Observation) -> Observation:
        """A score that is lower after something was changed is a low one, no score that falls as training goes on."""
        meant = self._rules["changed"].get(seen.symptom)
        if meant is None or seen.span is None:
            return seen
        place = bisect_left(text.mended.origin, seen.span.start)
        at = bisect_right([part.offset for part in text.parts], place) - 1
        near = text.parts[max(0, at - 1) : at + 1]
        told = any(part.has("tried.done") for part in near) and not any(part.has("tried.failed") for part in near)
        return replace(seen, symptom=meant) if told else seen

    def _refined(self, found: Mapping[str, Observation], factors: Sequence[FactorFound]) -> tuple[Observation, ...]:
        """A more exact finding takes the place of a vaguer one: see `rules/figures.toml`."""
        out = dict(found)
        settings = {factor.factor for factor in factors}
        for rule in self._rules["given"]:
            if rule["factor"] in settings:
                for over in rule["over"]:
                    if over in out and out[over].state == "present":
                        seen = out.pop(over)
                        out.setdefault(rule["becomes"], replace(seen, symptom=rule["becomes"]))
        for rule in self._rules["implied"]:
            if rule["found"] in out and out[rule["found"]].state == "present":
                out.setdefault(rule["also"], replace(out[rule["found"]], symptom=rule["also"]))
        for rule in self._rules["refine"]:
            exact, vague = out.get(rule["found"]), out.get(rule["over"])
            if not exact or not vague or rule.get("overlap", _overlap(exact, vague)) != _overlap(exact, vague):
                continue
            if exact.state == vague.state == "present":
                del out[rule["over"]]
                if rule["becomes"] and rule["becomes"] not in out:
                    out[rule["becomes"]] = replace(vague, symptom=rule["becomes"])
        return tuple(sorted(out.values(), key=_place))


def _is_direct(part: Part, mention: Mention) -> bool:
    """Whether a state stands right behind its thing ("lr=nan")."""
    things = (mark for mark in part.sentence.marks if mark.form.thing and mention.start <= mark.start < mention.anchor)
    return any(0 <= mention.anchor - mark.end <= 1 for mark in things)


def _is_carried(part: Part, mention: Mention) -> bool:
    """Whether the thing that a state is said of stands in an earlier clause."""
    here = (mark for mark in part.sentence.marks if mention.start <= mark.start < mention.end)
    return mention.composed and not any(mark.form.thing and mark.start != mention.anchor for mark in here)


def _settled(found: Iterable[Observation]) -> dict[str, Observation]:
    """One observation a symptom: present wins over absent, then the surer, then the first."""
    out: dict[str, Observation] = {}
    for seen in found:
        known = out.get(seen.symptom)
        if known is None or _weight(seen) > _weight(known):
            out[seen.symptom] = replace(
                seen, onset=seen.onset if seen.onset is not None or known is None else known.onset
            )
    return out


def _resolved(found: Mapping[str, Observation]) -> dict[str, Observation]:
    """An ambiguous phrase says no more than what is said plainly elsewhere, where that is one of its meanings."""
    plain = {seen.symptom for seen in found.values() if seen.state == "present" and not seen.alternatives}
    return {name: seen for name, seen in found.items() if plain.isdisjoint(seen.alternatives)}


def _overlap(one: Observation, other: Observation) -> bool:
    """Whether two observations rest on some of the same words."""
    a, b = one.span, other.span
    return a is not None and b is not None and a.start < b.end and b.start < a.end


def _weight(seen: Observation) -> tuple[bool, float]:
    return seen.state == "present", seen.confidence


def _place(seen: Observation) -> tuple[int, int, str]:
    return (seen.span.start, seen.span.end, seen.symptom) if seen.span else (0, 0, seen.symptom)
