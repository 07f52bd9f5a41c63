"""The built-in SM2 authority, beside that of `seals/pki.py`: SM2 with SM3 throughout.

    sm2-root (20 years, pathlen 1) ── sm2-issuing (10 years, pathlen 0) ─┬─ seal certificates (3 years)
                                                                         └─ seal-maker (制章者, 10 years)

Profile: GB/T 20518 (X.509 version 3, the signer's key usage digitalSignature and nonRepudiation), GM/T 0015;
algorithms by their identifiers in GM/T 0006. Time-stamps come from the unit of `seals/pki.py`. Everything
here is pure: values and `now` in, values out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from asn1crypto import core, crl, pem, x509
from cryptography import x509 as c_x509
from cryptography.hazmat.primitives.serialization import Encoding

from auth.errors import Invalid
from seals import sm2, sm2_certificates, sm2_keys
from seals.authorities import (
    BACKDATING,
    CRL_REASONS,
    ISSUING_YEARS,
    ROOT_YEARS,
    Revoked,
    authority_name,
    key_broken,
    key_mismatch,
    latest_seal_end,
    require_seal_life,
    whole_second,
    years_after,
)
from seals.certificates import (
    DEVELOPMENT_MARK,
    POLICY_SEAL,
    POLICY_SEAL_MAKER,
    SealSubject,
    is_development,
    load_certificate,
    subject_name,
)

__all__ = [
    "MAKER_YEARS",
    "Sm2Authority",
    "dump_key",
    "issue_seal_certificate",
    "latest_seal_end",
    "load_authority",
    "make_crl",
    "make_issuing",
    "make_root",
    "make_seal_maker",
]

MAKER_YEARS = 10

_SIGNATURE = x509.SignedDigestAlgorithm({"algorithm": sm2.SIGNATURE_OID})
_DER = Encoding.DER
_UTC_TIME_ENDS = 2050
"""RFC 5280 §4.1.2.5: dates from this year on are GeneralizedTime."""


@dataclass(frozen=True)
class Sm2Authority:
    """A signing key with the certificate that speaks for it: root, issuing authority, seal maker."""

    key: sm2.Sm2Key = field(repr=False)
    der: bytes

    @cached_property
    def certificate(self) -> c_x509.Certificate:
        """The certificate; its public key cannot be had from it, but from `key`."""
        return load_certificate(self.der)

    def sign(self, message: bytes) -> bytes:
        """SM2 with SM3 under the standard identity; DER {r, s}."""
        return sm2.sign(self.key, message)


# ---------------------------------------------------------------- making the authorities


def make_root(now: datetime, *, development: bool = False) -> Sm2Authority:
    """A new self-signed root. `development` marks it, and all that is issued below it, for good."""
    key = sm2.generate()
    name = authority_name("国密根证书 SM2 Root CA", _generation(key.public), development)
    subject = _name(name)
    extensions = [_ca(1), _usage("key_cert_sign", "crl_sign"), _subject_key(key.public)]
    if development:
        extensions.append(_DEVELOPMENT)
    start = whole_second(now) - BACKDATING
    tbs = _tbs(subject, subject, key.public, start, years_after(now, ROOT_YEARS), extensions)
    return Sm2Authority(key, _signed(tbs, key))


def make_issuing(root: Sm2Authority, now: datetime, *, crl_url: str | None = None) -> Sm2Authority:
    """The authority that issues seal certificates and the seal maker's. `crl_url`: of the root's CRL."""
    key = sm2.generate()
    mark = is_development(root.certificate)
    name = authority_name("国密印章证书 SM2 Seal CA", _generation(key.public), mark)
    own = [_ca(0), _usage("key_cert_sign", "crl_sign")]
    end = years_after(now, ISSUING_YEARS)
    return Sm2Authority(key, _below(root, name, key.public, now, end, POLICY_SEAL, crl_url, own))


def make_seal_maker(issuing: Sm2Authority, now: datetime, *, crl_url: str | None = None) -> Sm2Authority:
    """The seal maker (制章者), who signs every SESeal (GB/T 38540 §5). `crl_url`: of the issuer's CRL."""
    key = sm2.generate()
    mark = is_development(issuing.certificate)
    name = authority_name("制章者 Seal Maker", _generation(key.public), mark)
    end = years_after(now, MAKER_YEARS)
    return Sm2Authority(key, _below(issuing, name, key.public, now, end, POLICY_SEAL_MAKER, crl_url, _SIGNER))


