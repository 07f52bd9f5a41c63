"""The sealer's own keys, by one setting in files or on a PKCS#11 token (EZHANG_KEYS).

On the token lie the KEKs and the P-256 keys of root, issuing, tsa and papers. Tokens have no SM2: the SM2
keys, the pepper and the identity key lie in files locked (AES-256-GCM) under an HMAC that the token computes,
so they open only while it is there. `token` is what `open_token` gave: None where the keys are files.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from auth.errors import NotFound
from seals import pki, sm2_pki
from seals.custody import FileVault, kek_not_held
from seals.rotating import KekStore
from server.secret_files import (
    AUTHORITIES,
    CONTENTS,
    PUSH,
    SECRET_BYTES,
    SM2_AUTHORITIES,
    broken,
    check_secret,
    decode,
    encode,
    locked_names,
    missing,
    other_profile,
    read_secret,
    read_trust,
    secret_path,
    trust_path,
    write_secret,
)
from server.settings import Keys, Settings
from server.token import Token

__all__ = [
    "FIRST_KEK",
    "TOKEN_AUTHORITIES",
    "authority",
    "check_key",
    "identity_key",
    "kek_place",
    "kek_store",
    "key_place",
    "make_first_kek",
    "open_token",
    "push_key",
    "sealer_pepper",
    "sm2_authority",
    "vapid_key",
    "write_sealer_secret",
]

ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

FIRST_KEK = 1
KEK = "kek"
FILES, FILES_VERSION = "files", 1
"""The token's HMAC key for locked files: not the KEK, which is rotated."""

TOKEN_AUTHORITIES = tuple(name for name in AUTHORITIES if name not in SM2_AUTHORITIES)
NONCE_BYTES = 12


# ---------------------------------------------------------------- the token


@contextmanager
def open_token(settings: Settings, *, write: bool = False) -> Iterator[Token | None]:
    """This process's token, or None where keys are files; closed in the end. write: to make keys.

    Raises Refused or NotFound (`token.…`, `secrets.…` for the file with the PIN).
    """
    if settings.keys is not Keys.PKCS11:
        yield None
        return
    module, pin_file = settings.pkcs11_module, settings.pkcs11_pin_file
    assert module is not None, "Settings checks them together"
    assert pin_file is not None, "Settings checks them together"
    prefix = "ezhang-development-" if settings.development else "ezhang-"

    def pin() -> str:
        try:
            return read_secret(pin_file).decode().strip()
        except UnicodeDecodeError:
            raise broken(pin_file) from None

    token = Token(module, settings.pkcs11_token, pin, prefix=prefix, write=write)
    try:
        yield token
    finally:
        token.close()


# ---------------------------------------------------------------- KEKs


def kek_store(settings: Settings, token: Token | None = None) -> KekStore:
    """The vault of this deployment; its `version` raises NotFound `secrets.missing` where there is no KEK."""
    return _FolderVault(settings) if token is None else _TokenVault(token, settings)


def make_first_kek(settings: Settings, token: Token | None = None) -> bool:
    """Make version 1 where there is none; whether it did."""
    store = kek_store(settings, token)
    if store.versions():
        return False
    store.make(FIRST_KEK)
    return True


def kek_place(settings: Settings, version: int) -> Path:
    """Where a KEK is, for people: a file, or the token and the name in it."""
    if settings.keys is Keys.PKCS11:
        return Path(f"pkcs11:{settings.pkcs11_token}") / KEK / str(version)
    return settings.data / "secrets" / KEK / f"{version}.json"


@dataclass(frozen=True)
class _FolderVault:
    """`secrets/kek/<version>.json`, looked at anew at each use: sealers see a new version at once."""

    settings: Settings

    @property
    def version(self) -> int:
        return _newest(self.versions(), self._path(FIRST_KEK))

    def versions(self) -> list[int]:
        names = [path.stem for path in self._path(FIRST_KEK).parent.glob("*.json")]
        return sorted(int(name) for name in names if name.isdecimal())

    def mac(self, version: int, context: bytes) -> bytes:
        path = self._path(version)
        try:
            text = read_secret(path)
        except NotFound:
            raise kek_not_held(version) from None
        return FileVault(decode(self.settings, path, (KEK,), text)[KEK], version).mac(version, context)

    def make(self, version: int) -> None:
        path = self._path(version)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_secret(path, encode(self.settings.profile, {KEK: secrets.token_bytes(SECRET_BYTES)}))

    def destroy(self, version: int) -> None:
        self._path(version).unlink(missing_ok=True)

    def _path(self, version: int) -> Path:
        return kek_place(self.settings, version)


