"""What questions say: reviewable cases in cases/*.toml, and what holds for any text."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnose import Engine
from engine.model import Evidence, Understanding
from engine.understand import Understander
from kb.paths import content_root
from kb.store import load
from kb.vocabulary import Vocabulary

CASES = Path(__file__).parent / "cases"
SPANNED = ("observations", "factors", "tried", "suspicions")
PIECES = """loss NaN nan. gradeint vanishng 學習率 過大 梯度 不 没有 not isn't tried dropout 还是 still ? 。 İ ß ﬁ é 😀
val train oscilates overfit 过拟合 ： ; learnig rate too high"""
QUESTIONS = st.text() | st.lists(st.sampled_from([*PIECES.split(), "\u3000", "\n"])).map(" ".join)
STRETCHES = (
    "loss nan ",
    "oscilates",
    "not ",
    "I tried dropout. ",
    "??",
    "lernig rate too hgih, ",
    "没有过拟合 ",
    "梯度",
)


def cases() -> list[Any]:
    out = []
    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            marks = [pytest.mark.xfail(reason=case["missing"], strict=True)] if "missing" in case else []
            out.append(pytest.param(case, id=f"{path.stem}: {case['question']}", marks=marks))
    return out


def found(said: Understanding) -> dict[str, list[str]]:
    return {
        "present": [seen.symptom for seen in said.observations if seen.state == "present"],
        "maybe": [other for seen in said.observations for other in seen.alternatives],
        "absent": [seen.symptom for seen in said.observations if seen.state == "absent"],
        "factors": [factor.factor for factor in said.factors],
        "tried": [f"{tried.remedy} {'helped' if tried.helped else 'failed'}" for tried in said.tried],
        "contrasts": [f"{item.axis} {item.good}>{item.bad}" for item in said.contrasts],
        "suspected": [suspicion.cause for suspicion in said.suspicions if not suspicion.excluded],
        "excluded": [suspicion.cause for suspicion in said.suspicions if suspicion.excluded],
    }


def faults(expected: Mapping[str, Any], got: Mapping[str, Sequence[str]]) -> list[str]:
    out = [f"{field} {got[field]}, not none" for field in got if expected.get(field) == [] and got[field]]
    for field, ids in expected.items():
        for id_ in ids if field in got else ():
            if (id_.lstrip("-") in got[field]) == id_.startswith("-"):
                out.append(f"{field} {got[field]} against {id_}")
    return out


@pytest.fixture(scope="module")
def understand(vocabulary: Vocabulary) -> Understander:
    return Understander(vocabulary)


@pytest.fixture(scope="module")
def engine(understand: Understander) -> Engine:
    return Engine(load(content_root() / "graph.jsonl"), understand)


@pytest.mark.parametrize("case", cases())
def test_a_question_says(case: dict[str, Any], understand: Understander, engine: Engine) -> None:
    said = understand(case["question"])
    assert not faults(case, found(said))
    assert said.intent == case.get("intent", said.intent)
    assert said.in_scope == case.get("in_scope", said.in_scope)
    if "status" in case:
        assert engine.ask(case["question"], Evidence()).status == case["status"]


def test_every_case_names_ids_that_exist(vocabulary: Vocabulary) -> None:
    fields = ("present", "maybe", "absent", "factors", "tried", "suspected", "excluded")
    for param in cases():
        case = param.values[0]
        assert case.keys() <= {"question", "intent", "in_scope", "status", "missing", "contrasts", *fields}
        named = {id_.lstrip("-").split(" ")[0] for field in fields for id_ in case.get(field, ())}
        assert named <= vocabulary.nodes.keys()


# ---- any text


@given(question=QUESTIONS)
@settings(max_examples=300, deadline=None)
def test_every_span_is_the_askers_own_text(understand: Understander, question: str) -> None:
    said = understand(question)
    spans = [item.span for field in SPANNED for item in getattr(said, field)]
    assert all(span and span.start < span.end and question[span.start : span.end] == span.text for span in spans)
    assert all(words and words in question for words in said.unmatched)


@given(question=QUESTIONS)
@settings(max_examples=8, deadline=None)  # each makes a reader of its own
def test_the_same_question_says_the_same_whoever_reads_it(
    vocabulary: Vocabulary, understand: Understander, question: str
) -> None:
    assert Understander(vocabulary)(question) == understand(question)


@given(question=QUESTIONS)
@settings(deadline=None)
def test_the_language_of_the_answer_changes_nothing_that_is_understood(understand: Understander, question: str) -> None:
    english, chinese = understand(question, lang="en"), understand(question, lang="zh")
    assert (english.lang, chinese.lang) == ("en", "zh")
    assert found(english) == found(chinese)


@pytest.mark.parametrize("stretch", STRETCHES)
def test_time_grows_with_the_length_and_no_faster(understand: Understander, stretch: str) -> None:
    def seconds(size: int) -> float:
        question = (stretch * (size // len(stretch) + 1))[:size]
        times = []
        for _ in range(3):
            start = time.perf_counter()
            understand(question)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(8_000) < 10 * seconds(2_000) + 0.05  # four times the text; sixteen times would be quadratic


# ---- settings


def test_settings_name_factors(understand: Understander) -> None:
    factors = understand.settings([("precision", "fp16"), ("activation", "sigmoid"), ("seed", "7")])
    assert {(factor.factor, factor.source) for factor in factors} >= {("fp16-training", "context")}
    assert all(factor.span is None for factor in factors)
