"""The command line: the answers of the service, and every error in one line with the exit code of its row."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import OneLine, main
from api.schema import AskRequest, to_json
from api.service import Service
from kb.errors import ContentError, Problem
from kb.export import FORMATS

ROOT = Path(__file__).parents[2]
QUESTION = "loss is NaN after epoch 3"


def run(runner: CliRunner, *args: str, env: Mapping[str, str] | None = None) -> Result:
    return runner.invoke(main, args, env=env)


def whyloss(*args: str, stdout: int = subprocess.PIPE, **env: str) -> subprocess.Popen[bytes]:
    """The real command in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHYLOSS")} | env
    command = [sys.executable, "-W", "error", "-m", "api.cli", *args]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=stdout, stderr=subprocess.PIPE)


def one_line(stderr: str) -> str:
    assert stderr.startswith("whyloss: "), stderr
    assert stderr.count("\n") == 1, stderr
    assert "Traceback" not in stderr
    return stderr


# ---- ask


def test_json_is_that_of_rest(runner: CliRunner, service: Service, notes: Path) -> None:
    result = run(runner, "ask", QUESTION, "--json", "--top", "2", "--notes", str(notes))
    assert result.exit_code == 0
    assert result.stdout_bytes == to_json(service.ask(AskRequest(question=QUESTION, top=2))) + b"\n"


def test_the_plain_answer_lists_its_sources_as_note_and_line(runner: CliRunner, notes: Path) -> None:
    result = run(runner, "ask", QUESTION, "--notes", str(notes))
    assert result.exit_code == 0
    assert "\nSources\n[1] " in result.stdout
    assert "gradients.md:4 (Exploding gradients > Symptoms)" in result.stdout


def test_an_answer_is_in_the_language_that_is_asked_for(runner: CliRunner, notes: Path) -> None:
    assert "出处" in run(runner, "ask", QUESTION, "--lang", "zh", "--notes", str(notes)).stdout


def test_the_environment_names_the_notes(runner: CliRunner, notes: Path) -> None:
    result = run(runner, "ask", QUESTION, "--json", env={"WHYLOSS_NOTES": str(notes)})
    assert {citation["note"] for citation in json.loads(result.stdout)["citations"]} <= {
        p.name for p in notes.iterdir()
    }


def test_ask_loads_no_web_framework_and_help_nothing_heavy() -> None:
    heavy = ("fastapi", "starlette", "uvicorn")
    code = "import sys; from api.cli import main; print([name for name in {} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code.format((*heavy, "numpy", "networkx", "pydantic", "markdown_it"))],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"
    code = f"import sys; import api.service, api.schema; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# ---- kb


def test_build_prints_the_report_and_writes_only_where_it_is_told(
    runner: CliRunner, notes: Path, tmp_path: Path
) -> None:
    before = sorted(path.name for path in notes.iterdir())
    result = run(runner, "kb", "build", "--notes", str(notes), "-o", str(tmp_path / "graph.jsonl"))
    assert result.exit_code == 0
    assert "3 notes" in result.stdout
    assert (tmp_path / "graph.jsonl").read_bytes().startswith(b'{"format"')
    assert sorted(path.name for path in notes.iterdir()) == before


def test_every_export_format_is_offered_and_works(runner: CliRunner, notes: Path, tmp_path: Path) -> None:
    option = next(p for p in main.commands["kb"].commands["export"].params if p.name == "format_")  # type: ignore[attr-defined]
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(FORMATS)
    for name in FORMATS:
        file = tmp_path / name
        result = run(runner, "kb", "export", "--format", name, "--notes", str(notes), "-o", str(file))
        assert (result.exit_code, result.stdout) == (0, "")
        assert file.read_bytes()


def test_exported_json_and_graphml_can_be_read(runner: CliRunner, notes: Path) -> None:
    found = json.loads(run(runner, "kb", "export", "--format", "json", "--notes", str(notes)).stdout)
    assert {"nodes", "edges"} <= found.keys()
    ElementTree.fromstring(run(runner, "kb", "export", "--format", "graphml", "--notes", str(notes)).stdout)  # noqa: S314 - our own


def test_rest_and_export_agree_on_the_graph(runner: CliRunner, service: Service, notes: Path) -> None:
    exported = json.loads(run(runner, "kb", "export", "--format", "json", "--notes", str(notes)).stdout)
    served = json.loads(to_json(service.graph(None, 0)))
    for edge in served["edges"]:
        for citation in edge["citations"]:
            del citation["url"]
    assert served == exported


def test_lint_is_silent_on_standard_output_when_all_is_well(runner: CliRunner, notes: Path) -> None:
    result = run(runner, "kb", "lint", "--notes", str(notes))
    assert (result.exit_code, result.stdout) == (0, "")


def test_lint_lists_problems_and_exits_1(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"# T\n\ncaf\xe9\n")
    result = run(runner, "kb", "lint", "--notes", str(tmp_path))
    assert result.exit_code == 1
    assert result.stdout.startswith("latin.md:3: ")


