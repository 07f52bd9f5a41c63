"""First start on real files: what is made, with which rights, and what is never touched again."""

from __future__ import annotations

import io
import json
import os
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth.errors import Conflict, Invalid, NotFound, Refused
from seals import pki, sm2_certificates
from server.firststart import make_secrets, prepare
from server.keys import authority, identity_key, kek_store, push_key, sealer_pepper, sm2_authority
from server.revoked_units import FILE, revoked_units
from server.secret_files import (
    AUTHORITIES,
    CONTENTS,
    SM2_AUTHORITIES,
    built_in_units,
    records_key,
    sealer_identity,
    secret_path,
    trust_path,
    web_secrets,
    write_secret,
)
from server.settings import Settings
from server.unit_command import rotate_tsa

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
EVERY_SECRET = (*CONTENTS, *AUTHORITIES)


def development(tmp_path: Path, **more: str) -> Settings:
    return Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path / "data"), **more})


def production(tmp_path: Path) -> Settings:
    return Settings.from_env(
        {
            "EZHANG_PROFILE": "production",
            "EZHANG_DATA": str(tmp_path / "data"),
            "PUBLIC_URL": "https://seal.example.cn",
            "EZHANG_REGISTRAR_URL": "https://registrar.example.cn",
            "EZHANG_SMS_URL": "https://sms.example.cn",
            "EZHANG_IDENTITY_URL": "https://identity.example.cn",
            "EZHANG_PUBLIC_SECURITY_URL": "https://police.example.cn",
            "EZHANG_BANK_URL": "https://bank.example.cn",
            "EZHANG_BUILTIN_CA_ANSWERED_FOR": "北京某某有限公司",
        }
    )


def contents(settings: Settings) -> dict[str, bytes]:
    files = [
        *settings.data.glob("secrets/**/*"),
        *settings.data.glob("trust/*"),
        settings.data / "profile.json",
    ]
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def test_everything_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    assert {path.stat().st_mode & 0o777 for path in settings.data.glob("secrets/**/*") if path.is_file()} == {
        0o600
    }
    folders = [
        settings.data,
        settings.data / "secrets",
        settings.data / "secrets" / "ca",
        settings.run_folder,
    ]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert not list(settings.data.glob("**/.*")), "no temporary file is left"
    marker = json.loads((settings.data / "profile.json").read_text())
    assert marker["profile"] == "development"
    assert marker["public_url"] == settings.public_url
    assert datetime.fromisoformat(marker["made_at"]) == NOW


