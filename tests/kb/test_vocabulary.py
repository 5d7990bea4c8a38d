"""Faults of the vocabulary are found together, each with its file and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.content import read_toml
from kb.errors import ContentError, Problem
from kb.paths import content_root
from kb.terms import Terms
from kb.text import fold
from kb.vocabulary import Vocabulary, load_vocabulary

GOOD = """
[{id}]
level = "root"
label = {{ en = "{en}", zh = "{zh}" }}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder with the shipped lexicon, without what it says of nodes, and no nodes yet."""
    shutil.copytree(content_root() / "lexicon", tmp_path / "lexicon")
    combine = read_toml("lexicon/combine.toml")
    reach = combine.pop("reach")
    emptied = "\n".join(f"{name} = {'{}' if isinstance(value, dict) else '[]'}" for name, value in combine.items())
    emptied += f"\nreach = {{ note = {reach['note']}, question = {reach['question']} }}\n"
    (tmp_path / "lexicon/combine.toml").write_text(emptied, encoding="utf-8")
    (tmp_path / "vocabulary").mkdir()
    return tmp_path


def write(root: Path, file: str, text: str) -> None:
    (root / "vocabulary" / file).write_text(text, encoding="utf-8")


def faults(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        load_vocabulary(root)
    return caught.value.problems


def test_a_node_is_found_by_label_and_alias(root: Path) -> None:
    write(root, "causes.toml", GOOD.format(id="wild-goose", en="wild goose", zh="野鹅") + 'aliases.zh = ["大雁"]')
    terms = Terms(load_vocabulary(root))
    for phrase in ("wild goose", "Wild-Geese wild goose", "野鵝", "大雁"):
        assert [mark.form.node for mark in terms.marks(fold(phrase)) if mark.form.node] == ["wild-goose"]


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        ("things.toml", GOOD.format(id="a", en="qa", zh="甲甲"), "no node kind"),
        ("causes.toml", GOOD.format(id="Not_Kebab", en="qa", zh="甲甲"), "kebab-case"),
        ("causes.toml", '[a]\nlevel = "root"\nlabel = { en = "qa" }', "lacks a label in both languages"),
        ("causes.toml", '[a]\nlabel = { en = "qa", zh = "甲甲" }', "has no level"),
        ("causes.toml", GOOD.format(id="a", en="qa", zh="甲甲") + 'broader = "b"', "filed under unknown `b`"),
        ("composed.toml", 'nobody = ["loss nan"]', "no node of the vocabulary"),
        ("composed.toml", 'nobody = ["unheard-of nan"]', "uses parts that no lexicon defines: unheard-of"),
        ("composed.toml", 'nobody = ["loss gradient"]', "needs one thing and one state or action"),
    ],
)
def test_a_fault_names_its_file_and_the_way_to_mend_it(root: Path, file: str, text: str, what: str) -> None:
    write(root, file, text)
    found = [problem for problem in faults(root) if what in problem.what]
    assert [problem.file for problem in found] == [f"vocabulary/{file}"]
    assert all(problem.todo for problem in found)


def test_an_id_and_an_alias_have_one_owner(root: Path) -> None:
    write(root, "causes.toml", GOOD.format(id="one", en="same words", zh="甲甲"))
    two = '[two]\nlabel = { en = "Same-Words", zh = "丙丙" }'
    write(root, "factors.toml", '[one]\nlabel = { en = "qb", zh = "乙乙" }\n' + two)
    assert [problem.what for problem in faults(root)] == [
        "`one` is defined twice (also in vocabulary/causes.toml)",
        "the alias 'same words' of `two` belongs to `one` already",
    ]


def test_faults_of_all_files_come_together(root: Path) -> None:
    write(root, "causes.toml", '[a]\nlabel = { en = "qa", zh = "甲甲" }')
    write(root, "remedies.toml", '[b]\nlabel = { en = "qb" }')
    write(root, "composed.toml", 'c = ["loss nan"]')
    assert {problem.file for problem in faults(root)} == {
        "vocabulary/causes.toml", "vocabulary/remedies.toml", "vocabulary/composed.toml",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"[a\n", b"\xff\xfe"], ids=["no TOML", "no UTF-8"])
def test_a_file_that_is_no_toml_is_the_authors_fault(root: Path, data: bytes) -> None:
    (root / "vocabulary/causes.toml").write_bytes(data)
    (problem,) = faults(root)
    assert (problem.file, "not valid TOML" in problem.what) == ("vocabulary/causes.toml", True)


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "lexicon/combine.toml").unlink()
    (problem,) = faults(root)
    assert problem.file == "lexicon/combine.toml"


def test_what_the_shipped_tables_refer_to_exists(vocabulary: Vocabulary) -> None:
    known = vocabulary.nodes.keys()
    named = {node for shifts in vocabulary.shifts.values() for node in shifts.values()} | vocabulary.shifts.keys()
    named |= {*vocabulary.contrary.keys(), *vocabulary.contrary.values()}
    named |= {sense.id for senses in vocabulary.forms.values() for sense in senses if sense.category == "node"}
    assert named <= known


def test_every_shipped_form_is_folded(vocabulary: Vocabulary) -> None:
    assert [form for form in vocabulary.forms if form != " ".join(fold(form).split(" "))] == []
