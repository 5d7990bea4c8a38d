"""The web's face: HTTP in, the service's answer out, under /v1."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Header, Path, Query, Response
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import outcomes
from api.schema import (
    AskRequest,
    AskResponse,
    GraphOut,
    Health,
    NodeDetail,
    NodeKind,
    NodeList,
    NoteList,
    NoteOut,
    ParseRequest,
    ParseResponse,
    Problem,
    Readiness,
    to_json,
)
from api.service import Service
from api.settings import Settings, version

JSON, TEXT, GRAPHML = "application/json", "text/plain", "application/graphml+xml"

Errors = dict[int | str, dict[str, Any]]
NodeName = Annotated[str, Path(max_length=200, examples=["exploding-gradients"])]
Near = Annotated[
    str | None, Query(max_length=200, examples=["exploding-gradients"], description="A node; none for all.")
]
Depth = Annotated[int, Query(ge=0, le=6, description="How many edges away from the node, whichever way they run.")]
Accept = Annotated[str, Header(include_in_schema=False)]


def create_app(service: Service, settings: Settings | None = None) -> FastAPI:
    """The application on one service; it keeps nothing between requests."""
    app = FastAPI(title="whyloss", version=version(), summary="Why a training goes wrong, with the notes that say so.")
    app.include_router(_questions(service))
    app.include_router(_graph(service))
    app.include_router(_notes(service))
    app.include_router(_platform(service))
    app.add_middleware(BodyLimit, limit=(settings or Settings()).max_body)
    outcomes.install(app)
    return app


def _questions(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["questions"], responses=_errors(413, 422))

    @router.post("/ask", response_model=AskResponse)
    def ask(request: AskRequest) -> Response:
        """Answer a question about a training that goes wrong."""
        return _json(service.ask(request))

    @router.post("/parse", response_model=ParseResponse)
    def parse(request: ParseRequest) -> Response:
        """What a question says, without inference."""
        return _json(service.parse(request))

    return router


def _graph(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["graph"], responses=_errors(422))

    @router.get("/nodes", response_model=NodeList)
    def nodes(
        q: Annotated[str, Query(max_length=200, examples=["gradient"])] = "",
        kind: Annotated[NodeKind | None, Query(examples=["symptom"])] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        """Look nodes up by what people call them."""
        return _json(service.nodes(q, kind, limit))

    @router.get("/nodes/{name}", response_model=NodeDetail, responses=_errors(404))
    def node(name: NodeName) -> Response:
        """A node with its edges, by its id or another id it goes by."""
        return _json(service.node(name))

    @router.get("/graph", response_model=GraphOut, responses={200: {"content": {GRAPHML: {}}}, **_errors(404)})
    def graph(node: Near = None, depth: Depth = 1, format: Literal["json", "graphml"] = "json") -> Response:
        """The whole graph, or what lies around a node."""
        if format == "graphml":
            return Response(service.graphml(node, depth), media_type=GRAPHML)
        return _json(service.graph(node, depth))

    return router


def _notes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["notes"], responses=_errors(422))
    example = next((item.note for item in service.notes().notes), "note.md")

    @router.get("/notes", response_model=NoteList)
    def notes() -> Response:
        """Every note that can be opened."""
        return _json(service.notes())

    @router.get("/notes/{path:path}", response_model=NoteOut, responses={200: {"content": {TEXT: {}}}, **_errors(404)})
    def note(path: str = Path(examples=[example]), accept: Accept = "*/*") -> Response:
        """A note, so that a citation opens: JSON, or the bare text where `Accept` asks for text/plain."""
        found = service.note(path)
        vary = {"Vary": "Accept"}
        if _wants_text(accept):
            return Response(found.text, media_type=TEXT, headers=vary)
        return Response(to_json(found), media_type=JSON, headers=vary)

    return router


def _platform(service: Service) -> APIRouter:
    router = APIRouter(tags=["platform"])

    @router.get("/healthz", response_model=Health)
    def healthz() -> Response:
        """The process runs."""
        return _json(Health())

    @router.get("/readyz", response_model=Readiness)
    def readyz() -> Response:
        """The graph is loaded and questions are answered."""
        return _json(service.readiness())

    return router


# ---- shared


def _json(model: BaseModel) -> Response:
    return Response(to_json(model), media_type=JSON)


def _errors(*statuses: int) -> Errors:
    return {status: {"model": Problem} for status in statuses}


def _wants_text(accept: str) -> bool:
    """Does the client like text better than JSON? A tie goes to JSON."""
    return _liking(accept, TEXT) > _liking(accept, JSON)


def _liking(accept: str, kind: str) -> float:
    """The q of the most special range that covers the media type, 0 where none does (RFC 9110, 12.5.1)."""
    ranges = dict(map(_range, accept.split(",")))
    covering = (kind, kind.partition("/")[0] + "/*", "*/*")
    return next((ranges[range_] for range_ in covering if range_ in ranges), 0.0)


def _range(part: str) -> tuple[str, float]:
    name, _, parameters = part.partition(";")
    given = (parameter.partition("=") for parameter in parameters.split(";"))
    quality = next((value.strip() for key, _, value in given if key.strip() == "q"), "1")
    return name.strip().lower(), float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0


class BodyLimit:
    """Stops reading a request that is too long; the framework's own limit answers without a problem document."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count while the application reads."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise outcomes.too_large(self._limit)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)
