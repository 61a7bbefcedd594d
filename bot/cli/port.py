"""Listening on a port, and what to say when another program already does."""

from __future__ import annotations

import errno
import socket

from bot.errors import UserError


def listen(host: str, port: int) -> socket.socket:
    """A socket bound there. Raises UserError when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where TCP is named does asyncio switch Nagle's delay off, 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(refusal(host, port, error)) from error
    return listener


def address(listener: socket.socket) -> str:
    """host:port of what is bound, with the port that was found where any would do."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refusal(host: str, port: int, error: OSError) -> str:
    """Why nobody can listen there, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken on {host}. Stop the other program or give `--port`."
    return f"Nobody can listen on port {port} of {host} ({error.strerror})."
