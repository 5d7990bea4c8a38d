"""Runs the web face on a socket of our own, so that an address that is taken is one clear line."""

from __future__ import annotations

import socket

import uvicorn

from api.messages import messages
from api.outcomes import OutputError
from api.rest import create_app
from api.service import Service
from api.settings import Settings


def run(settings: Settings) -> None:
    """Serve until told to stop; raises InputError where the address isn't to be had."""
    listening = _listen(settings)
    app = create_app(Service.open(settings.notes), settings)
    uvicorn.Server(uvicorn.Config(app)).run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        told = messages("en").text("errors.cannot_listen", host=host, port=port, reason=error.strerror)
        raise OutputError(told) from error
