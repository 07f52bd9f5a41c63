"""How the parts of the client call."""

from __future__ import annotations

from typing import Any

import httpx

__all__ = ["Calls", "Json"]

Json = dict[str, Any]


class Calls:
    """What `server.client.Client` gives its parts."""

    http: httpx.Client

    def _get(self, path: str) -> Json:
        raise NotImplementedError

    def _post(self, path: str, body: Json) -> Json:
        raise NotImplementedError
