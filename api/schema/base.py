"""What all answers share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kb.model import Lang


class Response(BaseModel):
    """Base of everything that goes out."""

    model_config = ConfigDict(frozen=True)


class CitationOut(Response):
    """Lines of a note, counted from 1, and their words."""

    note: str
    title: str
    heading: list[str]
    line_start: int
    line_end: int
    quote: str
    lang: Lang
    url: str


def to_json(model: BaseModel) -> bytes:
    """The one way in which a model becomes JSON, so that every face gives the same bytes."""
    return model.model_dump_json().encode()
