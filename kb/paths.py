"""Where the shipped content lies: beside the packages in a checkout, inside `kb` in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def content_root() -> Path:
    """Folder with `notes/`, `vocabulary/`, `lexicon/`, `rules/`, `messages/` and `graph.jsonl`."""
    installed = _HERE / "_content"
    return installed if installed.is_dir() else _HERE.parent / "content"
