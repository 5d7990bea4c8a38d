"""The shipped cases: well-formed, each thread told once, every id known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.cases import Case, read_cases, unused
from kb.errors import ContentError
from kb.terms import Terms
from kb.vocabulary import Vocabulary

ROW: dict[str, Any] = {
    "id": "x-1", "lang": "en", "question": "loss is nan", "primary": "learning-rate-too-high", "acceptable": [],
    "symptoms": ["loss-nan"], "absent_symptoms": [], "source": "https://example.org/1",
}  # fmt: skip


def write(root: Path, *rows: object) -> Path:
    (root / "cases").mkdir(exist_ok=True)
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    (root / "cases/a.jsonl").write_text(text, encoding="utf-8")
    return root


def test_the_shipped_cases_are_many_in_both_languages(vocabulary: Vocabulary) -> None:
    cases = read_cases(nodes=vocabulary.nodes)
    assert sum(case.lang == "en" for case in cases) >= 200
    assert sum(case.lang == "zh" for case in cases) >= 200
    assert sum(case.primary == "out-of-scope" for case in cases) >= 80
    assert sum(case.primary == "healthy" for case in cases) >= 40


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (["no json"], "no JSON"),
        (["[1]"], "needs the fields"),
        ([{**ROW, "extra": 1}], "needs the fields"),
        ([{key: ROW[key] for key in ROW if key != "primary"}], "needs the fields"),
        ([{**ROW, "lang": "fr"}], "one of the languages"),
        ([{**ROW, "question": " "}], "needs a question"),
        ([ROW, {**ROW, "id": "x-2", "question": "other"}], "thread is that of x-1"),
        ([ROW, {**ROW, "id": "x-2", "source": ""}], "question is that of x-1"),
        ([{**ROW, "primary": "gremlins"}], "`gremlins` is no node"),
        ([{**ROW, "doubtful_symptoms": ["gremlins"]}], "`gremlins` is no node"),
    ],
)
def test_a_faulty_case_is_named_with_its_line(
    rows: list[object], what: str, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    with pytest.raises(ContentError) as caught:
        read_cases(write(tmp_path, *rows), nodes=vocabulary.nodes)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, what in problem.what) == ("cases/a.jsonl", len(rows), True)


def test_a_case_is_read(tmp_path: Path) -> None:
    (case,) = read_cases(write(tmp_path, ROW))
    assert case == Case(
        "x-1", "en", "loss is nan", "learning-rate-too-high", (), ("loss-nan",), (), (), "https://example.org/1"
    )


def test_entries_that_no_case_names_are_listed(tmp_path: Path, terms: Terms) -> None:
    entries = unused(terms, read_cases(write(tmp_path, ROW)))
    assert "loss-nan" not in entries
    assert "overfitting" in entries
