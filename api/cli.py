"""The command line's face. Each command imports what it needs: `--help` is quick, `ask` needs no web framework."""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from api import outcomes
from api.messages import messages
from api.settings import Settings, version

NOTES = click.option(
    "--notes",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of Markdown or text notes; default: the shipped ones.",
)
OUTPUT = click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; default: standard output."
)


class OneLine(click.Group):
    """A group of commands that says every error in one line on standard error, with the exit code of its row."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command and exit."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            code = super().main(*args, **{"prog_name": "whyloss"} | options | {"standalone_mode": False})
        except (Exception, KeyboardInterrupt) as error:
            code = _report(error)
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors end here, before click makes several lines of them."""
        try:
            super().invoke(ctx)
            sys.stdout.flush()
        except click.exceptions.Exit:
            raise
        except (Exception, KeyboardInterrupt) as error:
            sys.exit(_report(error))


@click.group("whyloss", cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="whyloss", message="%(prog)s %(version)s")
def main() -> None:
    """Why a training goes wrong, what to do about it, and which lines of which note say so."""


@main.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="The same JSON as POST /v1/ask.")
@click.option("--top", type=click.IntRange(1, 20), default=5, show_default=True, help="How many causes at most.")
@click.option("--lang", type=click.Choice(["auto", "en", "zh"]), default="auto", help="Language of the answer.")
@NOTES
def ask(question: str, as_json: bool, top: int, lang: str, notes: Path | None) -> None:
    """Answer a QUESTION about a training that goes wrong."""
    from api.schema import asked, to_json
    from api.service import Service

    request = asked(question=question, top=top, lang=lang)
    service = Service.open(notes or _settings().notes)
    response = service.ask(request)
    _write(to_json(response) + b"\n" if as_json else service.plain(response) + "\n")


@main.command()
@click.option("--host", help="Address to listen on; default: WHYLOSS_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; default: WHYLOSS_PORT or 8000.")
@NOTES
def serve(host: str | None, port: int | None, notes: Path | None) -> None:
    """Answer over HTTP: /docs shows how."""
    from api.server import run

    settings = _settings().but(host=host, port=port, notes=notes)
    run(settings)


@main.group()
def kb() -> None:
    """The graph behind the answers: build it from notes, export it, check it."""


@kb.command()
@NOTES
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the graph there.")
def build(notes: Path | None, output: Path | None) -> None:
    """Convert the notes; print what was found, what was not understood and what conflicts."""
    from api.library import build_notes

    _write(build_notes(notes or _settings().notes, output).rstrip("\n") + "\n")


@kb.command()
@click.option("--format", "format_", required=True, type=click.Choice(["json", "graphml", "jsonld", "cypher"]))
@NOTES
@OUTPUT
def export(format_: str, notes: Path | None, output: Path | None) -> None:
    """The graph for other programs."""
    from api.library import export_notes

    _write(export_notes(notes or _settings().notes, format_), output)


@kb.command()
@NOTES
@click.option("--unused", is_flag=True, help="List the vocabulary entries that no case ever used.")
def lint(notes: Path | None, unused: bool) -> None:
    """Exit 1 where a citation doesn't hold, an id is unknown or an edge breaks the schema."""
    from api.library import lint_notes, unused_entries

    problems = lint_notes(notes or _settings().notes)
    for problem in problems:
        _write(f"{problem}\n")
    summary = "lint.problems" if problems else "lint.clean"
    click.echo(messages("en").text(summary, count=len(problems)), err=True)
    if unused:
        entries, cases, total = unused_entries()
        _write("".join(f"{entry}\n" for entry in entries))
        click.echo(messages("en").text("lint.unused", count=len(entries), total=total, cases=cases), err=True)
    if problems:
        raise click.exceptions.Exit(1)


# ---- shared


def _settings() -> Settings:
    return Settings.of(os.environ)


def _write(content: str | bytes, output: Path | None = None) -> None:
    """Write UTF-8 to a file or, as bytes that no console changes, to standard output."""
    data = content.encode() if isinstance(content, str) else content
    try:
        if output is None:
            click.echo(data, nl=False)
            sys.stdout.flush()
        else:
            output.write_bytes(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise outcomes.cannot_write(output, error) from error


def _report(error: BaseException) -> int:
    """Say what went wrong in one line, or nothing where the reader has gone, and return the exit code."""
    if os.environ.get("WHYLOSS_DEBUG"):
        traceback.print_exception(error)
    outcome = outcomes.outcome_of(error)
    if isinstance(error, BrokenPipeError):
        _hush()
    else:
        click.echo(f"whyloss: {outcomes.line_of(error)}", err=True)
    return outcome.exit_code


def _hush() -> None:
    """Send what is left of standard output nowhere, so that Python's last flush doesn't fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
