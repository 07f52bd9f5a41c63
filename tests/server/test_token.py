"""Keys on a real PKCS#11 token (SoftHSM2): made there, used there, and nowhere else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11.constants import Attribute, ObjectClass

from auth.errors import Invalid, NotFound, Refused, Unavailable
from seals import pki, sm2_certificates
from server import keys
from server.firststart import make_secrets, prepare
from server.revoked_units import revoked_units
from server.secret_files import AUTHORITIES, SM2_AUTHORITIES, sealer_identity, secret_path, trust_path
from server.settings import Settings
from server.token import Token
from server.unit_command import rotate_tsa
from tests.softhsm import MODULE, PIN, SoftTokens, TokenPlace

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
# The library's own searches complain at their end that the session is gone.
LOST = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
ROOT = Path(__file__).resolve().parents[2]


def settings_of(tmp_path: Path, place: TokenPlace, **more: str) -> Settings:
    environ = {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path / "data"), **place.environ}
    return Settings.from_env({**environ, **more})


@pytest.fixture
def place(tokens: SoftTokens) -> TokenPlace:
    return tokens.fresh()


@pytest.fixture
def settings(tmp_path: Path, place: TokenPlace) -> Settings:
    return prepare(settings_of(tmp_path, place), NOW)


@pytest.fixture
def token(settings: Settings) -> Iterator[Token]:
    with keys.open_token(settings) as token:
        assert token is not None
        yield token


def test_the_keys_are_made_on_the_token(settings: Settings, token: Token) -> None:
    kept = {path.name for path in (settings.data / "secrets").rglob("*") if path.is_file()}
    assert kept == {
        "web.json",
        "records.json",
        "push.json",
        "sealer.json.locked",
        "identity.json.locked",
        *(f"{name}.key.pem.locked" for name in SM2_AUTHORITIES),
    }
    found = {}
    session = pkcs11.lib(str(MODULE)).get_token(token_label=settings.pkcs11_token).open()
    with session:
        for kind in (ObjectClass.SECRET_KEY, ObjectClass.PRIVATE_KEY):
            for key in session.get_objects({Attribute.CLASS: kind}):
                found[key.label] = key
        assert set(found) == {
            *(f"ezhang-development-{name}" for name in ("kek", "files", "root", "issuing", "tsa", "papers"))
        }
        for key in found.values():
            for attribute, value in (
                (Attribute.SENSITIVE, True),
                (Attribute.ALWAYS_SENSITIVE, True),
                (Attribute.EXTRACTABLE, False),
                (Attribute.NEVER_EXTRACTABLE, True),
                (Attribute.LOCAL, True),
                (Attribute.PRIVATE, True),
            ):
                assert key[attribute] is value, (key.label, attribute)
            with pytest.raises(pkcs11.AttributeSensitive):
                _ = key[Attribute.VALUE]


def test_a_token_key_cannot_be_exported(settings: Settings, token: Token) -> None:
    key = keys.authority(settings, "issuing", token).key
    for export in (
        lambda: key.private_numbers(),
        lambda: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ):
        with pytest.raises(Refused) as refusal:
            export()
        assert refusal.value.code == "token.stays"


def openssl(*arguments: str | Path) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_certificates_and_lists_made_by_the_token_verify_in_openssl(
    settings: Settings, token: Token, tmp_path: Path
) -> None:
    root, issuing = (trust_path(settings, name) for name in ("root", "issuing"))
    company = pki.SealSubject("北京晨星精密仪器有限公司", "91110105MA01ABCD3X", "合同专用章", "1101051234567")
    authority = keys.authority(settings, "issuing", token)
    end = pki.latest_seal_end(authority, NOW)
    key = pki.new_key().public_key()
    (tmp_path / "seal.pem").write_bytes(
        pki.dump_certificate(pki.issue_seal_certificate(authority, key, company, NOW, end))
    )
    at = ("-attime", str(int((NOW + timedelta(hours=1)).timestamp())))
    chain = ("verify", "-x509_strict", *at, "-CAfile", root, "-untrusted", issuing)
    assert openssl(*chain, tmp_path / "seal.pem").endswith(": OK\n")
    assert openssl("verify", *at, "-CAfile", root, trust_path(settings, "tsa")).endswith(": OK\n")
    (tmp_path / "root.crl").write_bytes(
        pki.make_crl(keys.authority(settings, "root", token), (), 1, NOW, NOW + timedelta(days=7))
    )
    listed = openssl("crl", "-inform", "DER", "-in", tmp_path / "root.crl", "-CAfile", root, "-noout")
    assert listed.strip() == "verify OK"
    damaged = bytearray((tmp_path / "root.crl").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "root.crl").write_bytes(damaged)
    listed = openssl("crl", "-inform", "DER", "-in", tmp_path / "root.crl", "-CAfile", root, "-noout")
    assert "verify failure" in listed


def test_locked_files_open_with_their_own_token_alone(
    settings: Settings, token: Token, tokens: SoftTokens, tmp_path: Path
) -> None:
    assert len(keys.sealer_pepper(settings, token)) == 32
    assert keys.identity_key(settings, token).public_key() == sealer_identity(settings)
    for name, above in (("sm2-root", "sm2-root"), ("sm2-issuing", "sm2-root"), ("seal-maker", "sm2-issuing")):
        found = keys.sm2_authority(settings, name, token)
        issuer = keys.sm2_authority(settings, above, token)
        assert sm2_certificates.is_signed_by(found.der, issuer.key.public)
    for path in (settings.data / "secrets").rglob("*.locked"):
        assert b"PRIVATE KEY" not in path.read_bytes()
        assert b"pepper" not in path.read_bytes()

    # One under another's name, one that was changed, and another token with a key of the same name.
    maker, issuing = (secret_path(settings, name) for name in ("seal-maker", "sm2-issuing"))
    whole = maker.read_bytes()
    for wrong in (issuing.read_bytes(), whole[:-1] + bytes([whole[-1] ^ 1]), whole[:5], b""):
        maker.write_bytes(wrong)
        with pytest.raises(Refused) as refusal:
            keys.sm2_authority(settings, "seal-maker", token)
        assert refusal.value.code == "secrets.broken"
    other = prepare(settings_of(tmp_path / "other", tokens.fresh()), NOW)
    maker.write_bytes(whole)
    with keys.open_token(other) as stranger, pytest.raises(Refused) as refusal:
        keys.sm2_authority(settings, "seal-maker", stranger)
    assert refusal.value.code == "secrets.broken"


def test_a_second_start_changes_nothing_and_a_lost_key_is_never_replaced(
    settings: Settings, tmp_path: Path, place: TokenPlace
) -> None:
    def certificates() -> dict[str, bytes]:
        return {name: trust_path(settings, name).read_bytes() for name in AUTHORITIES}

    before = certificates()
    assert prepare(settings_of(tmp_path, place), NOW + timedelta(days=1)) == settings
    assert certificates() == before
    with keys.open_token(settings, write=True) as token:
        assert token is not None
        assert token.versions("kek") == [1]
        token.destroy_secret("kek", 1)
        token.destroy_secret("kek", 1)
    with pytest.raises(Refused) as refusal:
        prepare(settings_of(tmp_path, place), NOW)
    assert refusal.value.code == "data.secrets_missing"
    assert f"pkcs11:{place.label}/kek/1" in refusal.value.en


def test_an_interrupted_first_start_takes_the_keys_that_are_on_the_token(
    settings: Settings, tmp_path: Path, place: TokenPlace
) -> None:
    with keys.open_token(settings) as token:
        before = keys.authority(settings, "tsa", token).key.public_key()
    (settings.data / "profile.json").unlink()
    trust_path(settings, "tsa").unlink()
    again = prepare(settings_of(tmp_path, place), NOW)
    with keys.open_token(again) as token:
        tsa = keys.authority(again, "tsa", token)
        assert tsa.key.public_key() == before
        tsa.certificate.verify_directly_issued_by(keys.authority(again, "root", token).certificate)


def test_a_unit_gets_another_key_where_the_one_before_is_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    def public() -> object:
        with keys.open_token(settings) as token:
            return keys.authority(settings, "tsa", token).key.public_key()

    first = public()
    assert rotate_tsa(io.StringIO(), NOW) == 0
    assert public() == first
    assert rotate_tsa(io.StringIO(), NOW, compromised=True) == 0
    assert public() != first
    assert len(revoked_units(settings)) == 2, "both certificates of that key"


def test_production_makes_its_keys_there_by_its_own_command_and_opens_none_of_development(
    settings: Settings, tmp_path: Path, place: TokenPlace
) -> None:
    production = settings_of(
        tmp_path / "production",
        place,
        EZHANG_PROFILE="production",
        PUBLIC_URL="https://seal.example.cn",
        EZHANG_REGISTRAR_URL="https://registrar.example.cn",
        EZHANG_SMS_URL="https://sms.example.cn",
        EZHANG_IDENTITY_URL="https://identity.example.cn",
        EZHANG_PUBLIC_SECURITY_URL="https://police.example.cn",
        EZHANG_BANK_URL="https://bank.example.cn",
        EZHANG_BUILTIN_CA_ANSWERED_FOR="北京某某有限公司",
    )
    with keys.open_token(production) as token, pytest.raises(NotFound) as missing:
        keys.check_key(production, "root", token)
    assert missing.value.code == "token.key"
    with pytest.raises(Refused) as refusal:
        prepare(production, NOW)
    assert refusal.value.code == "data.secrets_missing"
    made = make_secrets(production, NOW)
    assert Path(f"pkcs11:{place.label}/root") in made
    assert Path(f"pkcs11:{place.label}/kek/1") in made
    prepare(production, NOW)
    with keys.open_token(production) as token:
        assert not pki.is_development(keys.authority(production, "issuing", token).certificate)


def test_kek_versions_are_seen_by_others_at_once(settings: Settings, token: Token) -> None:
    reading = keys.kek_store(settings, token)
    first = reading.mac(1, b"context")
    script = (
        "from server.keys import kek_store, open_token; from server.settings import Settings\n"
        "import sys; settings = Settings.from_env()\n"
        "with open_token(settings, write=True) as token:\n"
        "    store = kek_store(settings, token)\n"
        "    store.make(int(sys.argv[1])); store.destroy(int(sys.argv[2]))\n"
    )

    def elsewhere(make: int, destroy: int) -> None:
        environ = {**os.environ, **settings.environment()}
        command = [sys.executable, "-c", script, str(make), str(destroy)]
        subprocess.run(command, cwd=ROOT, env=environ, check=True)

    elsewhere(2, 9)
    assert (reading.version, reading.versions()) == (2, [1, 2])
    assert reading.mac(1, b"context") == first
    assert reading.mac(2, b"context") != first
    elsewhere(3, 1)
    assert (reading.version, reading.versions()) == (3, [2, 3])
    with pytest.raises(Refused) as refusal:
        reading.mac(1, b"context")
    assert refusal.value.code == "custody.kek_version"


@LOST
def test_a_session_that_was_lost_is_opened_anew(settings: Settings, token: Token) -> None:
    before = token.mac("kek", 1, b"context")
    pkcs11.lib(str(MODULE)).reinitialize()
    with pytest.raises(Unavailable) as waiting:
        token.mac("kek", 1, b"context")
    assert waiting.value.code == "token.unavailable"
    assert token.mac("kek", 1, b"context") == before
    assert keys.authority(settings, "root", token).key.public_key() is not None


@LOST
def test_a_wrong_pin_is_not_tried_again_by_a_running_process(
    settings: Settings, token: Token, place: TokenPlace
) -> None:
    """A token locks after some tries; a PIN that was changed under a running sealer must not use them up."""
    place.pin_file.write_text("00000000")
    pkcs11.lib(str(MODULE)).reinitialize()
    for _ in range(2):
        with pytest.raises(Unavailable):
            token.mac("kek", 1, b"context")
    place.pin_file.write_text(PIN)
    with pytest.raises(Unavailable):
        token.mac("kek", 1, b"context")


def another_label(place: TokenPlace) -> dict[str, str]:
    return {"EZHANG_PKCS11_TOKEN": "nobody"}


def no_module(place: TokenPlace) -> dict[str, str]:
    return {"EZHANG_PKCS11_MODULE": "/nowhere/module.so"}


def wrong_pin(place: TokenPlace) -> dict[str, str]:
    place.pin_file.write_text("00000000")
    return {}


def pin_open_to_others(place: TokenPlace) -> dict[str, str]:
    place.pin_file.chmod(0o640)
    return {}


def no_pin_file(place: TokenPlace) -> dict[str, str]:
    place.pin_file.unlink()
    return {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (another_label, ("没有找到标签为 nobody 的密码令牌", "no token labelled nobody")),
        (no_module, ("无法加载密码模块 /nowhere/module.so", "cannot be loaded")),
        (wrong_pin, ("不接受该口令", "does not take this PIN")),
        (pin_open_to_others, ("0600", "chmod 600")),
        (no_pin_file, ("缺少文件", ".pin is missing")),
    ],
)
def test_a_sealer_without_its_token_refuses_to_start(
    settings: Settings,
    place: TokenPlace,
    change: Callable[[TokenPlace], dict[str, str]],
    words: tuple[str, str],
) -> None:
    environ = {**os.environ, **settings.environment(), **change(place)}
    command = [sys.executable, "-m", "server.sealer"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stderr
    for word in words:
        assert word in done.stderr
    assert PIN not in done.stderr


@pytest.mark.parametrize(
    "variable", ["EZHANG_PKCS11_MODULE", "EZHANG_PKCS11_TOKEN", "EZHANG_PKCS11_PIN_FILE"]
)
def test_the_setting_needs_module_label_and_pin_file(
    tmp_path: Path, place: TokenPlace, variable: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        settings_of(tmp_path, place, **{variable: ""})
    assert refusal.value.code == "settings.pkcs11"
    assert refusal.value.field == variable
