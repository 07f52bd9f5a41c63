"""The secrets of a deployment: files of mode 0600, each read only by the process it belongs to.

    secrets/web.json       web_pepper, session_key              web
    secrets/records.json   records_key                          web and sealer
    secrets/wechat.txt     the app secret that WeChat gave out, if it logs people in   web
    secrets/sealer.json    sealer_pepper                        sealer: sign
    secrets/kek/<n>.json   kek, one file per version            sealer: sign
    secrets/identity.json  identity_key                         sealer: sign, work
    secrets/push.json      push_key                             sealer: work
    secrets/ca/*.key.pem   keys of root, issuing, sm2-root,
                           sm2-issuing, seal-maker              sealer: issue
                           of tsa                               sealer: time
                           and of papers                        sealer: work
    trust/*.pem            their certificates, the public halves of identity_key and push_key: public

The sealer's own are read by `server/keys.py`; with EZHANG_KEYS=pkcs11 they lie in a token, or here as
`<name>.locked`, which opens with that token alone.

Each JSON file names the profile it was made under; certificates made in development carry a mark of
their own. What was made under another profile is not opened. An error names the file, never a value.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import resource
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.errors import NotFound, Refused
from auth.privacy import RecordsKey
from seals.certificates import load_certificate
from server.settings import Keys, Settings

__all__ = [
    "AUTHORITIES",
    "CONTENTS",
    "PUSH",
    "SEALER_IDENTITY",
    "SECRET_BYTES",
    "SM2_AUTHORITIES",
    "WebSecrets",
    "broken",
    "built_in_units",
    "check_secret",
    "decode",
    "encode",
    "locked_names",
    "missing",
    "other_profile",
    "push_public_key",
    "read_secret",
    "read_trust",
    "records_key",
    "sealer_identity",
    "secret_path",
    "time_service_roots",
    "trust_path",
    "trusted",
    "web_secrets",
    "wechat_secret",
    "write_secret",
]

SECRET_BYTES = 32
MAX_FILE_BYTES = 64 * 1024
SM2_AUTHORITIES = ("sm2-root", "sm2-issuing", "seal-maker")
AUTHORITIES = ("root", "issuing", "tsa", "papers", *SM2_AUTHORITIES)
SEALER_IDENTITY = "sealer-identity"
PUSH = "push"
SANDBOX_APP_SECRET = "sandbox"  # noqa: S105 (accepted by our own stand-in only)

_LOCKED = frozenset({"sealer", "identity", *SM2_AUTHORITIES})
"""Tokens have no SM2, and neither the pepper nor the identity key is of a kind that they have."""

CONTENTS = {
    "web": ("web_pepper", "session_key"),
    "records": ("records_key",),
    "sealer": ("sealer_pepper",),
    "identity": ("identity_key",),
    "push": ("push_key",),
}
"""File name -> the secrets in it, each 32 random bytes in base64."""


@dataclass(frozen=True)
class WebSecrets:
    """What the web process holds; 32 bytes each."""

    web_pepper: bytes = field(repr=False)
    session_key: bytes = field(repr=False)


def web_secrets(settings: Settings) -> WebSecrets:
    """The web process's secrets. Raises NotFound or Refused (`secrets.…`), naming the file."""
    return WebSecrets(**_load(settings, "web"))


def wechat_secret(settings: Settings) -> str:
    """The app secret of login by WeChat; empty where that is not offered.

    Raises NotFound or Refused (`secrets.…`). The sandbox's is no secret.
    """
    if not settings.wechat_url:
        return ""
    if settings.development and settings.wechat_url == settings.sandbox_url:
        return SANDBOX_APP_SECRET
    path = settings.data / "secrets" / "wechat.txt"
    text = read_secret(path).decode(errors="replace").strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,128}", text):
        raise broken(path)
    return text


def records_key(settings: Settings) -> RecordsKey:
    """The key of personal data in rows. Raises NotFound or Refused (`secrets.…`), naming the file."""
    return RecordsKey(_load(settings, "records")["records_key"])


def sealer_identity(settings: Settings) -> Ed25519PublicKey:
    """The sealer's public identity key, which web pins. Raises NotFound or Refused (`secrets.…`)."""
    path = trust_path(settings, SEALER_IDENTITY)
    try:
        key = serialization.load_pem_public_key(read_trust(path))
    except (ValueError, UnsupportedAlgorithm):
        raise broken(path) from None
    if not isinstance(key, Ed25519PublicKey):
        raise broken(path)
    return key


def push_public_key(settings: Settings) -> ec.EllipticCurvePublicKey:
    """What browsers are told to take messages of. Raises NotFound or Refused (`secrets.…`)."""
    path = trust_path(settings, PUSH)
    try:
        key = serialization.load_pem_public_key(read_trust(path))
    except (ValueError, UnsupportedAlgorithm):
        raise broken(path) from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise broken(path)
    return key


def trusted(settings: Settings, name: str) -> x509.Certificate:
    """The certificate of one of `AUTHORITIES`. Raises NotFound `secrets.missing`, Invalid `pki.…`."""
    return load_certificate(read_trust(trust_path(settings, name)))


