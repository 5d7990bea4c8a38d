"""Reads numbers as people write them: 1e-4, .001, 74 %, 3.5w, 两百来万, 七十出头, and what each of them counts.

Folding turns hyphens into blanks, so numbers are read from the question as it was given; their places are those of the
mended text, where marks live.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self, get_args

from kb.content import read_toml
from kb.text import fold

Unit = Literal["", "share", "time", "layers", "samples", "classes", "devices", "difference", "other"]
"""What a number counts; `share` is a part of one, `time` an epoch or step, `other` something of no interest here."""
PERCENT = 0.01
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: "-", 0x2013: "-", 0x2011: "-"}
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.^#])(?:(?<![\w)\]])[+-](?=\.?\d))?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)?(?:\.\d+|(?<=\d)\.(?![\w.]))?"
    r"(?:(?<=[\d.])e[+-]?\d+)?(?<=[\d.])",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"[<>!=]= ?$")
_SPAN = re.compile(r"[~～-]|\s[~～-]\s")
_WITHIN = re.compile(r"\s?(?:之间|左右|上下|附近|之内)")
_RANGE = re.compile(r"[~～]|\s?(?:-|to|到|至)\s?")


class Number(NamedTuple):
    """A number of the question."""

    start: int
    """Its place in the mended text."""
    end: int
    value: float
    """In the unit's own terms; a share lies in [0, 1] as a rule."""
    unit: Unit
    is_percent: bool = False


@dataclass(frozen=True, slots=True)
class NumberWords:
    """What `lexicon/numbers.toml` says, compiled."""

    digits: Mapping[str, int]
    places: Mapping[str, int]
    multipliers: re.Pattern[str]
    scale: Mapping[str, int]
    chinese: re.Pattern[str]
    after: re.Pattern[str]
    before: re.Pattern[str]
    units: Mapping[str, Unit]
    """`+form` said after a number, `-form` said before it."""
    inside: str

    @classmethod
    def load(cls) -> Self:
        """Read `lexicon/numbers.toml`."""
        return cls.of(read_toml("lexicon/numbers.toml"))

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """Compile the tables of the file."""
        digits, places, scale = table["digits"], table["places"], table["multipliers"]
        units: dict[str, Unit] = {}
        for name in get_args(Unit):
            entry = table["unit"].get(name, {}) if name else {}
            units |= {f"+{fold(form)}": name for form in entry.get("after", ())}
            units |= {f"-{fold(form)}": name for form in entry.get("before", ())}
        numeral = "".join((*digits, *places))
        vague = "".join(table["vague"]["inside"])
        tail = "|".join(map(re.escape, table["vague"]["after"]))
        return cls(
            digits=digits, places=places, scale=scale, inside=vague,
            multipliers=re.compile(rf" ?({_any(scale)})(?![a-z0-9])"),
            chinese=re.compile(rf"[{numeral}]+(?:[{vague}][{numeral}]+)?(?:点[{''.join(digits)}]+)?(?:{tail})?(?!分之)"),
            after=re.compile(rf" ?({_any(form[1:] for form in units if form[0] == '+')})(?![a-z'])"),
            before=re.compile(rf"(?:^|(?<![a-z]))({_any(form[1:] for form in units if form[0] == '-')})\s?[:=]?\s?$"),
            units=units,
        )  # fmt: skip


def _any(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))


LONGEST_BEFORE = 16
"""Characters before a number in which the word for what it counts may stand."""


