"""What the issuers of somebody else's time-stamping unit say of it: OCSP (RFC 6960) or revocation lists.

The addresses are those in the certificates, and of those only in such as chain to a root that the operator
named: nobody else makes this process call where he likes. No redirect is followed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from auth.errors import Unavailable
from seals.ocsp import REPLY_TYPE, REQUEST_TYPE
from seals.pdf.revocation import Evidence

__all__ = ["MAX_ANSWER_BYTES", "MAX_LIST_BYTES", "TIMEOUT_S", "UnitStatuses"]

TIMEOUT_S = 5.0
"""For one address as a whole."""

MAX_ANSWER_BYTES = 64 * 1024
MAX_LIST_BYTES = 2 * 2**20
MAX_ADDRESSES = 2
"""Of each kind in a certificate, so many are tried."""

KEPT_FOR = timedelta(hours=1)
"""A list is asked for anew after so long, or when it has ended."""

MAX_DEPTH = 5
_BROKEN = (ValueError, TypeError, InvalidSignature, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class UnitStatuses:
    """Asks over a client that its owner holds open. roots: DER; clock: UTC."""

    def __init__(
        self, client: httpx.AsyncClient, roots: Sequence[bytes], clock: Callable[[], datetime] = _now
    ) -> None:
        self._client, self._clock = client, clock
        self._roots = [x509.load_der_x509_certificate(der) for der in roots]
        self._lists: dict[str, tuple[bytes, datetime]] = {}

    async def about(self, units: Sequence[bytes]) -> Evidence:
        """What is said now of a unit's chain; units: its certificates as the token has them, its own first.

        Nothing where it does not chain to one of the roots, or names nobody to ask. Raises Unavailable
        `timestamp.status_unavailable` where those that it names do not answer, or say that it is revoked.
        """
        crls: list[bytes] = []
        ocsps: list[bytes] = []
        for certificate, issuer in self._links([x509.load_der_x509_certificate(der) for der in units]):
            answers, lists = _responders(certificate), _points(certificate)
            if not (answers or lists):
                continue
            answer = await self._first(answers, certificate, issuer, self._asked)
            found = answer or await self._first(lists, certificate, issuer, self._list)
            if found is None:
                raise _unavailable()
            (ocsps if answer is not None else crls).append(found)
        return Evidence(tuple(crls), tuple(ocsps))

    def _links(self, units: Sequence[x509.Certificate]) -> list[tuple[x509.Certificate, x509.Certificate]]:
        links: list[tuple[x509.Certificate, x509.Certificate]] = []
        current = units[0] if units else None
        while current is not None and len(links) < MAX_DEPTH:
            for root in self._roots:
                if _issued(current, root):
                    return [*links, (current, root)]
            above = next((each for each in units[1:] if each != current and _issued(current, each)), None)
            if above is not None:
                links.append((current, above))
            current = above
        return []

    async def _first(
        self,
        urls: Sequence[str],
        certificate: x509.Certificate,
        issuer: x509.Certificate,
        how: Callable[[str, x509.Certificate, x509.Certificate], Awaitable[bytes]],
    ) -> bytes | None:
        """The first answer that says, signed by the issuer and still good, that it is not revoked."""
        for url in urls:
            try:
                der = await how(url, certificate, issuer)
            except (httpx.HTTPError, TimeoutError, ValueError) as error:
                log.warning("no status from %s: %s", urlsplit(url).hostname, type(error).__name__)
                continue
            now = self._clock()
            said = Evidence((der,), (der,)).about(certificate, issuer, now)
            if said is not None and said.revoked is None and said.until >= now:
                return der
            log.warning("the status from %s is none that can be used", urlsplit(url).hostname)
        return None

    async def _asked(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        # RFC 5019 §2.1.1: what is asked by; it names the certificate and protects nothing.
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
        body = request.public_bytes(Encoding.DER)
        headers = {"Content-Type": REQUEST_TYPE, "Accept": REPLY_TYPE}
        return await self._fetch("POST", url, MAX_ANSWER_BYTES, body, headers)

    async def _list(self, url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        kept, until = self._lists.get(url, (b"", None))
        if until is not None and until > self._clock():
            return kept
        der = await self._fetch("GET", url, MAX_LIST_BYTES)
        said = Evidence((der,)).about(certificate, issuer, self._clock())
        if said is not None:
            self._lists[url] = der, min(said.until, self._clock() + KEPT_FOR)
        return der

    async def _fetch(
        self, method: str, url: str, limit: int, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> bytes:
        async with (
            asyncio.timeout(TIMEOUT_S),
            self._client.stream(
                method, url, content=body, headers=headers, follow_redirects=False
            ) as response,
        ):
            if response.status_code != 200:
                raise ValueError(f"status {response.status_code}")
            whole = bytearray()
            async for piece in response.aiter_bytes():
                whole += piece
                if len(whole) > limit:
                    raise ValueError("too large")
            return bytes(whole)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except _BROKEN:
        return False
    return True


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        named = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, *_BROKEN):
        return []
    asked = [each for each in named if each.access_method == AuthorityInformationAccessOID.OCSP]
    return list(_web(each.access_location for each in asked))[:MAX_ADDRESSES]


def _points(certificate: x509.Certificate) -> list[str]:
    try:
        named = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *_BROKEN):
        return []
    return list(_web(name for point in named for name in point.full_name or ()))[:MAX_ADDRESSES]


def _web(names: Iterable[x509.GeneralName]) -> Iterator[str]:
    for name in names:
        url = name.value if isinstance(name, x509.UniformResourceIdentifier) else ""
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.hostname and parts.username is None:
            yield url


def _unavailable() -> Unavailable:
    return Unavailable(
        "timestamp.status_unavailable",
        "暂时查不到时间戳单位证书的状态，系统会自动重试；若持续如此，请联系管理员检查时间戳服务。",
        "The status of the time-stamping unit's certificate cannot be had now. It is tried again by itself; "
        "if this lasts, have the time-stamping service checked.",
    )