# ---- errors


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "--help"),
        (["kb"], "--help"),
        (["--colour"], "--colour"),
        (["sing"], "sing"),
        (["ask"], "QUESTION"),
        (["ask", "x", "--colour"], "whyloss ask --help"),
        (["ask", "x", "--top", "0"], "1<=x<=20"),
        (["ask", "x", "--top", "many"], "many"),
        (["ask", "x", "--lang", "fr"], "fr"),
        (["ask", ""], "question"),
        (["ask", "  \n"], "question"),
        (["ask", "x" * 20_001], "20000"),
        (["ask", "x", "--notes", "/no/such/folder"], "/no/such/folder"),
        (["ask", "x", "--notes", __file__], "folder"),
        (["kb", "build", "--notes", "/no/such/folder"], "/no/such/folder"),
        (["kb", "lint", "--notes", "/no/such/folder"], "/no/such/folder"),
        (["kb", "export"], "--format"),
        (["kb", "export", "--format", "xml"], "xml"),
        (["kb", "export", "--format", "json", "--notes", "NOTES", "-o", "/no/such/folder/x"], "/no/such/folder/x"),
        (["kb", "export", "--format", "json", "--notes", "NOTES", "-o", "/"], "/"),
        (["kb", "build", "--notes", "NOTES", "-o", "/no/such/folder/x"], "/no/such/folder/x"),
        (["serve", "--port", "99999"], "65535"),
        (["serve", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(runner: CliRunner, notes: Path, args: list[str], says: str) -> None:
    result = run(runner, *(str(notes) if arg == "NOTES" else arg for arg in args))
    assert result.exit_code == 2
    assert says in one_line(result.stderr)
    assert result.stdout == ""


def test_a_bad_environment_is_one_line_and_exit_2(runner: CliRunner) -> None:
    result = run(runner, "serve", env={"WHYLOSS_PORT": "many"})
    assert result.exit_code == 2
    assert "WHYLOSS_PORT" in one_line(result.stderr)


@pytest.mark.parametrize(
    ("error", "exit_code", "says"),
    [
        (ZeroDivisionError("secret"), 70, "ZeroDivisionError"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (click.FileError("x", "no luck"), 2, "no luck"),
        (ContentError([Problem("a.toml", 3, "no", "Mend it")]), 1, "a.toml:3: no. Mend it"),
    ],
)
def test_whatever_a_command_raises_is_told_without_a_traceback(
    runner: CliRunner, error: BaseException, exit_code: int, says: str
) -> None:
    @click.group("whyloss", cls=OneLine)
    def group() -> None: ...

    @group.command()
    def fail() -> None:
        raise error

    result = runner.invoke(group, ["fail"])
    assert result.exit_code == exit_code
    assert says in one_line(result.stderr)
    assert "secret" not in result.stderr
    assert "Traceback" in runner.invoke(group, ["fail"], env={"WHYLOSS_DEBUG": "1"}).stderr


def test_version_and_help(runner: CliRunner) -> None:
    assert run(runner, "--version").stdout.startswith("whyloss ")
    text = run(runner, "--help").stdout
    assert set(main.commands) == {"ask", "serve", "kb"}
    assert all(name in text for name in main.commands)


# ---- in a process of its own


def test_bytes_that_are_no_text_are_refused_in_one_line() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "api.cli", "ask", b"\xff\xfe"], cwd=ROOT, capture_output=True, check=False
    )
    assert process.returncode == 2
    one_line(process.stderr.decode())


def test_a_reader_that_leaves_early_is_no_error_to_talk_about(notes: Path) -> None:
    with whyloss("kb", "export", "--format", "json", "--notes", str(notes)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(notes: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = whyloss("ask", QUESTION, "--notes", str(notes), stdout=full.fileno())
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "No space left" in one_line(stderr.decode())


def test_the_same_question_gives_the_same_bytes_whatever_python_hashes_to(notes: Path) -> None:
    answers = set()
    for seed in ("1", "2"):
        process = whyloss("ask", "验证集 loss 上升，怎么办", "--json", "--notes", str(notes), PYTHONHASHSEED=seed)
        answers.add(process.communicate(timeout=30)[0])
        assert process.returncode == 0
    assert len(answers) == 1


def test_an_answer_in_chinese_survives_a_console_without_chinese(notes: Path) -> None:
    process = whyloss("ask", "梯度爆炸怎么办", "--notes", str(notes), PYTHONIOENCODING="ascii")
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0, stderr
    assert "梯度爆炸" in stdout.decode("utf-8")


def test_serve_answers_until_it_is_interrupted_and_says_when_an_address_is_taken(notes: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = whyloss("serve", "--port", str(port), "--notes", str(notes))
        _, stderr = refused.communicate(timeout=60)
        assert refused.returncode == 2
        assert str(port) in one_line(stderr.decode())
    server = whyloss("serve", "--port", str(port), "--notes", str(notes))
    try:
        assert _answer(f"http://127.0.0.1:{port}/healthz", server) == b'{"status":"ok"}'
    finally:
        server.send_signal(signal.SIGINT)
        _, stderr = server.communicate(timeout=30)
    assert "Traceback" not in stderr.decode()


def _answer(url: str, server: subprocess.Popen[bytes]) -> bytes:
    end = time.monotonic() + 30
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - a server of this test
                body: bytes = response.read()
                return body
        except OSError:
            time.sleep(0.1)
    return b""
