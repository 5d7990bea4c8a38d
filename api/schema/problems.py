"""Errors as RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from api.schema.base import Response


class FieldError(Response):
    """What is wrong with one field."""

    pointer: str = Field(description="JSON pointer into the body, or the name of a parameter.")
    detail: str


class Problem(Response):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


def field_errors(errors: Iterable[Any]) -> list[FieldError]:
    """Pydantic's findings without the input, which may hold secrets or be no text."""
    return [FieldError(pointer=_pointer(error["loc"]), detail=error["msg"]) for error in errors]


def _pointer(loc: tuple[int | str, ...]) -> str:
    parts = loc[1:] if loc and loc[0] == "body" else loc
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
