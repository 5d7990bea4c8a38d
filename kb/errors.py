"""What can go wrong, split by who must act; the faces turn each into a status, an exit code and a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that somebody has to mend, with the place and the way to mend it."""

    file: str
    line: int | None
    """1-based, or None when the whole file is meant."""
    what: str
    todo: str
    """What to do about it, as an imperative sentence."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what}. {self.todo}"


class WhylossError(Exception):
    """Base of all errors that whyloss raises on purpose; its text says what is wrong and what to do."""


class InputError(WhylossError):
    """The caller gave something that can't be used: a missing file, an unknown format, a bad option."""


class ContentError(WhylossError):
    """Notes, vocabulary or rules are inconsistent; the author of the content must act."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
