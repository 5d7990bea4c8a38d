"""The package as others get it: its pins, its wheel, its two commands."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("kb", "engine", "api")
QUESTION = "loss is NaN after epoch 3"

# In two pieces each, so that this file doesn't find itself.
PACKAGE_ADDRESSES = re.compile(
    "|".join(
        first + second
        for first, second in (
            ("index", r"[-_]url\b"),
            ("find", r"[-_]links\b"),
            ("trusted", r"[-_]host\b"),
            ("https?://[^ )]*/", r"simple(?![\w-])"),
            ("python", r"hosted\.org"),
            ("registry", r"\.npmjs"),
        )
    ),
    re.IGNORECASE,
)


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def requirements() -> list[Requirement]:
    declared = project()
    extras = declared["optional-dependencies"].values()
    return [Requirement(line) for line in (*declared["dependencies"], *(line for extra in extras for line in extra))]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def clean_environment() -> dict[str, str]:
    """The environment of somebody who has not set up this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MAKE"))}


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def succeed(*command: str | Path, cwd: Path = ROOT) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def files_of_the_repository() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = succeed("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_imported_package_is_ours_and_not_a_stranger_of_the_same_name(name: str) -> None:
    origin = importlib.import_module(name).__file__
    assert origin is not None
    assert Path(origin).resolve() == ROOT / name / "__init__.py"


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_what_pyproject_asks_for_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_a_requirement_has_a_lower_and_an_upper_bound(requirement: Requirement) -> None:
    assert {specifier.operator for specifier in requirement.specifier} == {">=", "<"}


def test_constraints_are_exact_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in pinned if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert len(pins()) == len(pinned)


def test_nothing_pulls_a_training_framework() -> None:
    assert {"torch", "jax", "tensorflow", "triton"} & pins().keys() == set()


def test_no_file_of_the_repository_names_where_packages_come_from() -> None:
    texts = ((path, path.read_text("utf-8", errors="replace")) for path in files_of_the_repository())
    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path, text in texts if (hit := PACKAGE_ADDRESSES.search(text))]
    assert found == []


def test_make_says_which_python_it_needs_when_it_finds_an_older_one(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1 && exit\nexit 1\n', "utf-8")
    old.chmod(0o755)
    done = run("make", "test", f"PYTHON={old}", f"VENV={tmp_path / 'venv'}")
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.1" in done.stderr
    assert not (tmp_path / "venv").exists()


# ---- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build", reason="needs the extra `dev`")
    folder = tmp_path_factory.mktemp("wheel")
    succeed(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    (built,) = folder.glob("whyloss-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the programs of a fresh environment that holds the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    succeed(sys.executable, "-m", "venv", folder)
    programs = folder / "bin"
    succeed(programs / "python", "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel)
    return programs


@pytest.mark.slow
def test_the_wheel_carries_the_content_and_nothing_but_the_three_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    content = {path for path in files_of_the_repository() if path.is_relative_to(ROOT / "content")}
    expected = {f"kb/_content/{path.relative_to(ROOT / 'content').as_posix()}" for path in content}
    assert expected
    assert expected <= names
    assert "kb/_content/graph.jsonl" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)


@pytest.mark.slow
def test_the_wheel_answers_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    answer = json.loads(succeed(installed / "whyloss", "ask", QUESTION, "--json", cwd=tmp_path))
    assert answer["status"] == "answered"
    assert answer["explanations"]
    assert answer["citations"]
    assert succeed(installed / "whyloss", "ask", QUESTION, cwd=tmp_path).strip()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_wheel_brings_its_own_kb_and_no_training_framework(installed: Path, tmp_path: Path) -> None:
    origin = succeed(installed / "python", "-c", "import kb; print(kb.__file__)", cwd=tmp_path)
    assert Path(origin.strip()).is_relative_to(installed.parent)
    listed = json.loads(succeed(installed / "python", "-m", "pip", "list", "--format", "json", cwd=tmp_path))
    assert {"torch", "jax", "tensorflow", "triton"} & {package["name"] for package in listed} == set()


# ---- make run


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def made(free_port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running `make run`, ended together with the server that it has started."""
    if not (ROOT / ".venv" / "ready").exists():
        pytest.skip("`make run` would install into .venv: run this test by `make slow`")
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            ["make", "run", f"PORT={free_port}", f"QUESTION={QUESTION}"],
            cwd=ROOT,
            env=clean_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        yield process
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes], *, seconds: float) -> int:
    """Status of the first answer from `url`, or 0 when the process ends or the time is up before there is one."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - a server of this test
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.2)
    return 0


@pytest.mark.slow
def test_make_run_answers_a_question_and_serves_rest(
    made: subprocess.Popen[bytes], free_port: int, tmp_path: Path
) -> None:
    status = wait_for(f"http://127.0.0.1:{free_port}/healthz", made, seconds=90)
    output = (tmp_path / "output").read_text("utf-8")
    assert status == 200, output
    assert f'ask "{QUESTION}"' in output
