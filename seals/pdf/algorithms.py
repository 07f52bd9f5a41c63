"""Until when algorithms may be relied on: what a timestamp was made with must not have ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from asn1crypto import cms
from pyhanko.sign.general import extract_certificate_info

__all__ = ["ENDS", "end_of", "of_signer", "still_good"]

ENDS: Mapping[str, datetime] = {
    "md5": datetime(2008, 12, 31, tzinfo=UTC),
    "sha1": datetime(2013, 12, 31, tzinfo=UTC),
    "sha224": datetime(2030, 12, 31, tzinfo=UTC),
    "rsa-1024": datetime(2013, 12, 31, tzinfo=UTC),
    "rsa-2048": datetime(2030, 12, 31, tzinfo=UTC),
    "dsa": datetime(2023, 2, 3, tzinfo=UTC),
}
"""Last moments, by NIST SP 800-131A and SP 800-57; keys of RSA count as the next lower size here. What is not
listed has no end that is known: list it as soon as it has one, and what was made with it is renewed."""

_RSA_SIZES = (1024, 2048)
_RSA_LASTING = 3072


def of_signer(signed: cms.SignedData) -> tuple[str, ...]:
    """What a CMS signature rests on: digests, and the kind of its key with its size; for a timestamp also the
    digest of its imprint."""
    signer = signed["signer_infos"][0]
    names = [signer["digest_algorithm"]["algorithm"].native]
    if signed["encap_content_info"]["content_type"].native == "tst_info":
        info = signed["encap_content_info"]["content"].parsed
        names.append(info["message_imprint"]["hash_algorithm"]["algorithm"].native)
    key = extract_certificate_info(signed).signer_cert.public_key
    names.append(_key_name(str(key.algorithm), int(key.bit_size)))
    return tuple(dict.fromkeys(str(name) for name in names))


def end_of(names: Iterable[str]) -> datetime | None:
    """When the first of them ends; None where no end is known."""
    return min((ENDS[name] for name in names if name in ENDS), default=None)


def still_good(names: Sequence[str], moment: datetime) -> bool:
    """Whether all of them may be relied on at `moment`."""
    end = end_of(names)
    return end is None or moment <= end


def _key_name(algorithm: str, bits: int) -> str:
    if algorithm not in {"rsa", "rsassa_pss"}:
        return algorithm if algorithm == "dsa" else f"{algorithm}-{bits}"
    lower = [size for size in _RSA_SIZES if bits >= size]
    return f"rsa-{bits if bits >= _RSA_LASTING else max(lower, default=_RSA_SIZES[0])}"
