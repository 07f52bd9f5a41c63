"""The time-stamping service and its client over real sockets, with services that fail in every way."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pikepdf
import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from auth.errors import Unavailable
from seals import pki
from seals.timestamps import MAX_REQUEST_BYTES, QUERY_TYPE, REPLY_TYPE, answer
from server.adapters.timestamper import MAX_RESPONSE_BYTES, HttpTimeStamper
from server.timeserver import TimeServer, serve

NOW = datetime.now(UTC)
ROOT = pki.make_root(NOW)
ISSUING = pki.make_issuing(ROOT, NOW)
TSA = pki.make_tsa(ROOT, NOW)
DIGEST = hashlib.sha256("合同正文".encode()).digest()

Reply = tuple[int, str, bytes]
Script = Callable[[bytes], Awaitable[Reply]]


@pytest.fixture
async def service() -> AsyncIterator[TimeServer]:
    running = await serve("127.0.0.1", 0, TSA)
    yield running
    await running.close()


@pytest.fixture
async def sent() -> list[httpx.Request]:
    """Every request that `client` has sent."""
    return []


@pytest.fixture
async def client(sent: list[httpx.Request]) -> AsyncIterator[httpx.AsyncClient]:
    async def note(request: httpx.Request) -> None:
        sent.append(request)

    async with httpx.AsyncClient(event_hooks={"request": [note]}) as opened:
        yield opened


def query(nonce: int = 7) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    fields = {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    return bytes(tsp.TimeStampReq(fields).dump())


@asynccontextmanager
async def scripted(*replies: Script) -> AsyncIterator[str]:
    """A service that gives the n-th request the n-th reply, and the last one to all after. Yields its URL."""
    left = list(replies)
    working: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        working.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0])
            script = left.pop(0) if len(left) > 1 else left[0]
            status, kind, body = await script(await reader.readexactly(length))
            head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            working.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in list(working):
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def good(request: bytes) -> Reply:
    return 200, REPLY_TYPE, answer(request, TSA, (), datetime.now(UTC), 1)


async def other_nonce(request: bytes) -> Reply:
    changed = tsp.TimeStampReq.load(request)
    changed["nonce"] = changed["nonce"].native ^ 1
    return await good(changed.dump())


async def no_nonce(request: bytes) -> Reply:
    parsed = tsp.TimeStampReq.load(request)
    fields = {"version": 1, "message_imprint": parsed["message_imprint"], "cert_req": True}
    return await good(tsp.TimeStampReq(fields).dump())


async def other_imprint(request: bytes) -> Reply:
    return await good(request.replace(DIGEST, bytes(32)))


async def refusing(request: bytes) -> Reply:
    return await good(
        request.replace(bytes.fromhex("608648016503040201"), bytes.fromhex("608648016503040204"))
    )


async def out_of_order(request: bytes) -> Reply:
    long_gone = datetime.now(UTC) + timedelta(days=365 * 11)
    return 200, REPLY_TYPE, answer(request, TSA, (), long_gone, 1)


async def html(request: bytes) -> Reply:
    return 200, "text/html", (await good(request))[2]


async def garbage(request: bytes) -> Reply:
    return 200, REPLY_TYPE, b"<html>"


async def endless(request: bytes) -> Reply:
    return 200, REPLY_TYPE, bytes(MAX_RESPONSE_BYTES + 1)


async def busy(request: bytes) -> Reply:
    return 503, "text/plain", b""


async def gone(request: bytes) -> Reply:
    return 404, "text/plain", b""


async def asleep(request: bytes) -> Reply:
    await asyncio.sleep(3600)
    return 200, REPLY_TYPE, b""


async def test_the_service_answers_an_openssl_query(
    service: TimeServer, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    (tmp_path / "data").write_bytes("合同正文".encode())
    (tmp_path / "root.pem").write_bytes(pki.dump_certificate(ROOT.certificate))

    def openssl(*command: str) -> str:
        run = ["openssl", "ts", *command]
        return subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    openssl("-query", "-data", "data", "-sha256", "-cert", "-out", "request.tsq")
    request = (tmp_path / "request.tsq").read_bytes()
    response = await client.post(service.url, content=request, headers={"Content-Type": QUERY_TYPE})
    assert (response.status_code, response.headers["content-type"]) == (200, REPLY_TYPE)
    (tmp_path / "response.tsr").write_bytes(response.content)
    verify = ["-verify", "-queryfile", "request.tsq", "-in", "response.tsr", "-CAfile", "root.pem"]
    assert "Verification: OK" in openssl(*verify)
    (tmp_path / "response.tsr").write_bytes(response.content[:-1] + bytes([response.content[-1] ^ 1]))
    assert "Verification: FAILED" in openssl(*verify)


async def test_serial_numbers_differ(service: TimeServer, client: httpx.AsyncClient) -> None:
    stamper = HttpTimeStamper(service.url, client)
    tokens = await asyncio.gather(*(stamper.async_timestamp(DIGEST, "sha256") for _ in range(5)))
    infos = [token["content"]["encap_content_info"]["content"].parsed for token in tokens]
    assert len({info["serial_number"].native for info in infos}) == 5


async def test_the_service_refuses_what_is_no_query(service: TimeServer, client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": QUERY_TYPE}
    assert (await client.get(service.url)).status_code == 405
    assert (await client.post(service.url, content=query())).status_code == 415
    too_large = await client.post(service.url, content=bytes(MAX_REQUEST_BYTES + 1), headers=headers)
    assert too_large.status_code == 413
    refused = await client.post(service.url, content=b"not a query", headers=headers)
    assert refused.status_code == 200
    assert b"The request is not a TimeStampReq." in refused.content


async def test_two_services_live_in_one_loop_and_one_may_end(client: httpx.AsyncClient) -> None:
    first, second = await serve("127.0.0.1", 0, TSA), await serve("127.0.0.1", 0, TSA)
    reader, hanging = await asyncio.open_connection("127.0.0.1", first.port)
    hanging.write(b"POST / HTTP/1.1\r\nHost: x\r\n")
    await hanging.drain()
    await HttpTimeStamper(first.url, client).async_timestamp(DIGEST, "sha256")
    await first.close()
    await first.close()
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b"", "the half-sent request was ended"
    with pytest.raises(httpx.ConnectError):
        await client.post(first.url, content=query())
    await HttpTimeStamper(second.url, client).async_timestamp(DIGEST, "sha256")
    await second.close()
    hanging.close()
    again = await serve("127.0.0.1", first.port, TSA)
    assert again.port == first.port
    with pytest.raises(OSError, match="in use"):
        await serve("127.0.0.1", first.port, TSA)
    await again.close()


@pytest.mark.parametrize(
    ("script", "reason", "requests"),
    [
        (other_nonce, "nonce", 1),
        (no_nonce, "nonce", 1),
        (other_imprint, "imprint", 1),
        (refusing, "refused_bad_alg", 1),
        (out_of_order, "refused_system_failure", 3),
        (html, "content_type", 1),
        (garbage, "broken", 1),
        (endless, "too_large", 1),
        (gone, "http_404", 1),
        (busy, "http_503", 3),
        (asleep, "timeout", 3),
    ],
)
async def test_an_answer_that_is_none_is_unavailable(
    client: httpx.AsyncClient, sent: list[httpx.Request], script: Script, reason: str, requests: int
) -> None:
    async with scripted(script) as url:
        stamper = HttpTimeStamper(url, client, timeout_s=0.2 if script is asleep else 5, backoff_s=0.01)
        with pytest.raises(Unavailable) as failed:
            await stamper.async_timestamp(DIGEST, "sha256")
    assert (failed.value.code, failed.value.facts) == ("timestamp.unavailable", {"reason": reason})
    assert len(sent) == requests


async def test_a_service_that_is_down_is_unavailable(client: httpx.AsyncClient, service: TimeServer) -> None:
    await service.close()
    stamper = HttpTimeStamper(service.url, client, backoff_s=0.01)
    with pytest.raises(Unavailable) as failed:
        await stamper.async_timestamp(DIGEST, "sha256")
    assert failed.value.facts == {"reason": "connection"}


async def test_a_passing_failure_is_tried_again(client: httpx.AsyncClient, sent: list[httpx.Request]) -> None:
    async with scripted(busy, out_of_order, good) as url:
        token = await HttpTimeStamper(url, client, backoff_s=0.01).async_timestamp(DIGEST, "sha256")
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == DIGEST
    assert len(sent) == 3


async def test_a_real_token_serves_as_the_trial_token(
    client: httpx.AsyncClient, sent: list[httpx.Request], service: TimeServer
) -> None:
    stamper = HttpTimeStamper(service.url, client)
    token = await stamper.async_timestamp(DIGEST, "sha256")
    assert await stamper.async_dummy_response("sha256") is token
    assert len(sent) == 1


def seal_signer() -> SimpleSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = pki.SealSubject("示例有限公司", "91110108MA01ABCD1X", "示例有限公司合同专用章", "1101080012345")
    certificate = pki.issue_seal_certificate(
        ISSUING, key.public_key(), subject, NOW, pki.latest_seal_end(ISSUING, NOW)
    )
    der = serialization.Encoding.DER
    private = key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    registry = SimpleCertificateStore()
    registry.register(asn1_x509.Certificate.load(ISSUING.der))
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=registry,
    )


def blank_pdf() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    return made.getvalue()


async def test_pyhanko_signs_with_one_request_and_trusts_the_result(
    client: httpx.AsyncClient, sent: list[httpx.Request], service: TimeServer
) -> None:
    stamper = HttpTimeStamper(service.url, client)
    metadata = PdfSignatureMetadata(
        field_name="Seal1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    signer = PdfSigner(metadata, seal_signer(), timestamper=stamper)
    for signatures in (1, 2):
        writer = IncrementalPdfFileWriter(io.BytesIO(blank_pdf()))
        signed = await signer.async_sign_pdf(writer, bytes_reserved=16384)
        assert len(sent) == signatures

    crls = [pki.make_crl(issuer, [], 1, NOW, NOW + timedelta(days=1)) for issuer in (ROOT, ISSUING)]
    for trusted, root in ((True, ROOT), (False, pki.make_root(NOW))):
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(root.der)], crls=crls, revocation_mode="require"
        )
        signature = PdfFileReader(signed).embedded_signatures[0]
        status = await async_validate_pdf_signature(signature, context)
        assert status.bottom_line is trusted
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.trusted is trusted
