"""Around every page: who may reach it at all, how much they may send, what a browser may do."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256_000  # of a body
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class TooMuch(Exception):
    """More was sent than any form of ours holds."""


class Guard:
    """`hosts` are the names under which the pages answer: another one means that somebody's browser
    was led here. `only_here`: nobody but this machine, and no proxy before it."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], only_here: bool, secure: bool) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts} | LOOPBACK
        self._only_here, self._secure = only_here, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say why not."""
        if scope["type"] != "http":
            return
        sender = _Sender(send, scope["path"].startswith("/static/"), self._secure)
        if refused := self._refused(scope):
            await PlainTextResponse(refused[1], refused[0])(scope, receive, sender)
            return
        await self._app(scope, _Limited(receive), sender)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = _name(headers.get("host", ""))
        if host not in self._hosts:
            return 421, "The pages do not answer under that name: set EMPTYCHAIR_WEB__PUBLIC_URL.\n"
        if self._only_here and (not _here(scope) or any(name in headers for name in FORWARDED)):
            return 403, (
                "Without a sign-in provider the pages answer on the machine itself only: the "
                "README says how to set one up.\n"
            )
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            origin = headers.get("origin")
            if origin and origin != "null" and _name(origin.partition("://")[2]) != host:
                return 403, "That form is not from here.\n"
            if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
                return 403, "That form is not from here.\n"
        return None


class _Limited:
    def __init__(self, receive: Receive) -> None:
        self._receive, self._left = receive, MOST_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooMuch
        return message


class _Sender:
    def __init__(self, send: Send, keep: bool, secure: bool) -> None:
        self._send, self._keep, self._secure = send, keep, secure

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            kept = "public, max-age=31536000, immutable" if self._keep else "no-store"
            headers["Cache-Control"] = kept
            if self._secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await self._send(message)


def _name(host: str) -> str:
    """The name in a host header, without its port."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _here(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
