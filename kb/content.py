"""Reads the TOML files of `content/`: the one place that knows their form on disk."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import ContentError, Problem
from kb.paths import content_root

Table = dict[str, Any]


def read_toml(relative: str, *, root: Path | None = None) -> Table:
    """Return the tables of one content file, e.g. `rules/strengths.toml`.

    Raises ContentError where the file is missing or is no TOML.
    """
    path = (root or content_root()) / relative
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(
            [Problem(relative, None, "this content file is missing", "Restore it or reinstall whyloss")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError([Problem(relative, None, f"not valid TOML ({error})", "Mend the file")]) from None


def read_folder(folder: str, *, root: Path | None = None) -> Iterator[tuple[str, Table]]:
    """Yield (relative path, tables) for each TOML file of a content folder, sorted by name."""
    base = root or content_root()
    for path in sorted((base / folder).glob("*.toml")):
        relative = f"{folder}/{path.name}"
        yield relative, read_toml(relative, root=base)