def test_each_process_can_read_its_own(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    web, pepper, records = web_secrets(settings), sealer_pepper(settings), records_key(settings)
    found = [web.web_pepper, web.session_key, pepper, records.key, identity_key(settings).private_bytes_raw()]
    assert {len(secret) for secret in found} == {32}
    assert len(set(found)) == len(found)
    raw = (Encoding.Raw, PublicFormat.Raw)
    assert sealer_identity(settings).public_bytes(*raw) == identity_key(settings).public_key().public_bytes(
        *raw
    )


def test_there_is_one_kek_and_it_is_never_replaced(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    store = kek_store(settings)
    assert (store.version, store.versions()) == (1, [1])
    assert store.mac(1, b"context") == kek_store(settings).mac(1, b"context")
    assert store.mac(1, b"context") != store.mac(1, b"other")
    store.destroy(1)
    with pytest.raises(Refused) as refusal:
        prepare(development(tmp_path), NOW)
    assert refusal.value.code == "data.secrets_missing"
    assert "kek/1.json" in refusal.value.en
    assert store.versions() == []


def test_a_kek_of_another_profile_or_open_to_others_is_refused(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    with pytest.raises(Refused) as refusal:
        kek_store(production(tmp_path)).mac(1, b"context")
    assert refusal.value.code == "secrets.other_profile"
    (settings.data / "secrets" / "kek" / "1.json").chmod(0o640)
    with pytest.raises(Refused) as refusal:
        kek_store(settings).mac(1, b"context")
    assert refusal.value.code == "secrets.too_open"


def test_no_secret_shows_in_a_repr(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    for holder in (web_secrets(settings), records_key(settings)):
        assert repr(holder) == f"{type(holder).__name__}()"


def test_the_authorities_form_a_chain_marked_as_development(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    root, issuing, tsa = (authority(settings, name).certificate for name in ("root", "issuing", "tsa"))
    issuing.verify_directly_issued_by(root)
    tsa.verify_directly_issued_by(root)
    assert all(pki.is_development(certificate) for certificate in (root, issuing, tsa))
    points = issuing.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    assert points[0].full_name[0].value == f"{settings.public_url}/crl/root.crl"


def test_the_sm2_authorities_form_a_chain_of_their_own(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    root, issuing, maker = (sm2_authority(settings, name) for name in SM2_AUTHORITIES)
    for certificate, issuer in ((root, root), (issuing, root), (maker, issuing)):
        assert sm2_certificates.is_signed_by(certificate.der, issuer.key.public)
    assert all(pki.is_development(each.certificate) for each in (root, issuing, maker))
    assert sm2_certificates.is_seal_maker(maker.der)
    for certificate, name in ((issuing, "sm2-root"), (maker, "sm2-issuing")):
        points = certificate.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert points[0].full_name is not None
        assert points[0].full_name[0].value == f"{settings.public_url}/crl/{name}.crl"


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    first = prepare(development(tmp_path), NOW)
    before = contents(first)
    assert prepare(development(tmp_path), NOW + timedelta(days=1)) == first
    assert contents(first) == before


def test_two_starts_at_once_agree(tmp_path: Path) -> None:
    script = (
        "from datetime import UTC, datetime; from server.firststart import prepare; "
        "from server.settings import Settings; prepare(Settings.from_env(), datetime.now(UTC))"
    )
    environ = {**os.environ, **development(tmp_path).environment()}

    def start(_: int) -> int:
        return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environ).returncode

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [0, 0, 0, 0]
    settings = prepare(development(tmp_path), NOW)
    sealer_pepper(settings)
    for name in AUTHORITIES:
        _read(settings, name)  # raises when key and certificate come from different starts


@pytest.mark.parametrize("survivors", range(len(EVERY_SECRET)))
def test_an_interrupted_first_start_goes_on_where_it_stopped(tmp_path: Path, survivors: int) -> None:
    settings = prepare(development(tmp_path), NOW)
    (settings.data / "profile.json").unlink()
    for name in EVERY_SECRET[survivors:]:
        secret_path(settings, name).unlink()
    kept = {name: secret_path(settings, name).read_bytes() for name in EVERY_SECRET[:survivors]}
    settings = prepare(development(tmp_path), NOW)
    assert {name: secret_path(settings, name).read_bytes() for name in kept} == kept
    raw = (Encoding.Raw, PublicFormat.Raw)
    own = identity_key(settings).public_key()
    assert sealer_identity(settings).public_bytes(*raw) == own.public_bytes(*raw)
    root = authority(settings, "root").certificate
    for name in ("issuing", "tsa"):
        authority(settings, name).certificate.verify_directly_issued_by(root)
    sm2_root, sm2_issuing, maker = (sm2_authority(settings, name) for name in SM2_AUTHORITIES)
    assert sm2_certificates.is_signed_by(sm2_issuing.der, sm2_root.key.public)
    assert sm2_certificates.is_signed_by(maker.der, sm2_issuing.key.public)


@pytest.mark.parametrize("name", EVERY_SECRET)
def test_a_secret_that_got_lost_is_never_replaced(tmp_path: Path, name: str) -> None:
    settings = prepare(development(tmp_path), NOW)
    secret_path(settings, name).unlink()
    with pytest.raises(Refused) as refusal:
        prepare(development(tmp_path), NOW)
    assert refusal.value.code == "data.secrets_missing"
    assert str(secret_path(settings, name)) in refusal.value.zh
    assert not secret_path(settings, name).exists()


def test_no_secrets_are_made_beside_a_database_that_is_there(tmp_path: Path) -> None:
    settings = development(tmp_path)
    settings.data.mkdir()
    assert settings.sqlite_path is not None
    settings.sqlite_path.write_bytes(b"rows")
    with pytest.raises(Refused) as refusal:
        prepare(settings, NOW)
    assert refusal.value.code == "data.secrets_missing"
    assert not list(settings.data.glob("secrets/**/*"))


@pytest.mark.parametrize("name", EVERY_SECRET)
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_a_secret_open_to_others_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    settings = prepare(development(tmp_path), NOW)
    secret_path(settings, name).chmod(mode)
    with pytest.raises(Refused) as at_start:
        prepare(development(tmp_path), NOW)
    with pytest.raises(Refused) as at_use:
        _read(settings, name)
    assert at_start.value.code == at_use.value.code == "secrets.too_open"


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"profile": "development"}', b"\xff\xfe"])
def test_a_damaged_secret_is_refused_and_not_repeated(tmp_path: Path, name: str, damage: bytes) -> None:
    settings = prepare(development(tmp_path), NOW)
    path = secret_path(settings, name)
    path.write_bytes(damage)
    with pytest.raises(Refused) as refusal:
        _read(settings, name)
    assert refusal.value.code == "secrets.broken"
    assert str(path) in refusal.value.en


def test_a_shortened_secret_is_refused(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    path = secret_path(settings, "web")
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "session_key": "AAAA"}))
    with pytest.raises(Refused) as refusal:
        web_secrets(settings)
    assert refusal.value.code == "secrets.broken"
    assert values["web_pepper"] not in str(refusal.value)


def test_a_link_in_place_of_a_secret_is_not_followed(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    path = secret_path(settings, "web")
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(Refused) as refusal:
        web_secrets(settings)
    assert refusal.value.code == "secrets.broken"


def test_writing_never_replaces(tmp_path: Path) -> None:
    write_secret(tmp_path / "one", b"first")
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "one", b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    assert (tmp_path / "one").read_bytes() == b"first"


def test_production_makes_nothing_and_says_what_to_provide(tmp_path: Path) -> None:
    settings = production(tmp_path)
    with pytest.raises(Refused) as refusal:
        prepare(settings, NOW)
    assert refusal.value.code == "data.secrets_missing"
    for word in ("web.json", "sealer.json", "records.json", "root.key.pem", "kek", "session_key", "0600"):
        assert word in refusal.value.zh
        assert word in refusal.value.en
    assert not list(settings.data.glob("secrets/**/*.*"))
    assert not (settings.data / "profile.json").exists()


def test_production_opens_what_was_provided_for_it(tmp_path: Path) -> None:
    settings = production(tmp_path)
    settings.data.mkdir()
    make_secrets(settings, NOW)
    prepared = prepare(settings, NOW)
    assert prepared.public_url == "https://seal.example.cn"
    assert not pki.is_development(authority(prepared, "issuing").certificate)
    assert not pki.is_development(sm2_authority(prepared, "seal-maker").certificate)
    assert len(web_secrets(prepared).session_key) == 32


def test_production_refuses_a_development_folder(tmp_path: Path) -> None:
    prepare(development(tmp_path), NOW)
    with pytest.raises(Refused) as refusal:
        prepare(production(tmp_path), NOW)
    assert refusal.value.code == "data.other_profile"


@pytest.mark.parametrize("name", EVERY_SECRET)
def test_production_refuses_each_development_secret_even_without_the_marker(
    tmp_path: Path, name: str
) -> None:
    made = prepare(development(tmp_path), NOW)
    (made.data / "profile.json").unlink()
    with pytest.raises(Refused) as refusal:
        _read(production(tmp_path), name)
    assert refusal.value.code == "secrets.other_profile"


def test_development_refuses_a_production_folder(tmp_path: Path) -> None:
    settings = production(tmp_path)
    settings.data.mkdir()
    make_secrets(settings, NOW)
    prepare(settings, NOW)
    with pytest.raises(Refused) as refusal:
        prepare(development(tmp_path), NOW)
    assert refusal.value.code == "data.other_profile"


def test_the_public_address_is_fixed_at_first_start(tmp_path: Path) -> None:
    first = prepare(development(tmp_path, PUBLIC_URL="https://seal.example.cn"), NOW)
    assert first.public_url == "https://seal.example.cn"
    assert prepare(development(tmp_path), NOW).public_url == "https://seal.example.cn"
    assert prepare(development(tmp_path, PORT="9000"), NOW).public_url == "https://seal.example.cn"
    with pytest.raises(Conflict) as refusal:
        prepare(development(tmp_path, PUBLIC_URL="https://other.example.cn"), NOW)
    assert refusal.value.code == "public_url.fixed"
    assert "https://seal.example.cn" in refusal.value.zh


def test_an_address_of_our_own_finding_holds_port_and_scheme(tmp_path: Path) -> None:
    first = prepare(development(tmp_path, HOST="127.0.0.1"), NOW)
    assert first.public_url == "http://127.0.0.1:8000"
    assert first.sandbox_public_url == "http://127.0.0.1:8001"
    for change in ({"PORT": "9000"}, {"HTTPS": "1"}):
        with pytest.raises(Conflict) as refusal:
            prepare(development(tmp_path, HOST="127.0.0.1", **change), NOW)
        assert refusal.value.code == "public_url.moved"
        assert "PORT=8000 HTTPS=0" in refusal.value.en


def test_https_gets_a_certificate_for_the_addresses_and_keeps_it(tmp_path: Path) -> None:
    settings = development(tmp_path, HOST="127.0.0.1", HTTPS="1", PUBLIC_URL="https://phone.example.cn:8000")
    settings = prepare(settings, NOW)
    certificate = settings.tls_certificate.read_bytes()
    names = x509.load_pem_x509_certificate(certificate).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {"localhost", "phone.example.cn"} <= set(names.value.get_values_for_type(x509.DNSName))
    assert settings.tls_key.stat().st_mode & 0o777 == 0o600
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
        settings.tls_certificate, settings.tls_key
    )
    prepare(settings, NOW + timedelta(days=300))
    assert settings.tls_certificate.read_bytes() == certificate
    prepare(settings, NOW + timedelta(days=390))
    assert settings.tls_certificate.read_bytes() != certificate
    prepare(replace(settings, host="127.0.0.2"), NOW + timedelta(days=391))
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
        settings.tls_certificate, settings.tls_key
    )


def test_a_folder_too_deep_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        prepare(development(tmp_path / ("深" * 40)), NOW)
    assert refusal.value.code == "data.path_too_long"
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    settings = prepare(development(tmp_path), NOW)
    trust_path(settings, "issuing").unlink()
    with pytest.raises(NotFound) as refusal:
        authority(settings, "issuing")
    assert refusal.value.code == "secrets.missing"
    assert "issuing.pem" in refusal.value.zh


def _read(settings: Settings, name: str) -> object:
    readers = {
        "web": web_secrets,
        "records": records_key,
        "sealer": sealer_pepper,
        "identity": identity_key,
        "push": push_key,
    }
    if name in readers:
        return readers[name](settings)
    return (sm2_authority if name in SM2_AUTHORITIES else authority)(settings, name)


def test_another_time_stamping_unit_takes_over_and_the_one_before_stays_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = prepare(development(tmp_path), NOW)
    monkeypatch.setenv("EZHANG_PROFILE", "development")
    monkeypatch.setenv("EZHANG_DATA", str(settings.data))
    (first,) = built_in_units(settings)
    others = {name: value for name, value in contents(settings).items() if "tsa" not in name}
    told, later = io.StringIO(), NOW + timedelta(days=3000)
    # Killed after the key was taken away, it is run again.
    secret_path(settings, "tsa").unlink()
    assert rotate_tsa(told, later) == 0
    unit = authority(settings, "tsa")
    assert json.loads(told.getvalue())["unit"] == pki.fingerprint(unit.certificate)
    assert built_in_units(settings) == (unit.certificate, first)
    assert unit.certificate.not_valid_after_utc > first.not_valid_after_utc
    unit.certificate.verify_directly_issued_by(authority(settings, "root").certificate)
    points = unit.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    assert points.value == first.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    after = contents(settings)
    assert {name: value for name, value in after.items() if "tsa" not in name} == others


def test_a_unit_whose_key_is_lost_is_revoked_with_all_of_that_key_and_stays_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = prepare(development(tmp_path), NOW)
    monkeypatch.setenv("EZHANG_PROFILE", "development")
    monkeypatch.setenv("EZHANG_DATA", str(settings.data))
    lost, root = authority(settings, "tsa"), authority(settings, "root")
    twin = pki.make_tsa(root, NOW - timedelta(days=99), key=lost.key).certificate  # as on a token
    trust_path(settings, "tsa-twin").write_bytes(pki.dump_certificate(twin))
    assert rotate_tsa(io.StringIO(), NOW) == 0
    assert revoked_units(settings) == (), "a unit that is only old stays trusted"
    told, later = io.StringIO(), NOW + timedelta(days=1)
    other = authority(settings, "tsa")
    assert rotate_tsa(told, later, compromised=True) == 0
    assert json.loads(told.getvalue())["revoked"] == [pki.fingerprint(other.certificate)]
    (entry,) = revoked_units(settings)
    assert entry == pki.Revoked(other.certificate.serial_number, later, x509.ReasonFlags.key_compromise)
    # The key of two units: here the one before is put back.
    trust_path(settings, "tsa").write_bytes(pki.dump_certificate(lost.certificate))
    assert rotate_tsa(io.StringIO(), later + timedelta(days=1), compromised=True) == 0
    serials = [other.certificate.serial_number, lost.certificate.serial_number, twin.serial_number]
    entries = revoked_units(settings)
    assert ([one.serial for one in entries], entries[0]) == (serials, entry)
    assert authority(settings, "tsa").certificate.serial_number not in serials
    (settings.trust_folder / FILE).write_text('[{"serial": "1f"}]')
    with pytest.raises(Refused) as refusal:
        revoked_units(settings)
    assert refusal.value.code == "secrets.broken"
