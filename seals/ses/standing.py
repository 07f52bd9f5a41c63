"""How the certificate of a seal maker or a signer stands: chain, period, revocation, usage, in that order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from seals.pdf.revocation import Evidence, status_of
from seals.pdf.trust import Trust
from seals.ses import certificates as certs
from seals.ses.causes import Cause
from seals.ses.certificates import Certificate

__all__ = ["MAKER", "SIGNER", "Anchors", "Finding", "Role", "read_certificate"]


class Finding(Exception):
    """What a step has found."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.code)
        self.cause = cause


@dataclass(frozen=True)
class Role:
    """Whose certificate it is: what goes wrong with it is called so, and it must be `allowed`."""

    name: str
    unreadable: Cause
    untrusted: Cause
    chain: Cause
    period: Cause
    revoked: Cause
    usage: Cause
    allowed: Callable[[Certificate], bool]


MAKER = Role(
    "maker",
    Cause.MAKER_CERTIFICATE,
    Cause.MAKER_UNTRUSTED,
    Cause.MAKER_CHAIN,
    Cause.MAKER_PERIOD,
    Cause.MAKER_REVOKED,
    Cause.MAKER_USAGE,
    Certificate.may_make_seals,
)
SIGNER = Role(
    "signer",
    Cause.SIGNER_CERTIFICATE,
    Cause.SIGNER_UNTRUSTED,
    Cause.SIGNER_CHAIN,
    Cause.SIGNER_PERIOD,
    Cause.SIGNER_REVOKED,
    Cause.SIGNER_USAGE,
    Certificate.may_sign_documents,
)


def read_certificate(der: bytes, role: Role) -> Certificate:
    """Read it. Raises Finding."""
    try:
        return certs.load(der)
    except certs.BadCertificate:
        raise Finding(role.unreadable) from None


class Anchors:
    """What is trusted, read once."""

    def __init__(self, trust: Trust, now: datetime) -> None:
        self._trust, self._now = trust, now
        self._roots = _readable(trust.roots)
        self._intermediates = _readable(trust.intermediates)
        self.trusted: set[str] = set()  # names of the roles whose certificate chains to a root

    def judge(
        self, certificate: Certificate, role: Role, then: datetime, proven: datetime | None
    ) -> list[str]:
        """Judge it as of `then`. The notes on how it stands now; raises Finding.

        proven: the trusted timestamp of what it signed. Without one a key that has been revoked since may
        have signed it afterwards, whatever the date in it says.
        """
        try:
            chain = certs.chain_of(certificate, self._roots, self._intermediates)
        except certs.Untrusted:
            raise Finding(role.untrusted) from None
        except certs.BrokenChain:
            raise Finding(role.chain) from None
        self.trusted.add(role.name)
        said = Evidence(self._trust.crls)
        status = status_of(chain, said, then, self._now)
        if status.then in ("expired", "not_yet_valid"):
            raise Finding(role.period)
        if status.then == "revoked":
            raise Finding(role.revoked)
        if not role.allowed(certificate):
            raise Finding(role.usage)
        if status.now == "revoked":
            before = proven is not None and status_of(chain, said, proven, self._now)
            if not before or before.then == "revoked":
                raise Finding(Cause.TIME_UNPROVEN)
        notes = [f"{role.name}_{status.now}_since"] if status.now in ("revoked", "expired") else []
        unchecked = "not_checked" in (status.then, status.now)
        return [*notes, *(["revocation_not_checked"] if unchecked else [])]


def _readable(ders: Sequence[bytes]) -> list[Certificate]:
    found = []
    for der in ders:
        try:
            found.append(certs.load(der))
        except certs.BadCertificate:  # an anchor that cannot be read is none
            continue
    return found
