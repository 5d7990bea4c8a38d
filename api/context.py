"""What people call the settings of a run, put into the names that the engine reads (`content/rules/context.toml`)."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeGuard

from api.messages import Messages
from kb.content import read_toml

Scalar = str | float | int | bool


@dataclass(frozen=True, slots=True)
class Switch:
    """A yes-or-no setting that says what another setting is."""

    key: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Names:
    """Folded spelling to setting."""

    keys: Mapping[str, str]
    switches: Mapping[str, Switch]


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning that waits for its language."""

    key: str
    about: str = ""

    def text(self, messages: Messages) -> str:
        """The warning as a sentence."""
        return messages.text(f"warnings.{self.key}", about=repr(self.about))


def settings_of(context: Mapping[str, object]) -> tuple[dict[str, Scalar], list[Remark]]:
    """The settings under the engine's names, and a remark on each that can't be used; null says nothing."""
    settings: dict[str, Scalar] = {}
    remarks: list[Remark] = []
    for name, value in context.items():
        if value is None:
            continue
        key, meant = _read(name, value)
        if key is None:
            remarks.append(Remark("unknown_setting", name))
        elif not _is_scalar(meant):
            remarks.append(Remark("odd_setting", name))
        elif key in settings:
            remarks.append(Remark("setting_twice", key))
        else:
            settings[key] = meant
    return settings, remarks


def _is_scalar(value: object) -> TypeGuard[Scalar]:
    """A word, a yes or no, or a number that is one."""
    return isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) <= sys.float_info.max)


def _read(name: str, value: object) -> tuple[str | None, object]:
    """The engine's name, None if there is none, and what the value means under it."""
    folded = _folded(name)
    switch = _names().switches.get(folded)
    if switch is None:
        return _names().keys.get(folded), value
    return switch.key, (switch.yes if value else switch.no) if isinstance(value, bool) else value


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


@cache
def _names() -> Names:
    table = read_toml("rules/context.toml")
    keys = {_folded(name): key for key, also in table["keys"].items() for name in (key, *also)}
    switches = {
        _folded(name): Switch(row["key"], row["yes"], row["no"])
        for key, row in table["switches"].items()
        for name in (key, *row["also"])
    }
    return Names(keys, switches)
