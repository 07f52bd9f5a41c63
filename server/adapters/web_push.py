"""Web Push: a message to a browser, encrypted for it (RFC 8291), signed with our key (VAPID, RFC 8292).

`POST <the browser's address>` with TTL, Urgency, Topic → 201; 404 and 410: the browser is gone.
The address is asked only when it is one of a known service (`auth/push.py::allowed`); no redirect is
followed, no answer read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Sequence
from typing import get_args
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from auth.errors import Refused, Unavailable
from auth.ports import Told
from auth.push import allowed
from h5 import messages, words
from server.adapters.http import STAND_IN_HEADER, TIMEOUT_S, log
from server.tls import trusted

__all__ = ["HttpWebPush", "public_key"]

TTL_S = 600
GONE = frozenset({404, 410})


def public_key(key: ec.EllipticCurvePublicKey) -> str:
    """Its public half as browsers want it: an uncompressed point, base64url."""
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


class HttpWebPush:
    """The port `auth.ports.PushService`."""

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        contact: str,
        hosts: Sequence[str],
        *,
        allow_stand_in: bool,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """contact: who we are to the services, an https address."""
        self._vapid = Vapid02(key, {"no-strict": True})  # a development server is no https address
        self._contact = contact
        self._hosts = tuple(hosts)
        self._allow_stand_in = allow_stand_in
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            timeout=timeout_s, verify=trusted(), trust_env=False, follow_redirects=False
        )

    async def aclose(self) -> None:
        """Close the held connections."""
        await self._client.aclose()

    async def send(self, told: Told, kind: str, path: str, tag: str) -> bool:
        """See the port."""
        if not allowed(told.address, self._hosts):
            return False
        status = await self._status(told, self._message(told, kind, path, tag), tag)
        if status in GONE:
            return False
        if 400 <= status < 500 and status != 429:
            log.warning("push refused: status %s", status)
            raise Refused(
                "push.refused",
                "推送服务未受理这条提醒。",
                "The push service did not take this message.",
                reason=str(status),
            )
        if not 200 <= status < 300:
            raise self._unavailable(f"status {status}")
        return True

    def _message(self, told: Told, kind: str, path: str, tag: str) -> bytes:
        language = next(known for known in get_args(words.Language) if known == told.language)
        said = {
            "title": messages.title(kind, language),
            "body": messages.body(language),
            "path": path,
            "tag": tag,
        }
        plain = json.dumps(said, ensure_ascii=False).encode()
        once = ec.generate_private_key(ec.SECP256R1())
        sealed: bytes = http_ece.encrypt(
            plain, private_key=once, dh=told.public_key, auth_secret=told.secret, version="aes128gcm"
        )
        return sealed

    def _headers(self, address: str, tag: str) -> dict[str, str]:
        parts = urlsplit(address)
        claims = {"sub": self._contact, "aud": f"{parts.scheme}://{parts.netloc}"}
        topic = base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()[:24]).decode()
        return {
            **self._vapid.sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Urgency": "high",
            "Topic": topic,
        }

    async def _status(self, told: Told, message: bytes, tag: str) -> int:
        headers = self._headers(told.address, tag)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", told.address, content=message, headers=headers) as response,
            ):
                if STAND_IN_HEADER in response.headers and not self._allow_stand_in:
                    raise self._unavailable("stand_in")
                return response.status_code
        except (httpx.InvalidURL, UnicodeError):
            log.warning("push address is none")
            return min(GONE)
        except (TimeoutError, httpx.HTTPError) as error:
            raise self._unavailable(type(error).__name__) from error

    def _unavailable(self, cause: str) -> Unavailable:
        log.warning("push unavailable: %s", cause)
        return Unavailable(
            "push.unavailable",
            "推送服务暂时不可用。",
            "The push service is not available now.",
            cause=cause,
        )