# ---------------------------------------------------------------- seal certificates


def issue_seal_certificate(
    issuer: Sm2Authority,
    public: bytes,
    subject: SealSubject,
    now: datetime,
    not_after: datetime,
    crl_url: str | None = None,
) -> bytes:
    """A certificate (DER) for one seal's key, good until `not_after` (UTC; see `latest_seal_end`).

    `public`: x || y; `crl_url`: where the issuer's CRL is found. Raises Invalid: `pki.key_not_sm2`,
    `pki.subject_empty`, `pki.subject_too_long`, `pki.life_out_of_range`.
    """
    if len(public) != sm2.PUBLIC_BYTES:
        raise Invalid("pki.key_not_sm2", "印章密钥必须是 SM2 密钥。", "A seal's key must be an SM2 key.")
    require_seal_life(issuer, now, not_after)
    return _below(issuer, subject_name(subject), public, now, not_after, POLICY_SEAL, crl_url, _SIGNER)


# ---------------------------------------------------------------- revocation


def make_crl(
    issuer: Sm2Authority, revoked: Sequence[Revoked], number: int, now: datetime, next_update: datetime
) -> bytes:
    """A full CRL in DER (RFC 5280 §5) of all that `issuer` has revoked. `number` must grow every time."""
    assert now < next_update, "a CRL must end after it begins"
    entries = []
    for each in sorted(revoked, key=lambda each: each.serial):
        assert each.reason in CRL_REASONS, "removeFromCRL belongs to delta CRLs"
        entry: dict[str, object] = {"user_certificate": each.serial, "revocation_date": _time(each.at)}
        # RFC 5280 §5.3.1: the extension should be left out instead of saying "unspecified".
        if each.reason is not c_x509.ReasonFlags.unspecified:
            # The two libraries have the same names for them.
            reason = crl.CRLEntryExtension({"extn_id": "crl_reason", "extn_value": each.reason.name})
            entry["crl_entry_extensions"] = [reason]
        entries.append(entry)
    listed = {
        "version": "v2",
        "signature": _SIGNATURE,
        "issuer": x509.Certificate.load(issuer.der).subject,
        "this_update": _time(now),
        "next_update": _time(next_update),
        "crl_extensions": [
            {"extn_id": "crl_number", "extn_value": number},
            {"extn_id": "authority_key_identifier", "extn_value": _authority_key(issuer.key.public)},
        ],
    }
    if entries:
        listed["revoked_certificates"] = entries
    tbs = crl.TbsCertList(listed).dump()
    made = crl.CertificateList(
        {
            "tbs_cert_list": crl.TbsCertList.load(tbs),
            "signature_algorithm": _SIGNATURE,
            "signature": issuer.sign(tbs),
        }
    )
    return bytes(made.dump())


# ---------------------------------------------------------------- files


def dump_key(authority: Sm2Authority) -> bytes:
    """The private key as PKCS#8 PEM, not encrypted: the file must be readable by its process alone."""
    return bytes(pem.armor("PRIVATE KEY", sm2_keys.dump_private(authority.key)))


def load_authority(key_pem: bytes, certificate_pem: bytes) -> Sm2Authority:
    """An authority from its two PEM files.

    Raises Invalid: `pki.certificate_broken`, `pki.key_broken`, `pki.key_not_sm2`, `pki.key_mismatch`.
    """
    der = load_certificate(certificate_pem).public_bytes(_DER)
    try:
        key = sm2_keys.load_private(pem.unarmor(key_pem)[2])
    except (ValueError, Invalid):
        raise key_broken() from None
    if sm2_certificates.public_key(der) != key.public:
        raise key_mismatch()
    return Sm2Authority(key, der)


