"""What issuers publish for everybody: revocation lists and OCSP answers, asked by openssl over HTTP."""

from __future__ import annotations

import base64
import subprocess
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from seals import pki
from seals.ocsp import REPLY_TYPE, REQUEST_TYPE
from server.client import Client
from tests.http.site import Party, Site
from tests.seals.pdf.samples import contract


@pytest.fixture(scope="module")
def trust(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public certificates in a folder."""
    folder = tmp_path_factory.mktemp("trust")
    for name in ("root", "issuing", "tsa"):
        (folder / f"{name}.pem").write_bytes(httpx.get(f"{site.url}/trust/{name}.pem").content)
    return folder


@pytest.fixture(scope="module")
def seal(site: Site, a: Party, trust: Path) -> x509.Certificate:
    """The certificate of a seal that was used, in the folder as well."""
    a.sign(contract())
    (stored,) = site.column("seal_key", "certificate", seal_id=a.seal(), algorithm="P-256")
    certificate = x509.load_der_x509_certificate(base64.b64decode(stored))
    (trust / "seal.pem").write_bytes(pki.dump_certificate(certificate))
    return certificate


def asked_by_openssl(site: Site, trust: Path, name: str, issuer: str) -> str:
    command = (
        f"openssl ocsp -url {site.url}/ocsp -issuer {issuer}.pem -cert {name}.pem -CAfile root.pem -no_nonce"
    )
    done = subprocess.run(command.split(), cwd=trust, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("name", "issuer"), [("issuing", "root"), ("tsa", "root"), ("seal", "issuing")])
def test_openssl_is_told_that_a_certificate_is_good(
    site: Site, trust: Path, seal: x509.Certificate, name: str, issuer: str
) -> None:
    told = asked_by_openssl(site, trust, name, issuer)
    assert "Response verify OK" in told
    assert f"{name}.pem: good" in told


def test_of_a_strangers_certificate_nothing_is_said(
    site: Site, trust: Path, seal: x509.Certificate, tmp_path: Path
) -> None:
    root = pki.make_root(seal.not_valid_before_utc)
    (trust / "foreign.pem").write_bytes(pki.dump_certificate(root.certificate))
    assert "unauthorized" in asked_by_openssl(site, trust, "seal", "foreign")
    assert "unauthorized" in asked_by_openssl(site, trust, "foreign", "issuing")


def request(trust: Path, seal: x509.Certificate) -> bytes:
    issuing = x509.load_pem_x509_certificate((trust / "issuing.pem").read_bytes())
    built = ocsp.OCSPRequestBuilder().add_certificate(seal, issuing, hashes.SHA256()).build()
    return built.public_bytes(Encoding.DER)


def test_the_address_names_the_responder(site: Site, seal: x509.Certificate) -> None:
    access = seal.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [one.access_location.value for one in access] == [f"{site.url}/ocsp"]


@pytest.mark.parametrize("what", ["status", "list"])
def test_what_is_published_may_be_kept_for_a_while(
    trust: Path, seal: x509.Certificate, stranger: Client, what: str
) -> None:
    path = f"/ocsp/{quote(base64.b64encode(request(trust, seal)), safe='')}"
    if what == "list":
        path = "/crl/issuing.crl"
    answer = stranger.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300, no-transform, must-revalidate"
    made, ends = (parsedate_to_datetime(answer.headers[name]) for name in ("last-modified", "expires"))
    if what == "status":
        told = ocsp.load_der_ocsp_response(answer.content)
        assert told.this_update_utc == made
        assert told.next_update_utc is not None
        assert ends < told.next_update_utc
    again = stranger.http.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_posted_and_in_the_address_the_answer_is_one(
    trust: Path, seal: x509.Certificate, stranger: Client
) -> None:
    der = request(trust, seal)
    posted = stranger.http.post("/ocsp", content=der, headers={"content-type": REQUEST_TYPE})
    got = stranger.http.get(f"/ocsp/{quote(base64.b64encode(der), safe='')}")
    assert posted.headers["content-type"] == got.headers["content-type"] == REPLY_TYPE
    assert posted.content == got.content


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", REQUEST_TYPE, "ocsp.request"),
        (b"x" * 5000, REQUEST_TYPE, "ocsp.request"),
        (b"", "a/b", "ocsp.type"),
    ],
)
def test_what_is_no_request_is_refused_in_words(
    stranger: Client, content: bytes, kind: str, code: str
) -> None:
    answer = stranger.http.post("/ocsp", content=content, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
