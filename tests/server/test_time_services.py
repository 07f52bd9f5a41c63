"""Services of others, which misbehave over real HTTP: each is refused, and the next one is asked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from auth.errors import Invalid, Refused, Unavailable
from seals import pki
from seals.ocsp import make_answer
from seals.pdf.trust import Trust
from seals.timestamps import REPLY_TYPE, answer
from server.adapters.time_services import RESTS, Service, TimeServices, services
from server.adapters.timestamper import HttpTimeStamper
from server.adapters.unit_status import MAX_ANSWER_BYTES, UnitStatuses
from server.secret_files import time_service_roots
from server.settings import Settings
from tests.server.test_timeserver import Reply, Script, good, other_nonce, scripted

NOW = datetime.now(UTC)
DIGEST = hashlib.sha256(b"document").digest()
ROOT = pki.make_root(NOW - timedelta(days=9))
UNIT = pki.make_tsa(ROOT, NOW - timedelta(days=9))
OLD_ROOT = pki.make_root(NOW - timedelta(days=3660))
TRUST = Trust((pki.make_root(NOW).der,), stamp_roots=(ROOT.der, OLD_ROOT.der))


def by(unit: pki.Authority, at: timedelta = timedelta(0)) -> Script:
    """A service whose clock is off by `at`."""

    async def reply(request: bytes) -> Reply:
        return 200, REPLY_TYPE, answer(request, unit, (), datetime.now(UTC) + at, 1)

    return reply


def no_unit() -> pki.Authority:
    """A certificate under the trusted root that is not for time stamping."""
    key = pki.new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "no unit")])
    builder = x509.CertificateBuilder(
        ROOT.certificate.subject,
        name,
        key.public_key(),
        x509.random_serial_number(),
        NOW - timedelta(days=1),
        NOW + timedelta(days=1),
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return pki.Authority(key, builder.sign(ROOT.key, hashes.SHA256()))


async def other_imprint(request: bytes) -> Reply:
    parsed = tsp.TimeStampReq.load(request)
    parsed["message_imprint"]["hashed_message"] = bytes(32)
    return 200, REPLY_TYPE, answer(parsed.dump(), UNIT, (), datetime.now(UTC), 1)


async def unsigned(request: bytes) -> Reply:
    der = answer(request, UNIT, (), datetime.now(UTC), 1)
    return 200, REPLY_TYPE, der[:-1] + bytes([der[-1] ^ 1])


async def page(request: bytes) -> Reply:
    return 200, "text/html", b"<!doctype html><title>Login</title>"


async def page_as_reply(request: bytes) -> Reply:
    return 200, REPLY_TYPE, b"<!doctype html><title>Login</title>"


async def silent(request: bytes) -> Reply:
    await asyncio.sleep(60)
    raise AssertionError


# Over after ten years, and its clock with it: what it says is of then.
ENDED = pki.make_tsa(OLD_ROOT, NOW - timedelta(days=3660))


async def expired(request: bytes) -> Reply:
    return 200, REPLY_TYPE, answer(request, ENDED, (), NOW - timedelta(days=30), 1)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


def asked(url: str, client: httpx.AsyncClient, trust: Trust | None = TRUST) -> Service:
    return Service(url, HttpTimeStamper(url, client, timeout_s=0.5, attempts=1), trust)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (other_nonce, "nonce"),
        (other_imprint, "imprint"),
        (unsigned, "not_signed"),
        (expired, "untrusted"),
        (by(no_unit()), "untrusted"),
        (by(pki.make_tsa(pki.make_root(NOW), NOW)), "untrusted"),
        (by(UNIT, timedelta(hours=-1)), "time"),
        (page, "content_type"),
        (page_as_reply, "broken"),
        (silent, "timeout"),
    ],
)
async def test_what_misbehaves_is_refused_and_the_next_is_asked(
    client: httpx.AsyncClient, script: Script, reason: str
) -> None:
    async with scripted(script) as bad, scripted(by(UNIT)) as fine:
        with pytest.raises(Unavailable) as refused:
            await TimeServices([asked(bad, client)]).async_timestamp(DIGEST, "sha256")
        assert (refused.value.code, refused.value.facts["reason"]) == ("timestamp.unavailable", reason)
        both = TimeServices([asked(bad, client), asked(fine, client)])
        assert unit_of(await both.async_timestamp(DIGEST, "sha256")) == UNIT.certificate.serial_number


def unit_of(token: object) -> int:
    return int(token["content"]["signer_infos"][0]["sid"].chosen["serial_number"].native)  # type: ignore[index]


async def test_they_are_asked_in_order_and_one_that_failed_rests(client: httpx.AsyncClient) -> None:
    counted: list[str] = []
    at = [NOW]

    def noted(name: str, script: Script) -> Script:
        async def reply(request: bytes) -> Reply:
            counted.append(name)
            return await script(request)

        return reply

    async with (
        scripted(noted("first", page), noted("first", by(UNIT))) as first,
        scripted(noted("second", by(UNIT))) as second,
    ):
        several = TimeServices([asked(first, client), asked(second, client)], lambda: at[0])
        for _ in range(2):
            await several.async_timestamp(DIGEST, "sha256")
        assert counted == ["first", "second", "second"]
        at[0] += RESTS + timedelta(seconds=1)
        await several.async_timestamp(DIGEST, "sha256")
        assert counted[3:] == ["first"]


async def test_the_one_beside_us_is_taken_as_it_is(client: httpx.AsyncClient) -> None:
    """Its documents are validated whole; everybody else's tokens are judged at once."""
    async with scripted(good) as own:
        token = await services([own], own, TRUST, client).async_timestamp(DIGEST, "sha256")
        assert token is not None
        with pytest.raises(Unavailable):
            await services([own], "http://127.0.0.1:1", TRUST, client).async_timestamp(DIGEST, "sha256")


