"""Whether a seal lists a signer's certificate: as a whole (certListType 1), or by its digest (2)."""

from __future__ import annotations

import hashlib

from seals import sm2
from seals.ses.certificates import Certificate
from seals.ses.reading import Seal

__all__ = ["lists"]


def lists(seal: Seal, signer: Certificate) -> tuple[bool, bool]:
    """Whether it does, and whether only by a digest made with the signer's identity.

    CertDigestObj.type is the maker's own text (an OID, a name, nothing sensible), so it is not asked:
    a digest that fits by SM3, SM3 with Z, or SHA-256 can be of no other certificate.
    """
    if seal.certificates:
        return signer.der in seal.certificates, False
    given = {value for _, value in seal.digests}
    if given & {sm2.sm3(signer.der), hashlib.sha256(signer.der).digest()}:
        return True, False
    return signer.sm2_key is not None and sm2.message_digest(signer.sm2_key, signer.der) in given, True
