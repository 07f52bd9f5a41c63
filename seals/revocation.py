"""Publish revocation lists and gather what a verification trusts."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.x509 import ReasonFlags

from seals import pki, sm2_pki
from seals.keyring import P256, SM2
from seals.models import Crl, SealKey
from seals.pdf.trust import Trust
from seals.signing.workshop import Workshop

__all__ = [
    "AUTHORITIES",
    "CRL_LIFE",
    "ISSUING",
    "ROOT",
    "SM2_ISSUING",
    "SM2_ROOT",
    "current_trust",
    "entry_of",
    "national_trust",
    "newest",
    "newest_crl",
    "publish",
]

CRL_LIFE = timedelta(days=7)
REFRESH_BEFORE = timedelta(days=6)
ROOT, ISSUING = "root", "issuing"
SM2_ROOT, SM2_ISSUING = "sm2-root", "sm2-issuing"
AUTHORITIES = (ROOT, ISSUING, SM2_ROOT, SM2_ISSUING)
"""Who publishes a revocation list, as named in its address."""

_ISSUES = {ISSUING: P256, SM2_ISSUING: SM2}


async def newest(authority: str) -> Crl | None:
    """The newest CRL of one of `AUTHORITIES`, or None before the first is published."""
    return await Crl.filter(authority=authority).order_by("-number").first()


async def newest_crl(authority: str) -> bytes | None:
    """The same, DER."""
    row = await newest(authority)
    return base64.b64decode(row.der) if row is not None else None


async def publish(
    authority: str,
    issuer: pki.Authority | sm2_pki.Sm2Authority,
    now: datetime,
    others: Sequence[pki.Revoked] = (),
) -> None:
    """Make a new CRL when the last one ages or a revocation came since. others: what no row tells of.

    By count, not by time: one that was committed while the last list was being made is in no list yet.
    """
    last = await newest(authority)
    revoked = SealKey.filter(revoked_at__isnull=False, algorithm=_ISSUES.get(authority, ""))
    count = await revoked.count() + len(others)
    if last is not None and last.entries == count and last.next_update - now > REFRESH_BEFORE:
        return
    entries = [*(entry for row in await revoked if (entry := entry_of(row))), *others]
    number = last.number + 1 if last is not None else 1
    if isinstance(issuer, pki.Authority):
        der = pki.make_crl(issuer, entries, number, now, now + CRL_LIFE)
    else:
        der = sm2_pki.make_crl(issuer, entries, number, now, now + CRL_LIFE)
    fresh = Crl(
        id=f"{authority}/{number}",
        authority=authority,
        number=number,
        entries=len(entries),
        der=base64.b64encode(der).decode(),
        this_update=now,
        next_update=now + CRL_LIFE,
    )
    await Crl.bulk_create([fresh], ignore_conflicts=True)


def entry_of(row: SealKey) -> pki.Revoked | None:
    """What a revocation list says of a key's certificate; None where it is not revoked."""
    if row.revoked_at is None:
        return None
    reason = ReasonFlags[row.revoked_for] if row.revoked_for else ReasonFlags.unspecified
    return pki.Revoked(int(row.serial, 16), row.revoked_at, reason)


async def current_trust(workshop: Workshop) -> Trust:
    """Our root, our issuers, the newest CRLs, the roots of others' time-stamping services."""
    lists = await _newest(ROOT, ISSUING)
    return Trust((workshop.root,), tuple(workshop.chain), lists, tuple(workshop.stamp_roots))


async def national_trust(workshop: Workshop) -> Trust:
    """The same for the national structures: the SM2 authorities, and those that timestamps are of."""
    return Trust(
        roots=(workshop.sm2_root, workshop.root),
        intermediates=(*workshop.sm2_chain, *workshop.chain),
        crls=await _newest(*AUTHORITIES),
        stamp_roots=tuple(workshop.stamp_roots),
    )


async def _newest(*authorities: str) -> tuple[bytes, ...]:
    found = [await newest_crl(name) for name in authorities]
    return tuple(crl for crl in found if crl is not None)