# ---------------------------------------------------------------- what is said of their units

Answers = Callable[[x509.Certificate], Awaitable[Reply]]


@asynccontextmanager
async def issuer(
    *,
    ocsp: Answers | None = None,
    crl: Answers | None = None,
    root: pki.Authority = ROOT,
    at: datetime = NOW,
) -> AsyncIterator[pki.Authority]:
    """A unit whose certificate names a service that is really there."""
    made: list[pki.Authority] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        how = ocsp if head.startswith("POST") else crl
        status, kind, body = await how(made[0].certificate) if how else (404, "text/plain", b"")
        start = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        extra = "Location: http://127.0.0.1:1/\r\n" if status == 302 else ""
        writer.write(f"{start}{extra}Connection: close\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    made.append(
        pki.make_tsa(
            root, at, crl_url=f"{base}/crl" if crl else None, ocsp_url=f"{base}/ocsp" if ocsp else None
        )
    )
    try:
        yield made[0]
    finally:
        server.close()


async def says_good(unit: x509.Certificate) -> Reply:
    return 200, "application/ocsp-response", make_answer(ROOT, unit, None, NOW)


async def says_revoked(unit: x509.Certificate) -> Reply:
    revoked = pki.Revoked(unit.serial_number, NOW - timedelta(days=1))
    return 200, "application/ocsp-response", make_answer(ROOT, unit, revoked, NOW)


async def lists(unit: x509.Certificate) -> Reply:
    return 200, "application/pkix-crl", pki.make_crl(ROOT, [], 1, NOW, NOW + timedelta(days=1))


async def lists_of_old(unit: x509.Certificate) -> Reply:
    old = NOW - timedelta(days=9)
    return 200, "application/pkix-crl", pki.make_crl(ROOT, [], 1, old, old + timedelta(days=1))


async def lists_of_another(unit: x509.Certificate) -> Reply:
    return 200, "application/pkix-crl", pki.make_crl(OLD_ROOT, [], 1, NOW, NOW + timedelta(days=1))


async def endless(unit: x509.Certificate) -> Reply:
    return 200, "application/ocsp-response", bytes(MAX_ANSWER_BYTES + 1)


async def elsewhere(unit: x509.Certificate) -> Reply:
    return 302, "text/plain", b""


@pytest.mark.parametrize(
    ("ocsp", "crl", "found"),
    [
        (says_good, None, (0, 1)),
        (None, lists, (1, 0)),
        (endless, lists, (1, 0)),
        (says_revoked, None, None),
        (elsewhere, None, None),
        (endless, None, None),
        (None, lists_of_old, None),
        (None, lists_of_another, None),
        (None, None, (0, 0)),  # it names nobody to ask
    ],
)
async def test_the_issuers_of_a_unit_are_asked(
    client: httpx.AsyncClient, ocsp: Answers | None, crl: Answers | None, found: tuple[int, int] | None
) -> None:
    async with issuer(ocsp=ocsp, crl=crl) as unit:
        statuses = UnitStatuses(client, [ROOT.der])
        if found is None:
            with pytest.raises(Unavailable) as refused:
                await statuses.about([unit.der])
            assert refused.value.code == "timestamp.status_unavailable"
        else:
            said = await statuses.about([unit.der])
            assert (len(said.crls), len(said.ocsps)) == found


async def test_nobody_is_asked_for_a_certificate_of_a_stranger(client: httpx.AsyncClient) -> None:
    """Else whoever can hand us a token makes us call where he likes."""
    called: list[str] = []

    async def note(unit: x509.Certificate) -> Reply:
        called.append("called")
        return await says_good(unit)

    async with issuer(ocsp=note, crl=note) as unit:
        said = await UnitStatuses(client, [OLD_ROOT.der]).about([unit.der, ROOT.der])
        assert (said.crls, said.ocsps, called) == ((), (), [])
        await UnitStatuses(client, [ROOT.der]).about([unit.der])
        assert called == ["called"]


# ---------------------------------------------------------------- settings

DEVELOPMENT = {"EZHANG_PROFILE": "development"}


def test_several_services_are_named_in_order() -> None:
    named = {**DEVELOPMENT, "EZHANG_TSA_URL": "https://tsa.example.cn/tsr, builtin"}
    settings = Settings.from_env(named)
    assert settings.tsa_urls == ("https://tsa.example.cn/tsr", "http://127.0.0.1:8002")
    assert settings.own_tsa
    assert Settings.from_env({**DEVELOPMENT, **settings.environment()}) == settings
    assert not Settings.from_env({**DEVELOPMENT, "EZHANG_TSA_URL": "https://builtin.example.cn"}).own_tsa
    for wrong in ("ftp://tsa.example.cn", "builtin builtin", " ".join(f"https://{n}.cn" for n in range(5))):
        with pytest.raises(Invalid):
            Settings.from_env({**DEVELOPMENT, "EZHANG_TSA_URL": wrong})


def test_roots_are_a_file_or_a_folder(tmp_path: Path) -> None:
    for name, root in (("one.pem", ROOT), ("two.pem", OLD_ROOT)):
        (tmp_path / name).write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))

    def read(path: Path) -> tuple[bytes, ...]:
        return time_service_roots(Settings.from_env({**DEVELOPMENT, "EZHANG_TSA_ROOTS": str(path)}))

    assert read(tmp_path) == (ROOT.der, OLD_ROOT.der)
    assert read(tmp_path / "two.pem") == (OLD_ROOT.der,)
    assert time_service_roots(Settings.from_env(DEVELOPMENT)) == ()
    (tmp_path / "three.pem").write_text("no certificate")
    with pytest.raises(Refused):
        read(tmp_path)
