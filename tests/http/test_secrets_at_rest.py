"""After the main job: no secret and no personal data in clear, in no log and in no column."""

from __future__ import annotations

import base64
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from seals import custody, sm2_keys
from seals.keyring import P256, SM2
from server import keys, secret_files
from server.settings import Settings
from tests.http.site import Party, Site, refused
from tests.seals.pdf.samples import contract

# Public by law (企业信息公示): the licence's data, and the seal that is made of the name.
NAME_IS_PUBLIC = {
    ("licence", "data"),
    ("seal", "name"),
    ("seal", "bearer"),
    ("seal", "design"),
    ("maker_filing", "facts"),  # the same, as it is filed
    ("seal_key", "certificate"),
    ("ses_seal", "der"),
}


@dataclass(frozen=True)
class Job:
    """A main job with everything in it that must not stay in clear."""

    party: Party
    tokens: tuple[str, ...]
    short_codes: tuple[str, ...]
    wrong_pin: str


@pytest.fixture(scope="module")
def job(site: Site) -> Job:
    party = site.owner(81, "欧阳静姝", "北京静姝玉石有限公司")
    tokens = [str(party.http.cookies["ezhang_session"])]
    done, _ = party.sign(contract())
    signing = party.ask(contract())["id"]
    shown = party.client.open_challenge(signing)
    short_codes = [shown["short_code"]]
    tokens.append(shown["url"].partition("#")[2])
    claim = party.client.claim(token=tokens[-1])
    wrong = "83920175648213"
    refused(lambda: party.client.confirm(claim["id"], wrong, shown["digits"]), 403, "pin.wrong")
    party.client.confirm(claim["id"], party.pin, shown["digits"])
    tokens.append(party.client.present(party.company)["url"].rpartition("/")[2])
    party.http.post("/api/thread/messages", json={"text": "盖章 机密并购协议"})
    party.http.post("/api/login", json={"mobile": party.demo.mobile, "code": "x", "pin": party.pin})
    party.http.get(f"/nowhere/{tokens[0]}?pin={party.pin}")
    assert party.client.record(done["document"]["code"])["state"] == "found"
    return Job(party, tuple(tokens), tuple(short_codes), wrong)


def spellings(text: str) -> Iterator[bytes]:
    """A text as a row or a log might hold it: plain, JSON-escaped, in base64 at each offset, in hex."""
    raw = text.encode()
    yield raw
    yield json.dumps(text)[1:-1].encode()
    yield raw.hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        yield encoded[(4 if offset else 0) : -4]


def stored(site: Site) -> Iterator[tuple[tuple[str, str], bytes]]:
    """Every value of every column, base64 ones also as what they decode to."""
    for table, row in site.rows():
        for column, value in row.items():
            raw = value if isinstance(value, bytes) else str(value).encode()
            yield (table, column), raw
            if isinstance(value, str) and len(value) > 40 and re.fullmatch(r"[A-Za-z0-9+/]+=*", value):
                yield (table, column), base64.b64decode(value + "=" * (-len(value) % 4))


def found_in(site: Site, text: str) -> set[tuple[str, str]]:
    forms = set(spellings(text))
    return {place for place, raw in stored(site) if any(form in raw for form in forms)}


def kept(site: Site) -> bytes:
    """All that lies on disk under our own name: database with its log, run folder; and what was logged."""
    files = [*site.data.glob("ezhang.db*"), site.log]
    return b"".join(path.read_bytes() for path in files)


def test_the_search_finds_what_is_there(site: Site, job: Job) -> None:
    assert ("company", "name") in found_in(site, job.party.company_name)
    assert ("seal_key", "certificate") in found_in(site, job.party.company_name), "also within base64"
    assert job.party.company_name.encode() in kept(site)


def test_no_pin_and_no_token_anywhere(site: Site, job: Job) -> None:
    for secret in (job.party.pin, job.wrong_pin, *job.tokens):
        assert found_in(site, secret) == set()
        for form in spellings(secret):
            assert form not in kept(site)


