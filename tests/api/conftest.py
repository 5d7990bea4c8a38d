"""A service on a small folder of notes, built the way users' notes are, and the faces on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from api.rest import create_app
from api.service import Service

NOTES = Path(__file__).parent / "notes"


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the notes, one of them under a name with a blank and Chinese letters."""
    folder = tmp_path_factory.mktemp("api") / "notes"
    shutil.copytree(NOTES, folder)
    (folder / "overfitting.txt").rename(folder / "中文 笔记.txt")
    return folder


@pytest.fixture(scope="session")
def service(notes: Path) -> Service:
    return Service.open(notes)


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("WHYLOSS_NOTES", "WHYLOSS_HOST", "WHYLOSS_PORT", "WHYLOSS_MAX_BODY", "WHYLOSS_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()
