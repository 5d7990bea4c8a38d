"""Answers are whole sentences with all places filled and all marks in reading order, whatever the engine found."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.citations import Numbering
from api.messages import messages
from api.phrases import Speaker
from api.words import answer
from engine.model import (
    Advice,
    Diagnosis,
    Explanation,
    Hop,
    NextQuestion,
    Passage,
    Tried,
    Understanding,
)
from kb.graph import assemble
from kb.model import Citation, Edge, Lang, Node


def cite(line: int, quote: str = "words of a note") -> Citation:
    return Citation("n.md", "T", ("H",), line, line, quote, "en")


def cause(name: str) -> Node:
    return Node(name, "cause", {"en": name, "zh": f"原因{name}"}, level="root")


GRAPH = assemble(
    [
        *(cause(name) for name in ("c0", "c1", "c2", "c3", "c4", "healthy")),
        Node("s", "symptom", {"en": "loss is NaN", "zh": "loss 为 NaN"}),
        Node("t", "symptom", {"en": "gradients are huge", "zh": "梯度极大"}),
        Node("f", "factor", {"en": "recurrent network", "zh": "循环网络"}),
        *(Node(name, "remedy", {"en": f"remedy {name}", "zh": f"办法{name}"}) for name in ("r1", "r2", "r3")),
        Node("k", "check", {"zh": "画出梯度"}),
        Node("bn", "concept", {"en": "batch norm", "zh": "批归一化"}, meaning={"en": "It scales.", "zh": "它做缩放。"}),
        Node("passage-1", "passage", {"en": "Batch norm scales."}),
    ],
    [Edge("passage-1", "bn", "explains", 1.0, (cite(90),))],
)
LANGS: tuple[Lang, ...] = ("en", "zh")


def chain(length: int, *, shown: bool = True) -> tuple[Hop, ...]:
    """From c0 over `length` other causes, to the symptom if it is shown."""
    hops = [Hop(f"c{place}", "leads_to", f"c{place + 1}", (cite(place + 1),)) for place in range(length)]
    return (*hops, Hop(f"c{length}", "has_symptom", "s", (cite(50),))) if shown else tuple(hops)


def explanation(hops: tuple[Hop, ...], probability: float = 0.7, name: str = "c0") -> Explanation:
    remedies = (Advice("r1", (cite(60), cite(61), cite(62)), (cite(65, "it **slows"),)), Advice("r2", (cite(63),)))
    return Explanation(
        name, probability, hops, (), (), (*remedies, Advice("r3", (cite(64),))), (Advice("k", (cite(70),)),)
    )


def diagnosis(*found: Explanation, intent: str = "diagnose", status: str = "answered", **more: object) -> Diagnosis:
    understanding = Understanding("en", intent, True)  # type: ignore[arg-type]
    asked = (NextQuestion("t", 0.4, ("c0", "c1")),)
    return Diagnosis(status, understanding, found, next_questions=asked, **more)  # type: ignore[arg-type]


def said(found: Diagnosis, lang: Lang = "en") -> str:
    speaker = Speaker(messages(lang), GRAPH, Numbering())
    text = answer(found, speaker)
    marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", text)]
    assert list(dict.fromkeys(marks)) == list(range(1, len(speaker.numbering.numbered()) + 1)), text
    assert not re.search(r"[{}]|  |None| [.,;。，；]|\(\)|（）", text), text
    assert text.count("**") % 2 == 0, text
    return text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("intent", ["diagnose", "remedy", "check", "explain", "compare"])
@pytest.mark.parametrize("status", ["answered", "needs_more", "not_covered", "out_of_scope"])
def test_every_situation_has_its_words(lang: Lang, intent: str, status: str) -> None:
    passage = (Passage("Batch norm\nscales.", cite(90), 1.0),)
    whole = diagnosis(explanation(chain(1)), intent=intent, status=status, passages=passage)
    for found in (
        whole,
        replace(whole, passages=()),
        replace(whole, next_questions=()),
        replace(whole, explanations=()),
    ):
        assert said(found, lang)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.floats(0, 1)), max_size=6),
    st.sampled_from(["diagnose", "remedy", "check"]),
    st.sampled_from(LANGS),
)
def test_any_chains_and_probabilities_make_whole_sentences(
    found: list[tuple[int, bool, float]], intent: str, lang: Lang
) -> None:
    explanations = [explanation(chain(length, shown=shown), chance) for length, shown, chance in found]
    assert said(diagnosis(*explanations, intent=intent), lang)


def test_a_diagnosis_says_cause_remedy_check_rival_and_question() -> None:
    found = diagnosis(explanation(chain(1)), explanation(chain(0, shown=False), 0.3, "c2"))
    assert said(found).split("\n\n") == [
        "The most likely cause is **c0** (70%): it leads to c1 [1], and that shows as “loss is NaN” [2].",
        "Try this first: remedy r1 [3][4]. A drawback the notes mention: “it slows” [5]."
        " If that isn't enough: remedy r2 [6] and remedy r3 [7].",
        "To make sure: 画出梯度 [8].",
        "It may also be:",
        "- **c2** (30%).",
        "What would tell most:",
        "- Do you see this: gradients are huge?",
    ]


def test_the_same_diagnosis_in_chinese() -> None:
    assert said(diagnosis(explanation(chain(1))), "zh").split("\n\n")[:2] == [
        "最可能的原因是**原因c0**（70%）：它会导致原因c1[1]，进而表现为“loss 为 NaN”[2]。",
        "建议先试：办法r1[3][4]。笔记提到过它的副作用[5]。如果还不够，再试：办法r2[6]和办法r3[7]。",
    ]


def test_more_symptoms_and_settings_are_told_after_the_first_path() -> None:
    more = (*chain(0), Hop("c0", "has_symptom", "t", (cite(51),)), Hop("f", "predisposes", "c0", (cite(52),)))
    first, *_ = said(diagnosis(explanation(more))).split("\n\n")
    assert first.endswith(
        "it shows as “loss is NaN” [1]. The rest fits as well: “gradients are huge” [2]."
        " What makes it likelier here: recurrent network [3]."
    )


def test_a_path_that_starts_at_a_related_cause_says_so() -> None:
    first, *_ = said(diagnosis(explanation((Hop("c1", "has_symptom", "s", (cite(1),)),)))).split("\n\n")
    assert first.endswith("it is closely related to c1; it shows as “loss is NaN” [1].")


def test_the_root_behind_a_mechanism_is_named_once() -> None:
    hops = (Hop("c1", "leads_to", "c0", (cite(1),)), *chain(0))
    found = diagnosis(explanation(hops), explanation(chain(0), 0.4, "c1"), explanation(chain(0), 0.3, "c2"))
    first, *rest = said(found).split("\n\n")
    assert first.endswith("it shows as “loss is NaN” [1]. The likeliest reason behind it: c1 [2].")
    assert not any("**c1**" in paragraph for paragraph in rest)
    assert any("**c2** (30%)" in paragraph for paragraph in rest)


def test_a_rival_with_the_same_symptom_is_named_without_repeating_it() -> None:
    rival = (Hop("c1", "has_symptom", "s", (cite(31),)),)
    other = (Hop("c2", "has_symptom", "t", (cite(32),)),)
    text = said(diagnosis(explanation(chain(0)), explanation(rival, 0.4, "c1"), explanation(other, 0.3, "c2")))
    assert re.search(r"- \*\*c1\*\* \(40%\) \[\d+\]\.", text)
    assert "**c2** (30%): it shows as “gradients are huge”" in text


def test_a_rival_that_acts_through_the_first_cause_doesnt_repeat_its_story() -> None:
    through = explanation((Hop("c1", "leads_to", "c0", (cite(31),)), *chain(0)), 0.4, "c1")
    text = said(diagnosis(explanation(chain(0)), through, explanation(chain(0), 0.3, "c2")))
    assert re.search(r"- \*\*c1\*\* \(40%\), by way of c0 \[\d+\]\.", text)
    assert "- **c2** (30%), closely related to c0." in text


def test_a_root_that_acts_through_others_says_so() -> None:
    hops = (Hop("c1", "leads_to", "c2", (cite(1),)), Hop("c2", "leads_to", "c0", (cite(2),)), *chain(0))
    first, *_ = said(diagnosis(explanation(hops))).split("\n\n")
    assert first.endswith("The likeliest reason behind it: c1, by way of c2 [2][3].")


def test_a_long_drawback_is_cited_and_not_quoted() -> None:
    long = Advice("r1", (cite(60),), (cite(65, "it slows, " * 30),))
    found = replace(explanation(chain(0)), remedies=(long,))
    assert "Try this first: remedy r1 [2]. The notes mention a drawback [3]." in said(diagnosis(found))


def test_what_was_tried_in_vain_is_not_recommended_again() -> None:
    found = diagnosis(explanation(chain(0)))
    known = replace(found.understanding, tried=(Tried("r1", helped=False), Tried("r2", helped=True)))
    text = said(replace(found, understanding=known))
    assert "remedy r1" not in text
    assert "Try this first: remedy r2" in text


def test_whoever_asks_for_remedies_of_a_cause_is_not_told_that_it_is_the_cause() -> None:
    found = diagnosis(explanation(chain(0)), intent="remedy")
    named = replace(found, understanding=replace(found.understanding, terms=("c0",)))
    assert said(named).startswith("What helps against **c0**:\n\n- remedy r1")
    assert said(found).startswith("The most likely cause is **c0**")


def test_a_normal_run_is_not_called_a_cause() -> None:
    assert said(diagnosis(explanation((), 0.8, "healthy"))).startswith("This looks like a normal run (80%).")


def test_rivals_far_behind_are_left_out() -> None:
    assert "It may also be" not in said(diagnosis(explanation(chain(0), 0.8), explanation((), 0.1, "c1")))


def test_nothing_is_asked_once_the_answer_is_sure_enough() -> None:
    assert "What would tell most" not in said(diagnosis(explanation(chain(0)), should_stop=True))


def test_an_explained_term_is_put_into_a_sentence_where_a_quoted_passage_explains_it() -> None:
    found = diagnosis(intent="explain", passages=(Passage("Batch norm\n scales.", cite(90), 1.0),))
    terms = replace(found, understanding=replace(found.understanding, terms=("bn", "not-in-the-graph")))
    assert said(terms, "zh") == "**批归一化**：它做缩放。见[1]。\n\n笔记里是这样说的：\n\n- “Batch norm scales.”[1]"