def private_keys(site: Site, job: Job) -> dict[str, bytes]:
    """The private values of a seal's two keys: opened by PIN, web's and the sealer's secrets together."""
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})
    sealer_pepper, pepper = keys.sealer_pepper(settings), secret_files.web_secrets(settings).web_pepper
    person = job.party.client.me()["id"]
    (salt,), (closed,) = (
        site.column("holder", name, person_id=person) for name in ("salt", "sealed_private")
    )
    stretched = custody.stretch_pin(job.party.pin, bytes.fromhex(salt), pepper)
    holder = custody.open_holder(bytes.fromhex(closed), stretched, sealer_pepper, person)
    seal = job.party.seal()
    (wrapped,) = site.column("seal_wrap", "wrapped", seal_id=seal)
    secret = custody.unwrap_secret(base64.b64decode(wrapped), holder, seal, 1, person)
    found = {}
    for algorithm in (P256, SM2):
        (key,) = site.column("seal_key", "id", seal_id=seal, algorithm=algorithm)
        (locked,) = site.column("seal_key", "sealed_private", id=key)
        vault = keys.kek_store(settings)
        found[algorithm] = custody.open_private(base64.b64decode(locked), secret, vault, 1, seal, 1, key)
    p256 = load_der_private_key(found[P256], None)
    assert isinstance(p256, ec.EllipticCurvePrivateKey)
    return {
        P256: p256.private_numbers().private_value.to_bytes(32),
        SM2: sm2_keys.load_private(found[SM2]).private,
    }


def byte_spellings(raw: bytes) -> Iterator[bytes]:
    """Bytes as a row or a log might hold them: plain, in hex, in base64 at each offset."""
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        yield encoded[(4 if offset else 0) : -4]


def test_no_private_key_of_a_seal_lies_anywhere(site: Site, job: Job) -> None:
    keys = private_keys(site, job)
    assert set(keys) == {P256, SM2}
    lying = kept(site)
    values = [raw for _, raw in stored(site)]
    for private in keys.values():
        for form in byte_spellings(private):
            assert form not in lying
            assert not any(form in raw for raw in values)


def test_identity_number_and_mobile_are_nowhere_in_clear(site: Site, job: Job) -> None:
    for personal in (job.party.id_number, job.party.demo.mobile, "机密并购协议"):
        assert found_in(site, personal) == set()
        for form in spellings(personal):
            assert form not in kept(site)


def test_a_name_is_only_where_the_law_makes_it_public(site: Site, job: Job) -> None:
    places = found_in(site, job.party.name)
    assert places == NAME_IS_PUBLIC
    assert job.party.name.encode() not in site.log.read_bytes()


def test_codes_are_hashes_only(site: Site, job: Job) -> None:
    """Six digits may stand by chance within others, so a whole value or word is looked for."""
    codes = {*job.party.seen, *job.short_codes}
    assert len(codes) >= 2
    log = set(re.findall(rb"(?<![0-9A-Za-z.])[0-9]{6}(?![0-9A-Za-z])", site.log.read_bytes()))
    for code in codes:
        word = re.compile(rf"(?<![0-9A-Za-z.+/=-]){code}(?![0-9A-Za-z.+/=-])".encode())
        assert [place for place, raw in stored(site) if place[1] != "imprint" and word.search(raw)] == []
        assert code.encode() not in log


def test_the_log_tells_of_errors_without_what_was_sent(site: Site, job: Job) -> None:
    log = site.log.read_text(errors="replace")
    assert "unexpected error in" not in log, "whatever was done to this server, it foresaw"
    assert "it is tried again" not in log, "a loop of the sealer failed"
    assert job.party.company_name not in log


def test_secret_files_are_the_owners_alone(site: Site) -> None:
    secret = [path for path in (site.data / "secrets").rglob("*") if path.is_file()]
    assert len(secret) >= 6
    for path in secret:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    for folder in {path.parent for path in secret}:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
