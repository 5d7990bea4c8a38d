"""The README names what exists and nothing else, and its examples run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from packaging.requirements import Requirement
from starlette.testclient import TestClient

from api.cli import main
from api.outcomes import OUTCOMES
from api.rest import create_app
from api.service import Service
from kb.check import lint
from kb.paths import content_root

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
METHODS = {"get", "post", "put", "patch", "delete"}
ADDED = ("# content/vocabulary", "# content/lexicon", "# content/corrections")


def section(title: str) -> str:
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", README, re.M | re.S)
    assert found, f"no section {title}"
    return found[2]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, their headers left out."""
    lines = re.sub(r"^\|.*\|\n\| ---.*\n", "", text, flags=re.M).splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def shell(start: str) -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith(start)]


# ---- what exists


def commands(group: click.Group, path: str = "whyloss") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_every_command_stands_in_the_table_with_its_arguments_and_options() -> None:
    named = {}
    for first, _ in rows(section("Commands")):
        words = " ".join(code(first))
        if words.startswith("whyloss"):
            path = re.match(r"[a-z ]+(?<! )", words)
            assert path
            named[path[0]] = set(re.findall(r"(?<![\w-])--?[a-z]+|\b(?:QUESTION)\b", words))
    real = {
        path: {
            name
            for parameter in command.params
            for name in ([str(parameter.name).upper()] if isinstance(parameter, click.Argument) else parameter.opts)
        }
        for path, command in commands(main)
    }
    assert named == real


def test_every_command_that_the_text_names_exists() -> None:
    known = {path for path, _ in commands(main)} | {"whyloss kb"}
    for words in re.findall(r"\bwhyloss ((?:kb )?[a-z]+)\b", " ".join(code(README) + shell("whyloss"))):
        assert f"whyloss {words}" in known


def test_the_exit_codes_are_those_of_errors() -> None:
    table = {int(number) for first, _ in rows(section("Commands")) for number in re.findall(r"\b\d+\b", first)}
    assert table == {0} | {outcome.exit_code for outcome in OUTCOMES.values()}


def test_the_variables_are_those_that_are_read() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api").glob("*.py"))
    pattern = r"\bWHYLOSS_[A-Z_]+"
    assert set(re.findall(pattern, README)) == set(re.findall(pattern, sources))


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Service.open(None)))


def test_every_endpoint_stands_in_the_table_and_no_other(client: TestClient) -> None:
    named = {name for first, *_ in rows(section("Endpoints")) for name in code(first)}
    paths = client.get("/openapi.json").json()["paths"]
    real = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method in METHODS}
    assert named == real


def test_every_dependency_stands_in_a_table() -> None:
    tables = re.split(r"\n\n", section("Dependencies").strip())
    run, develop = ({name for first, *_ in rows(table) for name in first.split(", ")} for table in tables)
    extras = [*PROJECT["optional-dependencies"].values()]
    assert run == {Requirement(line).name for line in PROJECT["dependencies"]}
    assert develop >= {Requirement(line).name for extra in extras for line in extra}


def test_every_link_and_path_inside_the_repository_exists() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#\s]+)\)", README) if "://" not in target]
    assert len(linked) > 15
    assert [target for target in linked if not (ROOT / target).exists()] == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^make ([a-z]+)", "\n".join([*code(README), *shell("make")]), re.M)
    assert named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.M)] == []


def test_roles_and_strengths_are_those_of_the_content() -> None:
    roles, _, hedges = [rows(table) for table in re.findall(r"(?:^\|.*\n)+", section("How notes are read"), re.M)]
    lexicon = tomllib.loads((content_root() / "lexicon/roles.toml").read_text(encoding="utf-8"))
    assert {name for first, *_ in roles for name in code(first)} == set(lexicon)
    strengths = tomllib.loads((content_root() / "rules/strengths.toml").read_text(encoding="utf-8"))
    assert {code(first)[0]: float(value) for first, _, value in hedges} == strengths["hedge"]


# ---- examples run


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the README's note, in which its commands run and change nothing that is shipped."""
    (note,) = blocks("markdown")
    (tmp_path / "my-notes").mkdir()
    (tmp_path / "my-notes" / "exploding.md").write_text(note, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> Result:
    program, *words = shlex.split(line, comments=True)
    assert program == "whyloss"
    return CliRunner().invoke(main, words)


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("line", shell("whyloss"))
def test_a_command_line_of_the_readme_runs(line: str) -> None:
    done = run(line)
    assert done.exit_code == 0, done.output
    assert done.output.strip()


@pytest.mark.usefixtures("desk")
def test_the_note_of_the_readme_gives_what_the_text_says() -> None:
    report = run("whyloss kb build --notes my-notes").output
    assert "1 notes, 4 statements, 1 denied ones kept apart" in report
    assert re.search(r"New terms, .*\(1\)\n.*restart the notebook kernel", report)


@pytest.mark.parametrize("line", shell("curl"))
def test_a_request_of_the_readme_is_answered(client: TestClient, line: str) -> None:
    words = shlex.split(line)
    url = next(word for word in words if word.startswith("localhost:8000")).removeprefix("localhost:8000")
    body: Any = json.loads(words[words.index("--json") + 1]) if "--json" in words else None
    answer = client.get(url) if body is None else client.post(url, json=body)
    assert answer.status_code == 200, answer.text
    assert not answer.json().get("warnings")


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (snippet,) = blocks("python")
    exec(snippet, {})  # noqa: S102 # the README is ours
    assert "[1]" in capsys.readouterr().out


def test_the_answers_shown_are_answers_given() -> None:
    shown = blocks("console")
    assert len(shown) == 2
    for block in shown:
        question, _, excerpt = block.partition("\n")
        given = run(question.removeprefix("$ ")).output
        first = re.split(r"（|\(", excerpt, maxsplit=1)[0].removeprefix("首先怀疑").removeprefix("My best guess is ")
        assert first.strip() in given
        for note, line in re.findall(r"^\[\d+\] (\S+?\.(?:md|txt)):(\d+)", excerpt, re.M):
            lines = (content_root() / "notes" / note).read_text(encoding="utf-8").splitlines()
            assert 0 < int(line) <= len(lines)


def test_what_the_readme_adds_to_the_content_holds(desk: Path) -> None:
    """Each TOML example is put where its first line says; afterwards the content has no fault."""
    root = desk / "content"
    shutil.copytree(content_root(), root, ignore=shutil.ignore_patterns("notes", "graph.jsonl"))
    examples = blocks("toml")
    assert len(examples) == len(re.findall(r"^### An? (?:term|composition|form|correction)", README, re.M)) == 4
    for example in examples:
        head, _, body = example.partition("\n")
        assert head.startswith(ADDED)
        put(root.parent / head.removeprefix("# "), body)
    assert lint(desk / "my-notes", root=root) == ()


def put(file: Path, example: str) -> None:
    """Append tables that are new; let lists that stand in the file already grow."""
    text = file.read_text(encoding="utf-8")
    known = tomllib.loads(text)
    for name, entry in tomllib.loads(example).items():
        if name not in known or name == "correction":
            text += f"\n{example}"
            continue
        for key, items in entry.items() if isinstance(entry, dict) else [(name, entry)]:
            at = text.index(f"\n[{name}]\n") if isinstance(entry, dict) else 0
            start = text.index(f"\n{key} = [", at) + len(f"\n{key} = [")
            text = text[:start] + "".join(f"{json.dumps(item)}, " for item in items) + text[start:]
    file.write_text(text, encoding="utf-8")
