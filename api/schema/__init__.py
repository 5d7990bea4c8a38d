"""What goes in and comes out of every face, as pydantic models."""

from api.schema.answers import AskResponse, ParseResponse
from api.schema.base import CitationOut, to_json
from api.schema.library import (
    EdgeOut,
    GraphOut,
    Health,
    NodeDetail,
    NodeList,
    NodeOut,
    NoteList,
    NoteOut,
    NoteRef,
    Readiness,
)
from api.schema.problems import FieldError, Problem, field_errors
from api.schema.requests import AskRequest, EvidenceItem, ParseRequest, asked
from kb.model import NodeKind

__all__ = [
    "AskRequest",
    "AskResponse",
    "CitationOut",
    "EdgeOut",
    "EvidenceItem",
    "FieldError",
    "GraphOut",
    "Health",
    "NodeDetail",
    "NodeKind",
    "NodeList",
    "NodeOut",
    "NoteList",
    "NoteOut",
    "NoteRef",
    "ParseRequest",
    "ParseResponse",
    "Problem",
    "Readiness",
    "asked",
    "field_errors",
    "to_json",
]