def built_in_units(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Certificates of the time-stamping units that the root issued: `tsa.pem` in the trust folder, and of
    those before it `tsa-….pem`, whose status is told for as long as they are there."""
    paths = [trust_path(settings, "tsa"), *sorted(settings.trust_folder.glob("tsa-*.pem"))]
    return tuple(load_certificate(read_trust(path)) for path in paths if path.exists())


def time_service_roots(settings: Settings) -> tuple[bytes, ...]:
    """Roots (DER) of others' time-stamping services: of the PEM file that is named, or all in the folder.

    Raises NotFound `secrets.missing`, Refused `secrets.broken`.
    """
    named = settings.tsa_roots
    if named is None:
        return ()
    found: list[bytes] = []
    for path in sorted(named.glob("*.pem")) if named.is_dir() else [named]:
        try:
            roots = x509.load_pem_x509_certificates(read_trust(path))
        except ValueError:
            raise broken(path) from None
        found += [root.public_bytes(serialization.Encoding.DER) for root in roots]
    return tuple(found)


def secret_path(settings: Settings, name: str) -> Path:
    """Where a secret lies: one of `CONTENTS` or of `AUTHORITIES`."""
    folder = settings.data / "secrets"
    path = folder / "ca" / f"{name}.key.pem" if name in AUTHORITIES else folder / f"{name}.json"
    return path.with_name(f"{path.name}.locked") if name in locked_names(settings) else path


def locked_names(settings: Settings) -> frozenset[str]:
    """The secrets that lie in files which open with the token alone."""
    return _LOCKED if settings.keys is Keys.PKCS11 else frozenset()


def trust_path(settings: Settings, name: str) -> Path:
    """Where the public half lies: one of `AUTHORITIES`, `sealer-identity`, `push`."""
    return settings.trust_folder / f"{name}.pem"


def check_secret(path: Path) -> None:
    """Raise NotFound or Refused unless the file is there and closed to everybody else."""
    _open_secret(path).close()


def read_secret(path: Path) -> bytes:
    """A secret file's bytes; raises as `check_secret`. From here on this process leaves no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with _open_secret(path) as file:
        return file.read(MAX_FILE_BYTES)


def read_trust(path: Path) -> bytes:
    """A public file's bytes."""
    try:
        return path.read_bytes()
    except OSError:
        raise missing(path) from None


def write_secret(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600, whole or not at all; FileExistsError when it is there already."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600, O_EXCL
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A link, and not a rename, because a rename would silently replace a secret that is there.
        os.link(temporary, path)
    finally:
        os.unlink(temporary)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def encode(profile: str, values: dict[str, bytes]) -> bytes:
    """The JSON text of a secret file."""
    coded = {name: base64.b64encode(value).decode() for name, value in values.items()}
    return json.dumps({"profile": profile, **coded}, indent=2).encode() + b"\n"


def _open_secret(path: Path) -> BinaryIO:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise missing(path) from None
    except OSError:
        raise broken(path) from None
    file = os.fdopen(descriptor, "rb")
    # Owner and mode are read off the open file: a path could name another file a moment later.
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE_BYTES:
        file.close()
        raise broken(path)
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        file.close()
        raise Refused(
            "secrets.too_open",
            f"密钥文件 {path} 必须只属于运行本程序的用户，权限须为 0600。请执行：chmod 600 {path}",
            f"The secret file {path} must belong to the user that runs this program, with mode 0600. "
            f"Run: chmod 600 {path}",
            file=str(path),
        )
    return file


def decode(settings: Settings, path: Path, names: Sequence[str], text: bytes) -> dict[str, bytes]:
    """What `encode` wrote. Raises Refused (`secrets.…`), naming the file."""
    try:
        read = json.loads(text)
        values = {key: base64.b64decode(read[key], validate=True) for key in names}
        profile = read["profile"]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise broken(path) from None
    if any(len(value) != SECRET_BYTES for value in values.values()):
        raise broken(path)
    if profile != settings.profile:
        raise other_profile(path)
    return values


def _load(settings: Settings, name: str) -> dict[str, bytes]:
    path = secret_path(settings, name)
    return decode(settings, path, CONTENTS[name], read_secret(path))


def other_profile(path: Path) -> Refused:
    """For a file made under another profile."""
    return Refused(
        "secrets.other_profile",
        f"{path} 是在另一种运行环境（开发/正式）下生成的，不能混用。请使用本环境自己的数据目录。",
        f"{path} was made under another profile (development, production) and is not opened under this one. "
        "Use this profile's own data folder.",
        file=str(path),
    )


def missing(path: Path) -> NotFound:
    """For a file that is not there."""
    return NotFound(
        "secrets.missing",
        f"缺少文件 {path}。请从备份恢复。",
        f"The file {path} is missing. Restore it from the backup.",
        file=str(path),
    )


def broken(path: Path) -> Refused:
    """For a file that does not hold what it should."""
    return Refused(
        "secrets.broken",
        f"文件 {path} 无法读取或内容不完整。请从备份恢复。",
        f"The file {path} cannot be read or is not complete. Restore it from the backup.",
        file=str(path),
    )