class Numbers:
    """Reads a question's numbers; immutable and safe to share."""

    def __init__(self, words: NumberWords | None = None) -> None:
        self._words = words or NumberWords.load()

    def __call__(self, question: str, text: str, origin: Sequence[int]) -> list[Number]:
        """Return the numbers from left to right.

        `text` is the mended question, `origin` the place in the question of each of its characters.
        """
        plain = question.translate(_HALF)
        found = [*self._latin(plain), *self._chinese(plain)]
        out: list[Number] = []
        for start, end, value, sure in sorted(found):
            at, stop = bisect_left(origin, start), bisect_left(origin, end)
            number = self._counted(text, at, stop, value, sure=sure)
            if number and out and not number.unit and _is_range_end(plain, origin, out[-1], number):
                out[-1] = out[-1]._replace(end=number.end)
            elif number and (not out or out[-1].end <= number.start):
                if (
                    out
                    and number.unit
                    and not out[-1].unit
                    and _RANGE.fullmatch(plain, *_between(origin, out[-1], number))
                ):
                    out[-1] = out[-1]._replace(
                        unit=number.unit, is_percent=number.is_percent,
                        value=out[-1].value * (PERCENT if number.is_percent else 1.0),
                    )  # fmt: skip
                out.append(number)
        return out

    def _latin(self, plain: str) -> Iterable[tuple[int, int, float, bool]]:
        for found in _DIGITS.finditer(plain):
            if not any(char.isdigit() for char in found[0]) or _is_part_of_a_name(plain, found.start(), found.end()):
                continue
            yield found.start(), found.end(), float(found[0].replace(",", "")), True

    def _chinese(self, plain: str) -> Iterable[tuple[int, int, float, bool]]:
        """Numerals in characters; a single one is sure only beside a word for what it counts."""
        words = self._words
        for found in words.chinese.finditer(plain):
            if found.start() and plain[found.start() - 1].isdigit():
                continue
            value = self._numeral(found[0])
            if value is not None:
                sure = any(char in words.places for char in found[0][:-1]) or "十" in found[0][1:]
                yield found.start(), found.end(), value, sure or "点" in found[0]

    def _numeral(self, form: str) -> float | None:
        """The value of a Chinese numeral; a vague digit counts as half of its place."""
        whole, _, part = form.partition("点")
        total = section = 0.0
        digit: float | None = None
        place = 10.0
        for char in whole:
            if char in self._words.digits:
                digit = (digit or 0) * (10 if digit is not None else 1) + self._words.digits[char]
            elif char in self._words.places:
                place = self._words.places[char]
                if place >= self._words.places["万"]:
                    total, section, digit = (total + section + (digit or 0.0)) * place, 0.0, None
                else:
                    section, digit = section + (1.0 if digit is None else digit) * place, None
            elif char in self._words.inside:
                section += place / 20.0
        decimals = "".join(str(self._words.digits[char]) for char in part if char in self._words.digits)
        return total + section + (digit or 0.0) + (float(f"0.{decimals}") if decimals else 0.0)

    def _counted(self, text: str, start: int, end: int, value: float, *, sure: bool) -> Number | None:
        """The number with its multiplier and the word for what it counts; None for what is no number after all."""
        words = self._words
        units = words.after.match(text, end)
        scaled = words.multipliers.match(text, end)
        if scaled and not (units and len(units[1]) > len(scaled[1])):
            value, end = value * words.scale[scaled[1]], scaled.end()
            units = words.after.match(text, end)
        if units:
            unit = words.units[f"+{units[1]}"]
            percent = unit == "share"
            share = round(value * (10.0 if units[1] == "成" else 1.0) * PERCENT, 9)
            return Number(start, units.end(), share if percent else value, unit, percent)
        before = words.before.search(text, max(0, start - LONGEST_BEFORE), start)
        unit = words.units[f"-{before[1]}"] if before else ""
        if unit and (unit != "time" or value.is_integer()):
            return Number(start, end, round(value * PERCENT, 9) if unit == "share" else value, unit, unit == "share")
        return Number(start, end, value, "") if sure else None


def _is_range_end(plain: str, origin: Sequence[int], one: Number, other: Number) -> bool:
    """Whether a number only ends a range (20-22, 0.6~0.7), of which the first value is kept."""
    if other.start < one.end:
        return False
    start, end = _between(origin, one, other)
    closed = _WITHIN.match(plain, origin[other.end]) is not None
    return _SPAN.fullmatch(plain, start, end) is not None or (
        closed and _RANGE.fullmatch(plain, start, end) is not None
    )


def _between(origin: Sequence[int], one: Number, other: Number) -> tuple[int, int]:
    """The stretch of the question between two numbers."""
    return origin[one.end - 1] + 1, origin[other.start]


@dataclass(frozen=True, slots=True)
class Since:
    """Tells "since epoch 20" from "for 20 epochs"."""

    before: re.Pattern[str]
    after: re.Pattern[str]

    @classmethod
    def load(cls) -> Self:
        """Read `[since]` of `lexicon/numbers.toml`."""
        table = read_toml("lexicon/numbers.toml")
        epochs = _any(fold(form) for form in table["unit"]["time"]["before"])
        before, after = (_any(map(fold, table["since"][side])) for side in ("before", "after"))
        return cls(re.compile(rf"(?:{before})\s?(?:the )?(?:{epochs})?\s?$"), re.compile(rf"\s?(?:{after})"))

    def holds(self, text: str, time: Number) -> bool:
        """Whether something is said to hold from a time on."""
        near = self.before.search(text, max(0, time.start - LONGEST_BEFORE), time.start)
        return near is not None or self.after.match(text, time.end) is not None


def _is_part_of_a_name(plain: str, start: int, end: int) -> bool:
    """Whether digits belong to a name, a version or a condition: resnet-50, 1.8.1, x^3, yolov5s, gpt-2, norm >= 0."""
    if plain[start] == "0" and plain[start + 1 : start + 2].isdigit():
        return True
    after = plain[end : end + 2]
    if after[:1] == "." and after[1:].isdigit():
        return True
    if after[:1].isalpha() and after[:1].isascii() and not re.match(r"[a-z]+(?![\w])", plain[end : end + 12], re.I):
        return True
    if _CONDITION.search(plain, max(0, start - LONGEST_BEFORE), start):
        return True
    before = plain[max(0, start - 2) : start]
    return before[-1:] in ("-", "_", "/") and before[:1].isalpha() and before[:1].isascii()
