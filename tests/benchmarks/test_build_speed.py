"""How long building takes, beside what merely parsing the same Markdown takes in the same run on the same machine.

    full build of 1,000 notes ≤ 4 × markdown-it-py on their texts
    1,000 notes ≤ 2.4 × 500 notes: the time grows with the notes
    a rebuild after one changed note ≤ 5 % of the full build

Notes are the shipped ones over and over with their terms changed, so that no two say the same. Times are the best of
several runs, since a busy machine only ever adds to them.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from kb.build import Builder, Built
from kb.convert import Converter
from kb.paths import content_root

pytestmark = pytest.mark.bench

TERMS = ("Dropout", "overfitting", "过拟合", "学习率", "gradient", "梯度", "loss", "batch", "BN")
RUNS = 2


@dataclass
class Folder:
    """Notes on disk, and how long it took to parse, build and rebuild them: the best of some runs, in seconds."""

    path: Path
    texts: list[str]
    parse: float = float("inf")
    full: float = float("inf")
    again: float = float("inf")


def multiplied(path: Path, count: int) -> Folder:
    """Write so many notes, each a shipped one with some of its terms numbered."""
    path.mkdir()
    chance = random.Random(1)  # noqa: S311  the same notes every time
    shipped = sorted((content_root() / "notes").rglob("*.*"))
    texts = []
    for number in range(count):
        source = shipped[number % len(shipped)]
        text = source.read_text(encoding="utf-8")
        for term in TERMS:
            if chance.random() < 0.5:
                text = text.replace(term, term + chance.choice(["", f"x{number}", f" {number}"]))
        (path / f"{number:05}{source.suffix}").write_text(text, encoding="utf-8")
        texts.append(text)
    return Folder(path, texts)


def seconds(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def measure(folder: Folder, converter: Converter) -> None:
    """Take one round of times and keep the best so far."""
    parser = MarkdownIt("commonmark").enable("table")
    folder.parse = min(folder.parse, seconds(lambda: sum(len(parser.parse(text)) for text in folder.texts)))
    builder, kept = Builder(folder.path, converter=converter), list[Built]()
    folder.full = min(folder.full, seconds(lambda: kept.append(builder.build())))
    changed = sorted(folder.path.iterdir())[3]
    text = changed.read_text(encoding="utf-8")
    for run in range(RUNS):
        changed.write_text(f"学习率过大会导致 loss 震荡 {run}\n\n{text}", encoding="utf-8")
        folder.again = min(folder.again, seconds(lambda: kept.append(builder.build())))
    changed.write_text(text, encoding="utf-8")
    assert {len(built.notes) for built in kept} == {len(folder.texts)}
    assert len({built.graph.graph["version"] for built in kept}) == RUNS + 1


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory, converter: Converter) -> tuple[Folder, Folder]:
    base = tmp_path_factory.mktemp("speed")
    half, whole = multiplied(base / "half", 500), multiplied(base / "whole", 1_000)
    for _ in range(RUNS):
        measure(half, converter)
        measure(whole, converter)
    print("\n notes  characters  markdown-it  build  build/markdown-it  rebuild  rebuild/build")
    for folder in (half, whole):
        print(
            f"{len(folder.texts):6}{sum(map(len, folder.texts)):12,}{folder.parse:11.2f} s{folder.full:6.2f} s"
            f"{folder.full / folder.parse:18.2f}{folder.again:8.3f} s{folder.again / folder.full:14.1%}"
        )
    return half, whole


def test_a_build_takes_at_most_four_times_as_long_as_parsing_markdown(folders: tuple[Folder, Folder]) -> None:
    assert folders[1].full <= 4 * folders[1].parse


def test_the_time_grows_with_the_notes(folders: tuple[Folder, Folder]) -> None:
    assert folders[1].full <= 2.4 * folders[0].full


def test_a_rebuild_after_one_change_takes_a_twentieth_of_a_build(folders: tuple[Folder, Folder]) -> None:
    assert folders[1].again <= 0.05 * folders[1].full
