"""What the two built-in authorities, `seals/pki.py` and `seals/sm2_pki.py`, have in common. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.x509.oid import NameOID

from auth.errors import Invalid

__all__ = [
    "BACKDATING",
    "CRL_REASONS",
    "ISSUING_YEARS",
    "ROOT_YEARS",
    "SEAL_YEARS",
    "Revoked",
    "authority_name",
    "key_broken",
    "key_mismatch",
    "latest_seal_end",
    "papers_name",
    "require_seal_life",
    "whole_second",
    "years_after",
]

ROOT_YEARS = 20
ISSUING_YEARS = 10
SEAL_YEARS = 3

BACKDATING = timedelta(minutes=5)
"""How far `notBefore` lies before `now`. A seal may be used seconds after it was collected, and the time
comes from another machine's clock: a timestamp even one second before `notBefore` would make that
signature invalid for ever. The key does not exist before `now`, so nothing older can be signed with it."""

CRL_REASONS: frozenset[x509.ReasonFlags] = frozenset(x509.ReasonFlags) - {x509.ReasonFlags.remove_from_crl}
"""Reasons a full CRL may hold; removeFromCRL belongs to delta CRLs only (RFC 5280 §5.3.1)."""

_ORGANIZATION = "e章通"
_DEVELOPMENT_NAME = "（沙箱环境 SANDBOX）"


class Issuer(Protocol):
    """Whoever issues certificates."""

    @property
    def certificate(self) -> x509.Certificate:
        """Its own."""


@dataclass(frozen=True)
class Revoked:
    """One entry of a CRL: the certificate's serial, since when (UTC), why (one of `CRL_REASONS`)."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


def authority_name(what: str, generation: str, development: bool) -> x509.Name:
    """The name of an authority. generation: part of its key's digest, which keeps apart two generations,
    and two installations, of the same one: else a validator may take the CRL of the wrong one."""
    mark = _DEVELOPMENT_NAME if development else ""
    common_name = f"{_ORGANIZATION} {what} {generation}{mark}"
    values = {
        NameOID.COUNTRY_NAME: "CN",
        NameOID.ORGANIZATION_NAME: _ORGANIZATION,
        NameOID.COMMON_NAME: common_name,
    }
    return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in values.items()])


def papers_name(generation: str, development: bool) -> x509.Name:
    """The name of the key that seals the platform's papers: read as a seal's, without a USCC."""
    values = {
        NameOID.COUNTRY_NAME: "CN",
        NameOID.ORGANIZATION_NAME: f"{_ORGANIZATION}平台",
        NameOID.COMMON_NAME: f"{_ORGANIZATION}平台文书专用章{_DEVELOPMENT_NAME if development else ''}",
        NameOID.SERIAL_NUMBER: generation,
    }
    return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in values.items()])


def latest_seal_end(issuer: Issuer, now: datetime) -> datetime:
    """The last moment (UTC) at which a seal certificate made now may end."""
    return min(years_after(now, SEAL_YEARS), issuer.certificate.not_valid_after_utc)


def require_seal_life(issuer: Issuer, now: datetime, not_after: datetime) -> None:
    """Raises Invalid `pki.life_out_of_range` unless a seal certificate made now may end then."""
    latest = latest_seal_end(issuer, now)
    if not now < not_after <= latest:
        raise Invalid(
            "pki.life_out_of_range",
            f"证书有效期须晚于现在，不超过 {SEAL_YEARS} 年，且不晚于签发机构证书的到期时间。",
            f"The certificate must end after now, within {SEAL_YEARS} years and not after its issuer's own.",
            latest=latest.isoformat(),
        )


def key_broken() -> Invalid:
    """The error of a private key's file that is none."""
    return Invalid(
        "pki.key_broken",
        "私钥文件无法读取，请从备份恢复。",
        "The private key cannot be read; restore it from the backup.",
    )


def key_mismatch() -> Invalid:
    """The error of a private key beside another key's certificate."""
    return Invalid(
        "pki.key_mismatch",
        "私钥与证书不匹配，请检查这两个文件是否成对。",
        "The private key does not belong to the certificate; check that the two files are a pair.",
    )


def whole_second(moment: datetime) -> datetime:
    """The moment in UTC without its fraction, as certificates, CRLs and seal structures write times."""
    assert moment.tzinfo is not None, "a moment without its time zone is no moment"
    return moment.astimezone(UTC).replace(microsecond=0)


def years_after(now: datetime, years: int) -> datetime:
    """The same moment `years` later (UTC); 29 February becomes 28 February where the year has none."""
    moment = whole_second(now)
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)
