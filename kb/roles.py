"""Gives each unit its role and its subject, inherited from headings, bold lines, list heads and parent items.

A frame stays open for all units below it; role and subject are inherited separately, because a heading may name only
one of them ("**Remedies:**" below "# Overfitting"):

    # Overfitting            topic overfitting
    **解决方法:**             role remedy            (topic from above)
    1. **正则化**             names a remedy: the subject of its own explanation, while role and topic go on below it
        - Dropout: …          remedied_by(overfitting, dropout)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from kb.claims import Kin
from kb.composition import AS_CAUSE
from kb.heads import BOLD_LINE, COLON_END, COMMA, HEAD_LIMIT, RESIDUE, is_denied, is_head, number_of, role_of
from kb.model import NodeKind
from kb.scope import OBJECTS, SUBJECTS, Role, Scope, Scoped, residue
from kb.sentences import Sentence, Words
from kb.units import Unit
from kb.vocabulary import Vocabulary

_PLAIN_HEAD, _NUMBERED_HEAD, _COLON_HEAD, _INTRO_LINE, _QUOTED, _ITEMS = 7.0, 7.5, 8.0, 8.9, 9.0, 10.0
_NUMBERED = re.compile(r"^[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[)）.、:：．]\s*\S")
_LISTED, _BELOW_LISTED = 8.5, 8.6
"""Levels of a bare term below a role without marks ("解决办法 / 梯度裁剪"), and of a line that goes on about it."""


@dataclass(frozen=True, slots=True)
class _Frame:
    level: float
    scope: Scope
    label: str
    number: int = 0
    """The number before a numbered heading's words."""
    sticky: bool = False
    """A prose heading whose topic outlives it where the next one names none."""


def assign(units: Sequence[Unit], words: Sequence[Words], vocabulary: Vocabulary, kin: Kin) -> list[Scoped]:
    """Return each unit with its role and subject, in order."""
    return _Walk(units, words, vocabulary, kin).scoped


