"""What each error means to a caller: one table from exception class to HTTP status, exit code and problem type.

An exception is looked up by its class, then by its bases, so that the most special row wins and the last
row catches the rest. Only errors raised on purpose show their text; of others a caller learns that they happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

from api.messages import messages
from kb.errors import ContentError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fastapi import FastAPI, Request, Response
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    from api.schema import FieldError

PROBLEM_JSON = "application/problem+json"


class NotFoundError(InputError):
    """A node or note that isn't there."""


class OutputError(InputError):
    """A result that can't be written where the caller wants it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a caller gets to see of an error."""

    status: HTTPStatus
    exit_code: int
    kind: str
    """Last part of the problem type, and the key of its title."""

    @property
    def type(self) -> str:
        """The problem type, a URI."""
        return f"urn:whyloss:problem:{self.kind.replace('_', '-')}"


OUTCOMES: Mapping[type[BaseException], Outcome] = {
    NotFoundError: Outcome(HTTPStatus.NOT_FOUND, 2, "not_found"),
    OutputError: Outcome(HTTPStatus.INTERNAL_SERVER_ERROR, 2, "output"),
    click.ClickException: Outcome(HTTPStatus.UNPROCESSABLE_ENTITY, 2, "invalid_request"),
    InputError: Outcome(HTTPStatus.UNPROCESSABLE_ENTITY, 2, "invalid_request"),
    ContentError: Outcome(HTTPStatus.INTERNAL_SERVER_ERROR, 1, "content"),
    BrokenPipeError: Outcome(HTTPStatus.INTERNAL_SERVER_ERROR, 141, "output"),
    click.Abort: Outcome(HTTPStatus.SERVICE_UNAVAILABLE, 130, "interrupted"),
    KeyboardInterrupt: Outcome(HTTPStatus.SERVICE_UNAVAILABLE, 130, "interrupted"),
    BaseException: Outcome(HTTPStatus.INTERNAL_SERVER_ERROR, 70, "unexpected"),
}
"""Exit codes: 1 the notes' author must act, 2 the caller, 70 we (sysexits.h); 130, 141 as a shell has them."""


def outcome_of(error: BaseException) -> Outcome:
    """The row of the error's class or of its nearest base."""
    return next(OUTCOMES[base] for base in type(error).__mro__ if base in OUTCOMES)


def cannot_write(output: Path | None, error: OSError) -> OutputError:
    """A file, or standard output where there is none, that takes no more."""
    file = "standard output" if output is None else str(output)
    return OutputError(messages("en").text("errors.cannot_write", file=file, reason=error.strerror))


def line_of(error: BaseException) -> str:
    """What the command line says of an error, on one line except for lists of problems in content."""
    said, outcome = messages("en"), outcome_of(error)
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "whyloss"
        return said.text("errors.try_help", what=" ".join(error.format_message().split()), command=path)
    if isinstance(error, InputError | ContentError):
        return str(error)
    return said.text(f"errors.{outcome.kind}_cli", error=type(error).__name__)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    from kb.errors import WhylossError

    app.add_exception_handler(WhylossError, _on_purpose)
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]  # starlette wants Exception
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]  # starlette wants Exception
    app.add_exception_handler(Exception, _unexpected)
    _document(app)


def too_large(limit: int) -> HTTPException:
    """What stops the reading of a body beyond `limit` bytes; the framework lets only its own exception through."""
    from starlette.exceptions import HTTPException

    return HTTPException(413, messages("en").text("errors.too_large", limit=limit))


def _document(app: FastAPI) -> None:
    """Let OpenAPI say that errors are problem documents; the framework takes every model for plain JSON."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in generate()["paths"].values():
                for operation in path.values():
                    _mark_problems(operation["responses"])
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend OpenAPI


def _mark_problems(responses: dict[str, dict[str, Any]]) -> None:
    for status, response in responses.items():
        if status >= "400" and "application/json" in response["content"]:
            response["content"] = {PROBLEM_JSON: response["content"].pop("application/json")}


async def _on_purpose(_: Request, error: Exception) -> Response:
    outcome = outcome_of(error)
    detail = str(error) if isinstance(error, InputError) else messages("en").text(f"errors.{outcome.kind}")
    return _problem(outcome.type, _title(outcome), outcome.status, detail)


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    from api.schema import field_errors

    outcome, found = OUTCOMES[InputError], error.errors()
    malformed = any(item["type"] == "json_invalid" for item in found)
    detail = messages("en").text("errors.malformed_json" if malformed else "errors.invalid_request")
    return _problem(outcome.type, _title(outcome), outcome.status, detail, errors=field_errors(found))


async def _http(request: Request, error: HTTPException) -> Response:
    """What the framework says by itself, which keeps the status it has and needs no type of ours (RFC 9457, 4.2.1)."""
    status = HTTPStatus(error.status_code)
    allowed = (error.headers or {}).get("Allow", "")
    key = f"errors.http_{status.value}"
    key = key if messages("en").has(key) else "errors.http"
    detail = messages("en").text(key, method=request.method, allowed=allowed, told=error.detail)
    return _problem("about:blank", status.phrase, status, detail, headers=error.headers)


async def _unexpected(_: Request, error: Exception) -> Response:
    outcome = outcome_of(error)
    return _problem(outcome.type, _title(outcome), outcome.status, messages("en").text("errors.unexpected"))


def _title(outcome: Outcome) -> str:
    return messages("en").text(f"titles.{outcome.kind}")


def _problem(
    type: str,
    title: str,
    status: HTTPStatus,
    detail: str,
    *,
    errors: Iterable[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    from fastapi import Response

    from api.schema import Problem

    found = None if errors is None else list(errors)
    problem = Problem(type=type, title=title, status=status, detail=detail, errors=found)
    content = problem.model_dump_json(exclude_none=True).encode()
    return Response(content, status, headers, media_type=PROBLEM_JSON)
