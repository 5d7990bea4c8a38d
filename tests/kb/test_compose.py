"""Nodes composed from what a sentence says of what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.terms import Terms
from kb.text import fold
from kb.vocabulary import Vocabulary


def named(terms: Terms, text: str) -> list[str]:
    folded = fold(text)
    return [mention.node for mention in terms.mentions(folded, terms.marks(folded))]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("训练集 Loss 下降得很缓慢", "train-loss-slow"),
        ("训练集的损失一直在震荡", "loss-oscillating"),
        ("验证集的损失一直在震荡", "val-metric-unstable"),
        ("验证集 loss 上升", "val-loss-rising"),
        ("validation loss is rising", "val-loss-rising"),
        ("training loss is rising", "loss-diverging"),
        ("lower the learning rate", "lower-learning-rate"),
        ("学习率再调小", "lower-learning-rate"),
        ("把学习率适当调大", "raise-learning-rate"),
        ("增加网络层数", "more-layers"),
        ("减少网络层数", "fewer-layers"),
        ("increase the batch size", "increase-batch-size"),
        ("the loss is NaN", "loss-nan"),
        ("the loss falls for the first two epochs of training and then suddenly explodes", "loss-diverging"),
        ("the gradient is NaN", "gradient-nan"),
        ("loss 不下降", "train-loss-flat"),
        ("清洗数据", "data-cleaning"),
    ],
)
def test_a_predicate_finds_the_thing_it_is_said_of(terms: Terms, text: str, node: str) -> None:
    assert node in named(terms, text)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("the learning rate is printed. The loss is too high", "learning-rate-too-high"),
        ("验证集 loss 下降，训练集 loss 上升", "val-loss-rising"),
        ("loss 不震荡", "loss-oscillating"),
        ("the loss is printed together with the time of every step when the fan explodes", "loss-diverging"),
        ("the loss of the model is printed every hundred steps, and the disk is much too large", "train-loss-high"),
    ],
)
def test_a_predicate_leaves_what_it_is_not_said_of(terms: Terms, text: str, node: str) -> None:
    assert node not in named(terms, text)


def test_compositions_name_nodes_and_the_most_specific_come_first(vocabulary: Vocabulary) -> None:
    for (thing, predicate), known in vocabulary.compositions.items():
        assert {composition.node for composition in known} <= vocabulary.nodes.keys(), (thing, predicate)
        assert [len(c.needed) for c in known] == sorted((len(c.needed) for c in known), reverse=True)


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "loss",
            "学习率",
            " 过大",
            "震荡",
            "不",
            "验证集",
            "train ",
            "，",
            "。",
            "减小",
            "gradient ",
            "is nan",
            "→",
            "的",
            "too high",
            " ",
        ]
    )
).map("".join)


@given(st.text() | FRAGMENTS)
def test_mentions_stand_in_the_text_in_order_and_name_known_nodes(terms: Terms, text: str) -> None:
    folded = fold(text)
    marks = terms.marks(folded)
    found = terms.mentions(folded, marks)
    assert found == sorted(found)
    for mention in found:
        assert mention.node in terms.vocabulary.nodes
        assert 0 <= mention.start <= mention.anchor < mention.end <= len(folded)


@given(FRAGMENTS)
def test_a_phrase_of_the_vocabulary_stands_at_its_span(terms: Terms, text: str) -> None:
    folded = fold(text)
    for mention in terms.mentions(folded, terms.marks(folded)):
        if not mention.composed:
            senses = terms.vocabulary.forms.get(folded[mention.start : mention.end].removesuffix("s"), ())
            senses += terms.vocabulary.forms.get(folded[mention.start : mention.end], ())
            shifted = {terms.vocabulary.shifts.get(s.id, {}).get("val") for s in senses} | {s.id for s in senses}
            assert mention.node in shifted
