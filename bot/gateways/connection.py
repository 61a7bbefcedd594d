"""How PyGithub reaches GitHub: one pool of connections for all threads, and a memory for reads.

What was read before is asked for with its ETag: "not changed" costs nothing of GitHub's limits.
What the environment says of proxies and certificates is looked at once, not at every call.
"""

from __future__ import annotations

import functools
import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cachecontrol import CacheControlAdapter
from cachecontrol.cache import BaseCache
from cachecontrol.controller import CacheController
from github.Requester import Requester, RequestsResponse
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import requote_uri

NOT_MODIFIED = 304
MOST_BYTES = 8 * 1024 * 1024  # of remembered answers
LARGEST = 512 * 1024  # bytes of one answer; larger ones are read anew each time
CONNECTIONS = 64  # more threads than that never work at once


class Memory(BaseCache):
    """The answers that were read last, up to a size."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """An answer; None if it is not known any more."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def set(self, key: str, value: bytes, expires: int | datetime | None = None) -> None:
        """Remember an answer; what was not asked for longest makes room."""
        with self._lock:
            self._drop(key)
            if len(value) > LARGEST:
                return
            self._known[key] = value
            self._bytes += len(value)
            while self._bytes > MOST_BYTES:
                self._drop(next(iter(self._known)))

    def delete(self, key: str) -> None:
        """Forget an answer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._bytes -= len(self._known.pop(key, b""))


class _AlwaysAsk(CacheController):
    """GitHub is asked each time, however fresh an answer says that it is: people act meanwhile."""

    def cached_request(self, request: PreparedRequest) -> Any:
        return False


# That an answer belongs to an older token is an everyday thing, and no line of our log.
logging.getLogger("cachecontrol.controller").setLevel(logging.ERROR)
_ADAPTER = CacheControlAdapter(
    cache=Memory(),
    controller_class=_AlwaysAsk,
    max_retries=0,  # the job layer tries again
    pool_connections=4,
    pool_maxsize=CONNECTIONS,
)


_LAST = threading.local()


def last_headers() -> Mapping[str, str]:
    """Those of the last answer that this thread got; PyGithub keeps a few of them only."""
    found: Mapping[str, str] = getattr(_LAST, "headers", {})
    return found


@functools.cache
def _environment(base: str) -> dict[str, Any]:
    """The proxies and certificates for an address, as `requests` finds them."""
    found = Session().merge_environment_settings(base, {}, None, None, None)
    return {name: found[name] for name in ("proxies", "verify", "cert")}


class _Connection:
    """What PyGithub takes for a connection: one request, and its answer."""

    protocol, usual_port = "https", 443

    def __init__(self, host: str, port: int | None = None, timeout: int = 15, **_: Any) -> None:
        self.host = host
        elsewhere = f":{port}" if port and port != self.usual_port else ""
        self._base = f"{self.protocol}://{host}{elsewhere}"
        self._timeout = timeout

    def request(
        self, verb: str, url: str, input: str | None, headers: dict[str, str], stream: bool = False
    ) -> None:
        """The request to send next.

        Put together by hand: PyGithub gives an address that is quoted and a body that is encoded,
        and looking for what else they might be takes as long as all the rest of a call.
        """
        request = PreparedRequest()
        request.method, request.hooks = verb, {"response": []}
        request.url = self._base + (url if url.isascii() else requote_uri(url))
        sent = {"Accept": "*/*", "Accept-Encoding": "gzip", **headers}
        if input is not None:
            request.body = input.encode()
            sent["Content-Length"] = str(len(request.body))
        request.headers = CaseInsensitiveDict(sent)
        self._request = request

    def getresponse(self) -> RequestsResponse:
        """Send it. A redirect is an answer like any other."""
        answer = _ADAPTER.send(self._request, timeout=self._timeout, **_environment(self._base))
        if answer.status_code == NOT_MODIFIED:
            answer = self._anew()
        _LAST.headers = answer.headers
        return RequestsResponse(answer)

    def _anew(self) -> Response:
        """What did not change was forgotten meanwhile, by another thread: read it whole."""
        for name in ("If-None-Match", "If-Modified-Since"):
            self._request.headers.pop(name, None)
        environment = _environment(self._base)
        return HTTPAdapter.send(_ADAPTER, self._request, timeout=self._timeout, **environment)

    def close(self) -> None:
        """The pool keeps connections open."""


class _PlainConnection(_Connection):
    protocol, usual_port = "http", 80


def install() -> None:
    """Have PyGithub use these connections, from here on and everywhere in this process."""
    Requester.injectConnectionClasses(_PlainConnection, _Connection)  # type: ignore[arg-type]
