"""First start: make the data folder and, in development only, every secret in it; later: check them.

Nothing that is there is ever overwritten. Files are written whole or not at all and `profile.json` last,
so a first start that was interrupted goes on where it stopped, and a data folder that is complete but
lacks a secret is refused: a new secret beside old data would make what it once encrypted unreadable.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auth.errors import Conflict, Invalid, NotFound, Refused
from seals import pki, sm2_pki
from server.addresses import LOOPBACK, reachable_address
from server.keys import (
    FIRST_KEK,
    TOKEN_AUTHORITIES,
    authority,
    check_key,
    kek_place,
    kek_store,
    key_place,
    make_first_kek,
    open_token,
    sm2_authority,
    vapid_key,
    write_sealer_secret,
)
from server.local_tls import ensure_certificate
from server.secret_files import (
    AUTHORITIES,
    CONTENTS,
    PUSH,
    SEALER_IDENTITY,
    SECRET_BYTES,
    SM2_AUTHORITIES,
    encode,
    secret_path,
    trust_path,
    write_secret,
)
from server.settings import Settings
from server.token import Token, TokenKey

__all__ = ["make_folders", "make_secrets", "prepare", "present_secrets"]

MAX_SOCKET_PATH_BYTES = 107
"""unix(7): sun_path has 108 bytes, the last of them zero."""


def prepare(settings: Settings, now: datetime) -> Settings:
    """Make or check the data folder; returns the settings with the public addresses filled in.

    Raises Refused `data.other_profile`, `data.secrets_missing`, `secrets.too_open`; Conflict
    `public_url.fixed`, `public_url.moved`.
    """
    make_folders(settings)
    with _locked(settings.run_folder / "first-start.lock"):
        marker = settings.data / "profile.json"
        known = json.loads(marker.read_bytes()) if marker.exists() else None
        if known is None:
            known = _new_marker(settings, now)
        else:
            _check_marker(settings, known)
        _ensure_secrets(settings, known["public_url"], complete=marker.exists(), now=now)
        if not marker.exists():
            write_secret(marker, json.dumps(known, indent=2).encode() + b"\n")
        settings = _with_addresses(settings, known["public_url"])
        if settings.https:
            _ensure_local_certificate(settings, now)
    return settings


def make_folders(settings: Settings) -> None:
    """The data folder and those in it that hold no secret, for our own user alone.

    Raises Invalid `data.path_too_long`.
    """
    if len(os.fsencode(settings.inspector_socket)) > MAX_SOCKET_PATH_BYTES:
        raise Invalid(
            "data.path_too_long",
            f"数据目录的路径过长：{settings.data}。请用 EZHANG_DATA 指定一个较短的路径。",
            f"The path of the data folder is too long: {settings.data}. Name a shorter one with EZHANG_DATA.",
            field="EZHANG_DATA",
        )
    for folder in (settings.data, settings.run_folder, settings.blobs_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_secrets(settings: Settings, now: datetime, lost: Sequence[str] = ()) -> list[Path]:
    """Make every secret and certificate that is missing, marked with the profile; returns the new secrets.

    A public half is written before its secret file, so a secret that is there always has its public half.
    Keys of a token are made in it (EZHANG_KEYS=pkcs11). lost: names of keys that are destroyed there before.
    """
    authorities = secret_path(settings, "root").parent
    for folder in (authorities.parent, authorities, settings.trust_folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    with open_token(settings, write=True) as token:
        if token is not None:
            for name in lost:
                token.destroy_key(name)
        there = _present(settings, token)
        made = [
            name
            for name in (*CONTENTS, *AUTHORITIES)
            if name not in there or not _public(settings, name, token)
        ]
        for name in made:
            if name in CONTENTS:
                values = {key: secrets.token_bytes(SECRET_BYTES) for key in CONTENTS[name]}
                if name == "identity":
                    identity = Ed25519PrivateKey.from_private_bytes(values["identity_key"])
                    _write_public(trust_path(settings, SEALER_IDENTITY), _public_half(identity.public_key()))
                if name == PUSH:
                    push = vapid_key(values["push_key"])
                    _write_public(trust_path(settings, PUSH), _public_half(push.public_key()))
                write_sealer_secret(settings, name, encode(settings.profile, values), token)
            else:
                _make_authority(settings, name, now, token)
        paths = [key_place(settings, name) for name in made]
        return [*paths, kek_place(settings, FIRST_KEK)] if make_first_kek(settings, token) else paths


def present_secrets(settings: Settings) -> list[Path]:
    """The secrets that are there already, wherever they lie. Raises as `open_token` and `check_key`."""
    with open_token(settings) as token:
        keks = [kek_place(settings, version) for version in kek_store(settings, token).versions()]
        return [*(key_place(settings, name) for name in _present(settings, token)), *keks]


def _public(settings: Settings, name: str, token: Token | None) -> bool:
    """Whether the certificate of a token's key is there; a secret file's was written before it."""
    return token is None or name not in TOKEN_AUTHORITIES or trust_path(settings, name).exists()


def _present(settings: Settings, token: Token | None) -> list[str]:
    found = []
    for name in (*CONTENTS, *AUTHORITIES):
        with suppress(NotFound):
            check_key(settings, name, token)
            found.append(name)
    return found


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _new_marker(settings: Settings, now: datetime) -> dict[str, Any]:
    scheme = "https" if settings.https else "http"
    derived = f"{scheme}://{reachable_address(settings.host)}:{settings.port}"
    return {
        "profile": settings.profile,
        "public_url": settings.public_url or derived,
        "public_url_given": bool(settings.public_url),
        "made_at": now.isoformat(),
    }


def _check_marker(settings: Settings, known: dict[str, Any]) -> None:
    if known["profile"] != settings.profile:
        raise Refused(
            "data.other_profile",
            f"数据目录 {settings.data} 属于 {known['profile']} 环境，{settings.profile} 环境不会打开它。"
            "请用 EZHANG_DATA 指定另一个目录。",
            f"The data folder {settings.data} was made under the profile {known['profile']} and is not "
            f"opened under {settings.profile}. Name another folder with EZHANG_DATA.",
        )
    fixed = str(known["public_url"])
    if settings.public_url and settings.public_url != fixed:
        raise Conflict(
            "public_url.fixed",
            f"对外地址在第一次启动时已固定为 {fixed}，并已写进二维码，不能改为 {settings.public_url}。"
            "请去掉 PUBLIC_URL，或用 EZHANG_DATA 指定一个新的数据目录。",
            f"The public address was fixed at first start as {fixed} and stands in QR codes; it cannot "
            f"become {settings.public_url}. Leave PUBLIC_URL out, or name a new folder with EZHANG_DATA.",
            field="PUBLIC_URL",
        )
    parts = urlsplit(fixed)
    same = (parts.scheme == "https", parts.port) == (settings.https, settings.port)
    if not known["public_url_given"] and not same:
        before = f"PORT={parts.port} HTTPS={int(parts.scheme == 'https')}"
        raise Conflict(
            "public_url.moved",
            f"对外地址在第一次启动时已固定为 {fixed}，二维码都指向那里。请用 {before} 启动，"
            "或用 EZHANG_DATA 指定一个新的数据目录。",
            f"The public address was fixed at first start as {fixed}, and QR codes lead there. Start with "
            f"{before}, or name a new data folder with EZHANG_DATA.",
            field="PORT",
        )


def _ensure_secrets(settings: Settings, public_url: str, *, complete: bool, now: datetime) -> None:
    with open_token(settings) as token:
        there = _present(settings, token)
        missing = [key_place(settings, name) for name in (*CONTENTS, *AUTHORITIES) if name not in there]
        if not kek_store(settings, token).versions():
            missing.append(kek_place(settings, FIRST_KEK))
    public = [trust_path(settings, name) for name in (*AUTHORITIES, SEALER_IDENTITY, PUSH)]
    absent = [path for path in public if not path.exists()]
    if not missing and not absent:
        return
    if not settings.development:
        raise _must_provide(missing + absent)
    database = settings.sqlite_path
    if complete or (database is not None and database.exists()):
        raise _must_restore(missing + absent)
    make_secrets(dataclasses.replace(settings, public_url=public_url), now)


def _must_restore(paths: list[Path]) -> Refused:
    files = ", ".join(str(path) for path in paths)
    return Refused(
        "data.secrets_missing",
        f"已有数据，但缺少密钥文件：{files}。新密钥打不开旧数据，因此不会另行生成；请从备份恢复。",
        f"There is data, but these files are missing: {files}. New keys could not open the old data, so none "
        "are made; restore them from the backup.",
    )


def _must_provide(paths: list[Path]) -> Refused:
    contents = "; ".join(f"{name}.json: profile, {', '.join(keys)}" for name, keys in CONTENTS.items())
    files = ", ".join(str(path) for path in paths)
    return Refused(
        "data.secrets_missing",
        f"正式环境不会自行生成密钥。请提供以下文件（密钥文件权限 0600）：{files}。"
        f"JSON 文件的内容（每项为 32 个随机字节的 base64，profile 为 production）：{contents}；"
        "kek/1.json: kek；"
        "*.key.pem 为 P-256 私钥（sm2-*、seal-maker 为 SM2 私钥），trust 目录中为对应的证书和公钥。"
        "docker/make_secrets.py 可一次生成全部文件。",
        f"Production makes no secrets by itself. Provide these files (secrets with mode 0600): {files}. "
        f'What the JSON files hold (each 32 random bytes in base64, profile "production"): {contents}; '
        "kek/1.json: kek; "
        "*.key.pem are P-256 private keys (sm2-* and seal-maker: SM2), the trust folder has their "
        "certificates and public keys. "
        "docker/make_secrets.py makes them all, once.",
    )


def _with_addresses(settings: Settings, public_url: str) -> Settings:
    sandbox = settings.sandbox_public_url
    if settings.development and not sandbox:
        sandbox = f"http://{reachable_address(settings.host)}:{settings.port + 1}"
    return dataclasses.replace(settings, public_url=public_url, sandbox_public_url=sandbox)


def _ensure_local_certificate(settings: Settings, now: datetime) -> None:
    hosts = {LOOPBACK, "localhost", reachable_address(settings.host), urlsplit(settings.public_url).hostname}
    names = sorted(host for host in hosts if host)
    ensure_certificate(settings.tls_certificate, settings.tls_key, names, now)


def _make_authority(settings: Settings, name: str, now: datetime, token: Token | None) -> None:
    """A new authority; who stands above it is there already."""
    if name in SM2_AUTHORITIES:
        new = _new_sm2_authority(settings, name, now, token)
        _write_public(trust_path(settings, name), pki.dump_certificate(new.certificate))
        write_sealer_secret(settings, name, sm2_pki.dump_key(new), token)
        return
    key = pki.new_key() if token is None else _token_key(token, name)
    if name == "root":
        made = pki.make_root(now, development=settings.development, key=key)
    else:
        make = {"issuing": pki.make_issuing, "tsa": pki.make_tsa, "papers": pki.make_papers}[name]
        above = "issuing" if name == "papers" else "root"
        issuer, crl_url = authority(settings, above, token), settings.crl_url(above)
        made = make(issuer, now, crl_url=crl_url, ocsp_url=settings.ocsp_url, key=key)
    _write_public(trust_path(settings, name), pki.dump_certificate(made.certificate))
    if token is None:
        write_secret(secret_path(settings, name), pki.dump_key(made))


def _token_key(token: Token, name: str) -> TokenKey:
    # A key that an interrupted start left there without its certificate is taken.
    try:
        return token.key(name)
    except NotFound:
        return token.make_key(name)


def _new_sm2_authority(
    settings: Settings, name: str, now: datetime, token: Token | None
) -> sm2_pki.Sm2Authority:
    if name == "sm2-root":
        return sm2_pki.make_root(now, development=settings.development)
    above = {"sm2-issuing": "sm2-root", "seal-maker": "sm2-issuing"}[name]
    make = {"sm2-issuing": sm2_pki.make_issuing, "seal-maker": sm2_pki.make_seal_maker}[name]
    return make(sm2_authority(settings, above, token), now, crl_url=settings.crl_url(above))


def _public_half(public: Ed25519PublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _write_public(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    os.replace(fresh, path)