# ---------------------------------------------------------------- parts


def _time(moment: datetime) -> x509.Time:
    form = "utc_time" if whole_second(moment).year < _UTC_TIME_ENDS else "general_time"
    return x509.Time({form: whole_second(moment)})


def _name(name: c_x509.Name) -> x509.Name:
    return x509.Name.load(name.public_bytes())


def _generation(public: bytes) -> str:
    return hashlib.sha256(sm2_keys.key_info(public).dump()).hexdigest()[:8].upper()


def _extension(name: str, value: object, *, critical: bool = False) -> x509.Extension:
    # Held as its DER: asn1crypto encodes what was built anew at each level above it, several times over.
    made = x509.Extension({"extn_id": name, "critical": critical, "extn_value": value})
    return x509.Extension.load(made.dump())


def _ca(path_length: int) -> x509.Extension:
    return _extension("basic_constraints", {"ca": True, "path_len_constraint": path_length}, critical=True)


def _usage(*usages: str) -> x509.Extension:
    return _extension("key_usage", set(usages), critical=True)


def _subject_key(public: bytes) -> x509.Extension:
    return _extension("key_identifier", sm2_keys.identifier(public))


def _authority_key(public: bytes) -> dict[str, bytes]:
    return {"key_identifier": sm2_keys.identifier(public)}


_SIGNER = (
    _extension("basic_constraints", {"ca": False}, critical=True),
    _usage("digital_signature", "non_repudiation"),
)
_DEVELOPMENT = _extension(DEVELOPMENT_MARK.dotted_string, core.ParsableOctetString(b"\x05\x00"))


def _below(
    issuer: Sm2Authority,
    name: c_x509.Name,
    public: bytes,
    now: datetime,
    end: datetime,
    policy: c_x509.ObjectIdentifier,
    crl_url: str | None,
    own: Sequence[x509.Extension],
) -> bytes:
    """What every certificate has that is not the root; own: what only this kind has."""
    above = issuer.certificate
    extensions = [
        _subject_key(public),
        _extension("authority_key_identifier", _authority_key(issuer.key.public)),
        *own,
        _extension("certificate_policies", [{"policy_identifier": policy.dotted_string}]),
    ]
    if crl_url is not None:
        where = {"full_name": [x509.GeneralName("uniform_resource_identifier", crl_url)]}
        extensions.append(_extension("crl_distribution_points", [{"distribution_point": where}]))
    if is_development(above):
        extensions.append(_DEVELOPMENT)
    start = max(whole_second(now) - BACKDATING, above.not_valid_before_utc)
    tbs = _tbs(
        _name(name),
        _name(above.subject),
        public,
        start,
        min(end, above.not_valid_after_utc),
        extensions,
    )
    return _signed(tbs, issuer.key)


def _tbs(
    subject: x509.Name,
    issuer: x509.Name,
    public: bytes,
    start: datetime,
    end: datetime,
    extensions: Sequence[x509.Extension],
) -> bytes:
    made = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": c_x509.random_serial_number(),
            "signature": _SIGNATURE,
            "issuer": issuer,
            "validity": {"not_before": _time(start), "not_after": _time(end)},
            "subject": subject,
            "subject_public_key_info": sm2_keys.key_info(public),
            "extensions": extensions,
        }
    )
    return bytes(made.dump())


def _signed(tbs: bytes, key: sm2.Sm2Key) -> bytes:
    certificate = x509.Certificate(
        {
            "tbs_certificate": x509.TbsCertificate.load(tbs),
            "signature_algorithm": _SIGNATURE,
            "signature_value": sm2.sign(key, tbs),
        }
    )
    return bytes(certificate.dump())