class _Walk:
    def __init__(self, units: Sequence[Unit], words: Sequence[Words], vocabulary: Vocabulary, kin: Kin) -> None:
        self.units, self.words, self.kin = units, words, kin
        self.implied = {
            thing: tuple(composition.node for composition in found)
            for (thing, state), found in vocabulary.compositions.items()
            if state == AS_CAUSE
        }
        self.parents = {unit.parent for unit in units}
        self.frames: list[_Frame] = []
        self.scoped = [self._visit(index) for index in range(len(units))]

    def _visit(self, index: int) -> Scoped:
        unit, words = self.units[index], self.words[index]
        head, only_head = self._head(index)
        level = self._level(index, only_head, head)
        sticky = self._close(level, quoted=unit.quoted)
        outer = self.frames[-1].scope if self.frames else Scope()
        path = tuple(frame.label for frame in self.frames)
        if head is None:
            return Scoped(unit, words, outer, path, index in self.parents)
        role = self._role(unit, head)
        names = tuple(dict.fromkeys(mention.node for mention in head.mentions if not is_denied(head, mention)))
        if not names and role:
            outer = self._taken_up(index, outer, sticky, asks=bool(head.cues("question")))
        if role == "cause" and not self._of_kinds(names, ("cause", "symptom")) and (blamed := self._blamed(head)):
            names, role = blamed, None
        scope = self._inner(unit, outer, role, names, head)
        if only_head or unit.kind == "item":
            label = head.text.strip().rstrip(":：")
            number = number_of(unit) if _PLAIN_HEAD <= level < _QUOTED else 0
            self.frames.append(
                _Frame(
                    level,
                    scope,
                    label,
                    number=number,
                    sticky=unit.kind == "prose" and bool(scope.topic) and level != _LISTED,
                )
            )
        return Scoped(unit, words, outer, path, index in self.parents, head, role, names, only_head)

    def _taken_up(self, index: int, outer: Scope, sticky: Scope | None, *, asks: bool) -> Scope:
        """What a head without a subject ("how to fix it?") refers to: the head before it, or what was just said."""
        said = self._said(index)
        if asks and sticky and self.units[index].kind == "heading":
            return Scope(outer.role, sticky.topic, sticky.about)
        if asks and said:
            return Scope(outer.role, said, (said, *outer.about))
        if sticky and self.units[index].kind != "heading" and (not outer.topic or sticky.topic != outer.topic):
            return Scope(outer.role, sticky.topic, sticky.about)
        return outer if outer.topic or not said else Scope(outer.role, said, (said, *outer.about))

    def _said(self, index: int) -> tuple[str, ...]:
        """Causes and symptoms of the line before; those after its last "but", where it has one."""
        if not index:
            return ()
        words = self.words[index - 1].whole
        turn = max((mark.start for mark in words.cues("but")), default=0)
        named = [mention.node for mention in words.mentions if mention.start >= turn]
        return self._of_kinds(named or [mention.node for mention in words.mentions], ("cause", "symptom"))

    def _asked(self, head: Sentence) -> Role | None:
        """What a question asks for: "why is my loss NaN?" causes, "why does dropout help?" an explanation: no role."""
        names = [mention.node for mention in head.mentions]
        asks_cause = head.cues("why") and names and not self._of_kinds(names, ("remedy",))
        return "cause" if asks_cause and self._of_kinds(names, ("symptom",)) else None

    def _role(self, unit: Unit, head: Sentence) -> Role | None:
        """The role that a head sets; a lead does only when it is little else than the role's word."""
        role = role_of(head) or self._asked(head)
        marked = unit.kind == "heading" or BOLD_LINE.match(unit.raw) or residue(head) <= RESIDUE
        return role if marked else None

    def _head(self, index: int) -> tuple[Sentence | None, bool]:
        unit, words = self.units[index], self.words[index]
        if unit.kind == "heading":
            return words.whole, True
        if unit.kind not in ("item", "prose"):
            return None, False
        if unit.kind == "item" and self._loose_number(index):
            return words.whole, True
        if is_head(unit, words):
            return (
                words.whole if words.lead is None or not words.rest else words.lead,
                not words.rest or words.lead is None,
            )
        if words.lead is not None:
            return words.lead, False
        return (words.whole, False) if unit.kind == "item" else (None, False)

    def _level(self, index: int, only_head: bool, head: Sentence | None) -> float:
        unit = self.units[index]
        if unit.kind == "heading":
            return _QUOTED + unit.depth / 10 if unit.quoted else float(unit.depth)
        if unit.kind == "item":
            return self._loose_number(index) or _ITEMS + unit.depth
        if unit.kind == "prose" and only_head and unit.depth == 0:
            level = self._prose_level(index, unit, head)
            return _QUOTED + level / 10 if unit.quoted else level
        return _ITEMS + unit.depth + 1

    def _prose_level(self, index: int, unit: Unit, head: Sentence | None) -> float:
        """Unmarked headings nest by their form: a bare topic above a number above a bold or colon line."""
        if _NUMBERED.match(unit.text):
            return self._numbered_level(unit)
        if head is None or COLON_END.search(unit.text):
            if head and self._goes_on(head):
                return _BELOW_LISTED
            return _INTRO_LINE if COMMA.search(unit.text) or len(unit.text) > HEAD_LIMIT else _COLON_HEAD
        if BOLD_LINE.match(unit.raw):
            return _PLAIN_HEAD if head.mentions and role_of(head) is None else _COLON_HEAD
        role = next((frame.scope.role for frame in reversed(self.frames) if frame.level < _LISTED), None)
        named = [mention.node for mention in head.mentions]
        is_member = (
            bool(named) and role_of(head) is None and self._of_kinds(named, OBJECTS.get(role or "", ())) == tuple(named)
        )
        if is_member and not (self._opens_topic(index) and any(self.kin.level(n) == "mechanism" for n in named)):
            return _LISTED
        return _PLAIN_HEAD if named else _COLON_HEAD

    def _goes_on(self, head: Sentence) -> bool:
        """Whether a line names what the bare term above it named."""
        frame = self.frames[-1] if self.frames else None
        named = {mention.node for mention in head.mentions}
        return frame is not None and frame.level == _LISTED and bool(named & set(frame.scope.nearest))

    def _opens_topic(self, index: int) -> bool:
        """Whether the next line sets a role without a subject: then this one is the subject, whatever stands above."""
        head = self._head(index + 1)[0] if index + 1 < len(self.units) else None
        return head is not None and not head.mentions and role_of(head) is not None

    def _loose_number(self, index: int) -> float | None:
        """The level of a numbered line that stands alone above prose: a heading that CommonMark takes for a list."""
        unit = self.units[index]
        if not unit.numbered or unit.depth != 1 or index + 1 >= len(self.units) or len(unit.text) > HEAD_LIMIT:
            return None
        before = self.units[index - 1] if index else None
        following = self.units[index + 1]
        if before is not None and before.kind == "item" and before.numbered and before.line_end + 1 >= unit.line_start:
            return None
        stands_alone = following.depth == 0 and following.kind in ("prose", "row", "formula")
        return self._numbered_level(unit) if stands_alone else None

    def _numbered_level(self, unit: Unit) -> float:
        """A number goes on with the list of its predecessor; a first one opens a list below what stands above."""
        count = number_of(unit) or 1
        for frame in reversed(self.frames):
            if count > 1 and frame.number == count - 1:
                return frame.level
        top = max((frame.level for frame in self.frames if frame.level < _QUOTED), default=_PLAIN_HEAD)
        return max(_NUMBERED_HEAD, min(top + 0.1, _QUOTED - 0.1)) if count == 1 else _NUMBERED_HEAD

    def _close(self, level: float, *, quoted: bool) -> Scope | None:
        """Close the frames that end here; return the topic of a prose heading among them."""
        sticky = None
        if not quoted:
            self.frames = [frame for frame in self.frames if not _QUOTED <= frame.level < _ITEMS]
        while self.frames and self.frames[-1].level >= level:
            frame = self.frames.pop()
            is_sibling = frame.level == level < _PLAIN_HEAD and bool(frame.scope.topic)
            is_prose = frame.sticky and level in (_PLAIN_HEAD, _NUMBERED_HEAD, _COLON_HEAD)
            if sticky is None and (is_sibling or is_prose):
                sticky = frame.scope
        return sticky

    def _blamed(self, head: Sentence) -> tuple[str, ...]:
        """The causes that a bare quantity stands for: `初始权重的影响` is about poor initialisation."""
        things = [mark.thing for mark in head.marks if mark.thing]
        return tuple(dict.fromkeys(node for thing in things for node in self.implied.get(thing, ())))

    def _inner(self, unit: Unit, outer: Scope, role: Role | None, names: tuple[str, ...], head: Sentence) -> Scope:
        """What holds below a head that names `names` and sets `role`."""
        about = (names, *outer.about) if names else outer.about
        if unit.kind == "item" and role is None and head.cues("question", "why"):
            return Scope(None, outer.topic, about)
        if unit.kind == "item" and head.cues("helps") and outer.role == "remedy":
            return outer
        if role and role != "neutral":
            subjects = self._of_kinds(names, SUBJECTS.get(role, get_args(NodeKind)))
            return Scope(role, subjects or self._inherited_subject(role, outer), about)
        if not names:
            return outer
        causal = self._of_kinds(names, ("cause", "symptom"))
        if causal:
            return _below_named(outer, causal, about, is_item=unit.kind == "item")
        return Scope(outer.role if unit.kind != "heading" else None, outer.topic, about)

    def _inherited_subject(self, role: Role, outer: Scope) -> tuple[str, ...]:
        kinds = SUBJECTS.get(role, get_args(NodeKind))
        named = next((found for group in outer.about if (found := self._of_kinds(group, kinds))), ())
        nearest = self._of_kinds(outer.nearest, kinds)
        return nearest or self._of_kinds(outer.topic, kinds) or named

    def _of_kinds(self, names: Sequence[str], kinds: Sequence[str]) -> tuple[str, ...]:
        return self.kin.resolve(names, kinds)


def _below_named(outer: Scope, causal: tuple[str, ...], about: tuple[tuple[str, ...], ...], *, is_item: bool) -> Scope:
    """What holds below a head that names causes or symptoms and sets no role."""
    if outer.topic and outer.role in ("cause", "factor"):
        return Scope("effect" if is_item else None, causal, about)
    if outer.topic and outer.role in ("symptom", "effect") and is_item:
        return Scope(outer.role, outer.topic, outer.about)
    return Scope(outer.role if is_item else None, causal, about)
