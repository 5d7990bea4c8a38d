from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from kb.errors import InputError


def test_without_an_environment_the_service_stays_on_this_machine() -> None:
    assert Settings.of({}) == Settings(notes=None, host="127.0.0.1", port=8000)


def test_the_environment_is_read() -> None:
    found = Settings.of({"WHYLOSS_NOTES": "/n", "WHYLOSS_HOST": "::", "WHYLOSS_PORT": "9", "WHYLOSS_MAX_BODY": "10"})
    assert found == Settings(notes=Path("/n"), host="::", port=9, max_body=10)


def test_an_empty_variable_counts_as_none() -> None:
    assert Settings.of({"WHYLOSS_NOTES": "", "WHYLOSS_PORT": ""}) == Settings()


@pytest.mark.parametrize("port", ["x", "-1", "65536", "8000.0", "８０"])
def test_a_port_that_is_none_is_refused_by_name(port: str) -> None:
    with pytest.raises(InputError, match="WHYLOSS_PORT"):
        Settings.of({"WHYLOSS_PORT": port})


def test_the_command_line_comes_before_the_environment() -> None:
    found = Settings.of({"WHYLOSS_HOST": "h", "WHYLOSS_PORT": "9"}).but(host=None, port=0, notes=Path("n"))
    assert found == Settings(notes=Path("n"), host="h", port=0)
