"""How long understanding takes: with the question's length, with the vocabulary's size, and at worst.

four times the question ≤ 6 × the time
100,000 more aliases ≤ 1.5 × the time
of 100,000 random questions none slower than 50 ms, and none that raises anything
"""

from __future__ import annotations

import gc
import itertools
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from engine.understand import Understander
from kb.cases import read_cases
from kb.composition import Sense
from kb.vocabulary import Vocabulary

ALIASES = 100_000
FUZZED = 100_000
SLOWEST = 0.05
"""Seconds."""
RUNS = 5
WORDS = """
    loss NaN nan. 梯度 学习率 過大 不 没有 not isn't val train accuracy 0.693 1e-4 .001
    74% 99 % -> → , ， 。 ? ! epoch 12 batch size lr= bs 4 fp16 fp32 fine fails
    than 比 高于 越来越 卡在 stuck at 从 到 didn't help 没用 换回 就好了 去掉 only thing I changed
    dropout optimizer.step() loss.backward() zero_grad 3.5w 两百来万 七十出头 第十五轮
    56-layer 300 张 public private 0.92 paper 论文 低 better worse the same class
    同一类 every image 不管 {} () [1,2] ``` # | 😀 ﬁ İ ß 収練 lernig gradeint weight
    loss install pip 安装 hello xyzzy aaaaaaaaaaaaaaaaaaaa
"""
PIECES = WORDS.split()


@pytest.fixture(scope="module")
def understand(vocabulary: Vocabulary) -> Understander:
    return Understander(vocabulary)


@pytest.fixture(scope="module")
def questions() -> list[str]:
    return [case.question for case in read_cases()]


def seconds(understand: Understander, questions: Sequence[str]) -> float:
    """The best of some runs over all questions."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        for question in questions:
            understand(question)
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.bench
def test_time_is_linear_in_the_length(understand: Understander, questions: list[str]) -> None:
    text = "\n".join(questions)
    short, long = (seconds(understand, [text[:size]]) for size in (5_000, 20_000))
    assert long <= 6.0 * short


@pytest.mark.bench
def test_a_question_takes_well_under_a_millisecond(understand: Understander, questions: list[str]) -> None:
    assert statistics.median(seconds(understand, [question]) for question in questions) < 1e-3


@pytest.mark.bench
def test_time_does_not_depend_on_the_vocabularys_size(vocabulary: Vocabulary, questions: list[str]) -> None:
    chance = random.Random(1)  # noqa: S311  the same aliases every time
    syllables = ["".join(pair) for pair in itertools.product("bdfgklmnprstvz", "aeiou")]
    words = sorted({"".join(chance.choices(syllables, k=3)) for _ in range(20_000)})
    characters = [chr(code) for code in range(0x4E00, 0x5E00)]
    latin = {" ".join(chance.sample(words, 2)) for _ in range(ALIASES // 2)}
    chinese = {"".join(chance.sample(characters, 5)) for _ in range(ALIASES // 2)}
    more = dict.fromkeys(sorted(latin | chinese), (Sense("node", "overfitting"),))
    large = Understander(replace(vocabulary, forms={**more, **vocabulary.forms}))
    small = Understander(vocabulary)
    for understand in (small, large):
        understand("震当")  # loads the sounds
    assert seconds(large, questions) <= 1.5 * seconds(small, questions)


@pytest.mark.slow
def test_no_question_takes_long_or_raises(understand: Understander) -> None:
    chance = random.Random(2)  # noqa: S311  the same questions every time
    slow: list[tuple[float, str]] = []
    gc.disable()  # a collection of everything the suite holds would count as the question's time
    try:
        for number in range(FUZZED):
            question = chance.choice(("", " ", "\n")).join(chance.choices(PIECES, k=chance.randint(1, 30)))
            start = time.perf_counter()
            understand(question)
            spent = time.perf_counter() - start
            if spent > SLOWEST:
                slow.append((seconds(understand, [question]), question))
            if number % 1_000 == 0:
                gc.collect()
    finally:
        gc.enable()
    assert [question for spent, question in slow if spent > SLOWEST] == []
