"""Ties the numbers of a question to what they belong to: which value is whose, on which split, in which row.

    val_loss 第一轮 0.47，之后一路涨到 1.24       loss on val: 0.47, then 1.24
    train acc 99 %, 测试只有 61 %                accuracy on train: 0.99, on val: 0.61
    lr 0.01, bs 4                               learning_rate: 0.01, batch_size: 4

A number belongs to the metric or setting named before it when nothing but bridge words stand between ("loss is around
0.7"), else to the one right behind it ("70 % accuracy"); a bare percentage on a split is a score.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from engine.understand.numbers import Number
from engine.understand.text import BOTH, SHORTEST_BOTH, Split, Text
from engine.understand.values import ABOVE_ONE, CLAUSE, CLOSE, PERCENT, REPEATED, Figure, FigureWords, Holder, Nearby

BRIDGE = 48
"""Characters between a holder and its number."""
BEHIND = 12
"""Characters between a number and what is named after it."""
BETWEEN = 60
"""Characters between two values of one row."""
ROW_GAP = 6
"""Characters of punctuation between two values of one row."""
RESULT = frozenset({"poor", "reference", "reached", "sinks"})
"""Words beside a percentage that make it a score."""
SHORTEST_LOG = 3
"""Values with steps that make a log."""
BY_LAYER = "gradient"
"""The metric that has a value in each layer of one net."""
RECENT = 4
"""Values back to which a later one may belong."""
SCORE = "accuracy"
"""What a bare percentage on a split measures."""
_ROW = re.compile(r"[\s,，、;；:：/|>→~&]*")
_CLOSED = re.compile(r"\s{0,2}[:=：(（]?\s?")
_OTHER = re.compile(r"[a-z']+|[\u3400-\u9fff]{1,2}")
"""A word, of which nothing is known."""
_STOP = re.compile(r"[。！!？?\n]|\.(?=\s|$)")


class Binder:
    """Binds the numbers of one question; made, asked once, and dropped."""

    def __init__(
        self, text: Text, numbers: Sequence[Number], holders: Sequence[Holder], words: FigureWords, shares: set[str]
    ) -> None:
        self.text, self.numbers, self.holders, self.words, self.shares = text, numbers, holders, words, shares
        self.nearby = Nearby(text, numbers, words)
        self.splits = text.splits
        self.ends = [holder.end for holder in holders]
        self.starts = [holder.start for holder in holders]
        self.number_starts = [number.start for number in numbers]
        self.split_starts = [split.start for split in self.splits]
        self.lines = [part.end for part in text.parts]
        self.blank = self._blanked()
        self.taken = {*self.starts, *self.number_starts}
        self.out: list[Figure] = []

    def figures(self) -> list[Figure]:
        """Return the numbers that belong to something, in order."""
        for number in self.numbers:
            if number.unit in ("", "share") and not self._is_named(number) and not self.nearby.is_only_near(number):
                self._bind(number)
        if not any(figure.is_metric for figure in self.out):
            self._bind_log()
        return sorted(self.out, key=lambda figure: figure.at)

    def _bind_log(self) -> None:
        """Values that stand with steps only ("step 100: 2.1, step 200: 4.7 (training loss)") are of the one metric."""
        metrics = [holder for holder in self.holders if holder.is_metric]
        logged = [n for n in self.numbers if not n.unit and not self._is_named(n) and self.nearby.time(n) is not None]
        if len(logged) < SHORTEST_LOG or len({holder.name for holder in metrics}) != 1:
            return
        bound = {figure.at for figure in self.out}
        for number in logged:
            if number.start not in bound:
                self._add(
                    number, Holder(number.start, number.start, metrics[0].name, True), continues=len(self.out) > 0
                )

    def _is_named(self, number: Number) -> bool:
        """Whether digits are part of a holder's name (mAP50-95)."""
        place = bisect_right(self.starts, number.start)
        return any(number.start < holder.end for holder in self.holders[max(0, place - 1) : place])

    def _blanked(self) -> str:
        """The text with numbers and splits as blanks, so that bridges reach over them."""
        chars = list(self.text.folded)
        stretches = [*((n.start, n.end) for n in self.numbers), *((s.start, s.end) for s in self.splits)]
        for start, end in stretches:
            chars[start:end] = " " * (end - start)
        return "".join(chars)

    def _bind(self, number: Number) -> None:
        last = self.out[-1] if self.out else None
        if last and self._is_row(last, number):
            self._add(number, Holder(last.start, last.at, last.holder, last.is_metric), continues=True)
            return
        holder = self._before(number)
        if holder is None and last and self._moves(last, number):
            self._add(number, Holder(number.start, number.start, last.holder, last.is_metric), continues=True)
            return
        holder = holder or self._behind(number)
        if holder is None and last and last.is_metric and self._is_of_another(last, number):
            holder = Holder(number.start, number.start, last.holder, is_metric=True)
        spoken_of = next((figure for figure in reversed(self.out[-RECENT:]) if figure.is_metric), None)
        if holder is None and spoken_of and not number.unit and self._is_of_last(spoken_of, number):
            self._add(number, Holder(number.start, number.start, spoken_of.holder, True), continues=True)
            return
        if holder is None and self._is_score(number):
            holder = Holder(number.start, number.start, SCORE, is_metric=True)
        if holder:
            follows = last is not None and self._is_alike(last, holder) and self._moves(last, number)
            self._add(number, holder, continues=follows)

    def _is_alike(self, last: Figure, holder: Holder) -> bool:
        """Whether a holder is that of the last figure, and no other of its kind ("D loss 0, G loss up to 15")."""
        names = {self._name(last.start), self._name(holder.start)} - {""}
        return last.holder == holder.name and len(names) <= 1

    def _name(self, start: int) -> str:
        """What the holder that begins at a place is called; empty where none does."""
        place = bisect_left(self.starts, start)
        found = place < len(self.starts) and self.starts[place] == start
        return self.text.folded[start : self.ends[place]] if found else ""

    def _is_score(self, number: Number) -> bool:
        """Whether a bare number can only be a score.

        That is a percentage of a split, one that is called poor or somebody else's, or a part of one right behind a
        split.
        """
        if number.unit == "share":
            return bool(self._split_of(number, number.start)) or self._is_told_as_result(number)
        place = bisect_left(self.split_starts, number.start)
        before = [split for split in self.splits[max(0, place - 1) : place] if split.end <= number.start]
        known = self.out[-1].holder in self.shares if self.out else False
        return (
            bool(before)
            and 0.0 < number.value < (PERCENT if known else 1.0)
            and self.words.bridge.fullmatch(self.blank, before[0].end, number.start) is not None
        )

    def _is_told_as_result(self, number: Number) -> bool:
        """Whether words around a percentage measure it, and none says what it is a part of ("10 % of the data")."""
        return bool(self.nearby.groups(number) & RESULT) and not self.words.part.match(self.text.folded, number.end)

    def _is_row(self, last: Figure, number: Number) -> bool:
        """Whether nothing but punctuation stands between a value and the next."""
        between = " ".join(self.words.times.sub(" ", self.blank[last.end : number.start]).split())
        if last.holder != BY_LAYER and self._are_layers_between(last, number):
            return False
        return (
            len(between) <= ROW_GAP
            and bool(_ROW.fullmatch(between))
            and not any(last.end <= mark.start < number.start for mark in self._splits_from(last.end))
        )

    def _are_layers_between(self, last: Figure, number: Number) -> bool:
        """Whether the second value is told of a net of another depth ("2 layers 0.13, 9 layers 0.35")."""
        between = slice(bisect_left(self.number_starts, last.end), bisect_left(self.number_starts, number.start))
        return any(other.unit == "layers" for other in self.numbers[between])

    def _moves(self, last: Figure, number: Number) -> bool:
        """Whether a word between two values says that the second came later."""
        if number.start - last.end > BETWEEN or "\n" in self.text.folded[last.end : number.start]:
            return False
        wanted = {"moves", "elsewhere"} if last.is_metric else {"moves"}
        return bool(wanted & self.nearby.between(last.end, number))

    def _is_of_another(self, last: Figure, number: Number) -> bool:
        """Whether a value is of another's run or only hoped for, told after one's own ("at 0.48. Paper says 0.77")."""
        near = number.start - last.end <= BETWEEN and number.unit in ("", "share")
        return near and not self.nearby.groups(number).isdisjoint({"reference", "wished"})

    def _is_of_last(self, last: Figure, number: Number) -> bool:
        """Whether a bare value goes on about the last metric: words say so, or it is the same to the last digit."""
        return self.nearby.is_again(number) or (
            number.value == last.value and last.rounding == self.nearby.rounding(number) <= REPEATED
        )

    def _before(self, number: Number) -> Holder | None:
        place = bisect_right(self.ends, number.start)
        for holder in reversed(self.holders[max(0, place - 2) : place]):
            if number.start - holder.end > BRIDGE:
                return None
            taken = not holder.is_metric and any(figure.start == holder.start for figure in self.out[-2:])
            if not (taken or self._is_axis(holder)) and (
                self._is_bridged(holder, number) or self._is_announced(holder, number)
            ):
                return holder
        return None

    def _is_axis(self, holder: Holder) -> bool:
        """Whether a setting only names what a metric is told over ("accuracy by epoch: 88, 41", "every 10 epochs")."""
        return not holder.is_metric and self.words.axis.search(self.text.folded, 0, holder.start) is not None

    def _is_announced(self, holder: Holder, number: Number) -> bool:
        """Whether a colon or the like right before a number opens a list of the metric named last."""
        between = self.words.times.sub("", self.blank[holder.end : number.start]).rstrip()
        return (
            holder.is_metric
            and self.words.announced.search(between) is not None
            and _STOP.search(between) is None
            and not any(figure.start >= holder.start for figure in self.out[-1:])
        )

    def _is_bridged(self, holder: Holder, number: Number) -> bool:
        """Whether only bridge words stand between a holder and its number; a metric bears one word that is none."""
        at, unknown = holder.end, 0
        while at < number.start:
            known = self.words.bridge.match(self.blank, at, number.start)
            at = known.end() if known else at
            if at == number.start:
                break
            word = _OTHER.match(self.blank, at, number.start)
            unknown += 1
            if word is None or unknown > holder.is_metric:
                return False
            at = word.end()
        return True

    def _behind(self, number: Number) -> Holder | None:
        place = bisect_left(self.starts, number.end)
        for holder in self.holders[place : place + 1]:
            between = self.blank[number.end : holder.start]
            if len(between) <= BEHIND and not between.strip(" -的"):
                after = bisect_left(self.number_starts, holder.end)
                follows = after < len(self.numbers) and self.number_starts[after] - holder.end <= CLOSE
                return None if follows else holder
        return None

    def _splits_from(self, place: int) -> Sequence[Split]:
        first = bisect_left(self.split_starts, place)
        return self.splits[first : first + 2]

    def _split_of(self, number: Number, start: int) -> str:
        """The split that a value is said of: right behind it, else between the value before and it."""
        between = [split for split in self._splits_from(number.end) if split.end <= start]
        if between:
            return between[-1].name
        opening = self.words.behind.match(self.text.folded, number.end)
        after = opening.end() if opening else number.end
        for mark in self._splits_from(number.end)[:1]:
            if number.end < mark.start <= after and not self._is_followed(mark.end):
                return mark.name
        line = bisect_right(self.lines, number.start)
        floor = self.lines[line - 1] if line else 0
        last = self.out[-1] if self.out and self.out[-1].end > floor else None
        first = bisect_left(self.split_starts, last.end if last else floor)
        found = [
            split
            for split in self.splits[first : bisect_left(self.split_starts, max(start, number.start))]
            if split.end <= max(start, number.start) and not self._is_left_behind(split, number)
        ]
        return found[-1].name if found else last.split if last else ""

    def _is_left_behind(self, split: Split, number: Number) -> bool:
        """Whether a bare "both" (都) stands in an earlier clause, of which alone it speaks."""
        vague = split.name == BOTH and split.end - split.start < SHORTEST_BOTH
        return vague and CLAUSE.search(self.text.folded, split.end, number.start) is not None

    def _is_followed(self, place: int) -> bool:
        """Whether a holder or a number comes right behind a split, which then belongs to that."""
        stop = _CLOSED.match(self.text.folded, place)
        at = stop.end() if stop else place
        return at in self.taken

    def _add(self, number: Number, holder: Holder, *, continues: bool) -> None:
        last = self.out[-1] if self.out else None
        moved = continues and last is not None and (self._moves(last, number) or self.nearby.is_again(number))
        split = last.split if continues and last and holder.start == last.start else self._split_of(number, holder.end)
        groups = self.nearby.groups(number)
        if continues and last and "elsewhere" in self.nearby.between(last.end, number):
            groups |= {"elsewhere"}
        value = number.value
        if holder.name in self.shares and not number.is_percent and ABOVE_ONE < value <= PERCENT:
            value /= PERCENT
        self.out.append(
            Figure(
                holder.name, holder.is_metric, split, value, min(holder.start, number.start), number.start, number.end,
                continues, moved, self.nearby.time(number), self.nearby.rounding(number), groups - {"moves"},
            )
        )  # fmt: skip