@dataclass(frozen=True)
class _TokenVault:
    """One HMAC key object per version on the token, looked up anew as well."""

    token: Token
    settings: Settings

    @property
    def version(self) -> int:
        return _newest(self.versions(), kek_place(self.settings, FIRST_KEK))

    def versions(self) -> list[int]:
        return self.token.versions(KEK)

    def mac(self, version: int, context: bytes) -> bytes:
        try:
            return self.token.mac(KEK, version, context)
        except NotFound:
            raise kek_not_held(version) from None

    def make(self, version: int) -> None:
        self.token.make_secret(KEK, version)

    def destroy(self, version: int) -> None:
        self.token.destroy_secret(KEK, version)


def _newest(versions: list[int], place: Path) -> int:
    if not versions:
        raise missing(place)
    return versions[-1]


# ---------------------------------------------------------------- secrets and authorities


def sealer_pepper(settings: Settings, token: Token | None = None) -> bytes:
    """The sealer's pepper, 32 bytes. Raises NotFound or Refused (`secrets.…`), naming the file."""
    return _secret(settings, "sealer", token)


def identity_key(settings: Settings, token: Token | None = None) -> Ed25519PrivateKey:
    """The sealer's identity key; raises as `sealer_pepper`."""
    return Ed25519PrivateKey.from_private_bytes(_secret(settings, "identity", token))


def vapid_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Our P-256 key towards push services, made of 32 secret bytes."""
    return ec.derive_private_key(int.from_bytes(secret) % (ORDER_P256 - 1) + 1, ec.SECP256R1())


def push_key(settings: Settings, token: Token | None = None) -> ec.EllipticCurvePrivateKey:
    """Our key towards push services; raises as `sealer_pepper`."""
    return vapid_key(_secret(settings, PUSH, token))


def _secret(settings: Settings, name: str, token: Token | None) -> bytes:
    (key,) = CONTENTS[name]
    return decode(settings, secret_path(settings, name), (key,), _read(settings, name, token))[key]


def authority(settings: Settings, name: str, token: Token | None = None) -> pki.Authority:
    """Key and certificate of `root`, `issuing`, `tsa` or `papers`.

    Raises NotFound or Refused (`secrets.…`, `token.…`), or Invalid (`pki.…`) when the pair is broken.
    """
    certificate = read_trust(trust_path(settings, name))
    if token is None:
        found = pki.load_authority(read_secret(secret_path(settings, name)), certificate)
    else:
        found = pki.pair(token.key(name), certificate)
    _check_profile(settings, name, found.certificate)
    return found


def sm2_authority(settings: Settings, name: str, token: Token | None = None) -> sm2_pki.Sm2Authority:
    """Key and certificate of one of `SM2_AUTHORITIES`; raises as `authority`."""
    certificate = read_trust(trust_path(settings, name))
    found = sm2_pki.load_authority(_read(settings, name, token), certificate)
    _check_profile(settings, name, found.certificate)
    return found


def _check_profile(settings: Settings, name: str, certificate: x509.Certificate) -> None:
    if pki.is_development(certificate) != settings.development:
        raise other_profile(trust_path(settings, name))


def key_place(settings: Settings, name: str) -> Path:
    """Where a secret or an authority's key is, for people: a file, or the token and the name in it."""
    if settings.keys is Keys.PKCS11 and name in TOKEN_AUTHORITIES:
        return Path(f"pkcs11:{settings.pkcs11_token}") / name
    return secret_path(settings, name)


def check_key(settings: Settings, name: str, token: Token | None) -> None:
    """Raise NotFound or Refused unless it is there, and closed to everybody else."""
    if token is not None and name in TOKEN_AUTHORITIES:
        token.key(name)
    else:
        check_secret(secret_path(settings, name))


def write_sealer_secret(settings: Settings, name: str, data: bytes, token: Token | None) -> None:
    """Write a secret's file, locked under the token where there is one and it is the sealer's."""
    if token is not None and name in locked_names(settings):
        if FILES_VERSION not in token.versions(FILES):
            token.make_secret(FILES, FILES_VERSION)
        nonce = secrets.token_bytes(NONCE_BYTES)
        place = _place(settings, name)
        data = nonce + AESGCM(token.mac(FILES, FILES_VERSION, place)).encrypt(nonce, data, place)
    write_secret(secret_path(settings, name), data)


def _read(settings: Settings, name: str, token: Token | None) -> bytes:
    path = secret_path(settings, name)
    data = read_secret(path)
    if name not in locked_names(settings):
        return data
    assert token is not None, "a process that reads locked files has opened the token"
    place = _place(settings, name)
    try:
        key = AESGCM(token.mac(FILES, FILES_VERSION, place))
        return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise broken(path) from None


def _place(settings: Settings, name: str) -> bytes:
    return b"ezhang/file/1\n" + json.dumps([settings.profile.value, name]).encode()
