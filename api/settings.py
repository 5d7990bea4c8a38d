"""What the environment may say about how whyloss runs; options of the command line come first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from api.messages import messages
from kb.errors import InputError

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """How one process runs."""

    notes: Path | None = None
    """Folder of notes (`WHYLOSS_NOTES`); None stands for the notes that come with whyloss."""
    host: str = "127.0.0.1"
    """Address to listen on (`WHYLOSS_HOST`)."""
    port: int = 8000
    """Port to listen on (`WHYLOSS_PORT`); 0 takes a free one."""
    max_body: int = 8 * MEBIBYTE
    """Longest request body in bytes (`WHYLOSS_MAX_BODY`)."""
    debug: bool = False
    """Show tracebacks on the command line (`WHYLOSS_DEBUG`)."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the environment; an empty variable counts as none. Raises InputError for a number that is none."""
        notes = environment.get("WHYLOSS_NOTES")
        return cls(
            notes=Path(notes) if notes else None,
            host=environment.get("WHYLOSS_HOST") or cls().host,
            port=_number(environment, "WHYLOSS_PORT", cls().port, high=65535),
            max_body=_number(environment, "WHYLOSS_MAX_BODY", cls().max_body, high=1024 * MEBIBYTE),
            debug=bool(environment.get("WHYLOSS_DEBUG")),
        )

    def but(self, *, host: str | None, port: int | None, notes: Path | None) -> Settings:
        """These settings with what the command line says instead."""
        return replace(
            self,
            host=self.host if host is None else host,
            port=self.port if port is None else port,
            notes=self.notes if notes is None else notes,
        )


def version() -> str:
    """The installed version, or `0+unknown` where the packages run without being installed."""
    try:
        return metadata.version("whyloss")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def _number(environment: Mapping[str, str], name: str, default: int, *, high: int) -> int:
    value = environment.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and int(value) <= high):
        raise InputError(messages("en").text("errors.not_a_number", name=name, value=repr(value), low=0, high=high))
    return int(value)
