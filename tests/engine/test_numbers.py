"""Numbers as people write them, and what each of them counts."""

from __future__ import annotations

import pytest

from engine.understand.numbers import Number, Numbers
from kb.text import fold

READ = Numbers()


def numbers(text: str) -> list[Number]:
    return READ(text, fold(text), range(len(text) + 1))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1e-4 2e-04 .001 3.", [1e-4, 2e-4, 1e-3, 3.0]),
        ("0.74 and 74 %", [0.74, 0.74]),
        ("３.５ｗ, 847k, 2.5M, 847,042", [35_000.0, 847_000.0, 2_500_000.0, 847_042.0]),
        ("84.7 万 两百来万 七十出头 六十几 五十多 十五轮", [847_000.0, 2_050_000.0, 70.0, 60.5, 50.5, 15.0]),
        ("九成 百分之七十 百分之90", [0.9, 0.7, 0.9]),
        ("-1 and +2 but not 3-1", [-1.0, 2.0, 3.0]),
        ("1.2 1.0 0.9", [1.2, 1.0, 0.9]),
        ("between 20-22, 49%~50%, 10到20之间", [20.0, 0.49, 0.5, 10.0]),
        ("50-95 ~0.1", [50.0, 0.1]),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, values: list[float]) -> None:
    assert [number.value for number in numbers(text)] == pytest.approx(values)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("epoch 12", "time"),
        ("12 epochs", "time"),
        ("第15轮", "time"),
        ("第三个epoch后", "time"),
        ("a 56-layer net", "layers"),
        ("三十层", "layers"),
        ("300 张训练图", "samples"),
        ("323 pictures", "samples"),
        ("10 classes", "classes"),
        ("四卡", "devices"),
        ("32G", "other"),
        ("掉了 3 个点", "difference"),
        ("61 %", "share"),
        ("0.61", ""),
    ],
)
def test_what_a_number_counts_is_told_by_the_words_around_it(text: str, unit: str) -> None:
    assert [number.unit for number in numbers(text)] == [unit]


@pytest.mark.parametrize(
    "text", ["resnet50", "ResNet-152", "yolov5s", "torch 1.8.1", "x^3", "一直", "一个样", "VOC 07"]
)
def test_a_number_that_is_part_of_a_name_is_none(text: str) -> None:
    assert numbers(text) == []


def test_a_range_shares_its_unit() -> None:
    assert [number.unit for number in numbers("3~5 个 epoch")] == ["time", "time"]
    assert [number.value for number in numbers("from 81 to 74 %")] == pytest.approx([0.81, 0.74])


def test_places_are_those_of_the_text() -> None:
    text = "lr 1e-4，准确率 七十出头"
    assert [text[number.start : number.end] for number in numbers(text)] == ["1e-4", "七十出头"]
