"""The built-in two-tier certificate authority: ECDSA P-256 with SHA-256 throughout.

    root (20 years, pathlen 1) ─┬─ issuing (10 years, pathlen 0) ─┬─ seal certificates (at most 3 years)
                                │                                 └─ the platform's papers (10 years)
                                └─ time-stamping unit (10 years, key usage time stamping only)

The time-stamping unit stands under the root and not under the issuing authority: a revoked issuing
authority must not take the timestamps with it, for they are what proves that older seals were good.

Profiles: RFC 5280; X.520 for the names; ETSI EN 319 412-3 §4.2.1 (a legal person's certificate: C, O,
organizationIdentifier, CN); RFC 3161 §2.3 (time stamping is the only, critical extended key usage).
Everything here is pure: values and `now` in, values out. Writing the files is the caller's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from auth.errors import Invalid
from seals.authorities import (
    BACKDATING,
    CRL_REASONS,
    ISSUING_YEARS,
    ROOT_YEARS,
    SEAL_YEARS,
    Revoked,
    authority_name,
    key_broken,
    key_mismatch,
    latest_seal_end,
    papers_name,
    require_seal_life,
    whole_second,
    years_after,
)
from seals.certificates import (
    DEVELOPMENT_MARK,
    POLICY_PAPERS,
    POLICY_SEAL,
    POLICY_TIMESTAMP,
    SealSubject,
    dump_certificate,
    fingerprint,
    is_development,
    key_fingerprint,
    load_certificate,
    read_subject,
    subject_name,
)

__all__ = [
    "BACKDATING",
    "CRL_REASONS",
    "ISSUING_YEARS",
    "POLICY_SEAL",
    "POLICY_TIMESTAMP",
    "ROOT_YEARS",
    "SEAL_YEARS",
    "TSA_YEARS",
    "Authority",
    "Revoked",
    "SealSubject",
    "dump_certificate",
    "dump_key",
    "fingerprint",
    "is_development",
    "issue_seal_certificate",
    "key_fingerprint",
    "latest_seal_end",
    "load_authority",
    "load_certificate",
    "make_crl",
    "make_issuing",
    "make_papers",
    "make_root",
    "make_tsa",
    "new_key",
    "pair",
    "read_subject",
    "years_after",
]

TSA_YEARS = 10

_DEVELOPMENT = x509.UnrecognizedExtension(DEVELOPMENT_MARK, b"\x05\x00")


@dataclass(frozen=True)
class Authority:
    """A signing key with the certificate that speaks for it: root, issuing authority, time-stamping unit."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


# ---------------------------------------------------------------- making the authorities


def new_key() -> ec.EllipticCurvePrivateKey:
    """A new key in this process's memory. A key in a token takes its place wherever one is asked for."""
    return ec.generate_private_key(ec.SECP256R1())


def make_root(
    now: datetime, *, development: bool = False, key: ec.EllipticCurvePrivateKey | None = None
) -> Authority:
    """A new self-signed root. `development` marks it, and all that is issued below it, for good.

    key: a new one where none is given.
    """
    key = key or new_key()
    name = authority_name("根证书 Root CA", _generation(key), development)
    start = _start(now)
    builder = _builder(name, name, key.public_key(), start, years_after(now, ROOT_YEARS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
    if development:
        builder = builder.add_extension(_DEVELOPMENT, critical=False)
    return Authority(key, builder.sign(key, hashes.SHA256()))


def make_issuing(
    root: Authority,
    now: datetime,
    *,
    crl_url: str | None = None,
    ocsp_url: str | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """The authority that issues seal certificates. `crl_url`, `ocsp_url`: where the root's CRL is
    found, and who answers about this certificate."""
    key = key or new_key()
    name = authority_name("印章证书 Seal CA", _generation(key), is_development(root.certificate))
    builder = _below(
        root, name, key.public_key(), now, years_after(now, ISSUING_YEARS), POLICY_SEAL, crl_url, ocsp_url
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
    return Authority(key, builder.sign(root.key, hashes.SHA256()))


def make_tsa(
    root: Authority,
    now: datetime,
    *,
    crl_url: str | None = None,
    ocsp_url: str | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """The time-stamping unit (RFC 3161 §2.3). `crl_url`, `ocsp_url`: as for `make_issuing`."""
    key = key or new_key()
    name = authority_name("时间戳 TSA", _generation(key), is_development(root.certificate))
    end = years_after(now, TSA_YEARS)
    builder = _below(root, name, key.public_key(), now, end, POLICY_TIMESTAMP, crl_url, ocsp_url)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage("digital_signature", "content_commitment"), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Authority(key, builder.sign(root.key, hashes.SHA256()))


def make_papers(
    issuing: Authority,
    now: datetime,
    *,
    crl_url: str | None = None,
    ocsp_url: str | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """The key with which the platform seals its own papers (ADR 33), never a company's. `crl_url`,
    `ocsp_url`: as for `make_issuing`, of the issuing authority."""
    key = key or new_key()
    name = papers_name(_generation(key), is_development(issuing.certificate))
    end = years_after(now, ISSUING_YEARS)
    builder = _below(issuing, name, key.public_key(), now, end, POLICY_PAPERS, crl_url, ocsp_url)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage("digital_signature", "content_commitment"), critical=True)
    return Authority(key, builder.sign(issuing.key, hashes.SHA256()))


# ---------------------------------------------------------------- seal certificates


def issue_seal_certificate(
    issuer: Authority,
    public_key: ec.EllipticCurvePublicKey,
    subject: SealSubject,
    now: datetime,
    not_after: datetime,
    crl_url: str | None = None,
    ocsp_url: str | None = None,
) -> x509.Certificate:
    """A certificate for one seal's key, good until `not_after` (UTC; see `latest_seal_end`).

    `crl_url`, `ocsp_url`: where the issuer's CRL is found and its OCSP asked. Raises Invalid:
    `pki.key_not_p256`, `pki.subject_empty`, `pki.subject_too_long`, `pki.life_out_of_range`.
    """
    if not isinstance(public_key.curve, ec.SECP256R1):
        raise Invalid(
            "pki.key_not_p256", "印章密钥必须是 P-256 密钥。", "A seal's key must be on curve P-256."
        )
    require_seal_life(issuer, now, not_after)
    name = subject_name(subject)
    builder = _below(issuer, name, public_key, now, not_after, POLICY_SEAL, crl_url, ocsp_url)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage("digital_signature", "content_commitment"), critical=True)
    return builder.sign(issuer.key, hashes.SHA256())


# ---------------------------------------------------------------- revocation


def make_crl(
    issuer: Authority, revoked: Sequence[Revoked], number: int, now: datetime, next_update: datetime
) -> bytes:
    """A full CRL in DER (RFC 5280 §5) of all that `issuer` has revoked. `number` must grow every time."""
    assert now < next_update, "a CRL must end after it begins"
    certificate = issuer.certificate
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=certificate.subject, last_update=whole_second(now), next_update=whole_second(next_update)
    )
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    builder = builder.add_extension(_authority_key(certificate), critical=False)
    for entry in sorted(revoked, key=lambda entry: entry.serial):
        assert entry.reason in CRL_REASONS, "removeFromCRL belongs to delta CRLs"
        row = x509.RevokedCertificateBuilder(entry.serial, whole_second(entry.at))
        # RFC 5280 §5.3.1: the extension should be left out instead of saying "unspecified".
        if entry.reason is not x509.ReasonFlags.unspecified:
            row = row.add_extension(x509.CRLReason(entry.reason), critical=False)
        builder = builder.add_revoked_certificate(row.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


# ---------------------------------------------------------------- files and fingerprints


def dump_key(authority: Authority) -> bytes:
    """The private key as PKCS#8 PEM, not encrypted: the file must be readable by its process alone."""
    return authority.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_authority(key_pem: bytes, certificate_pem: bytes) -> Authority:
    """An authority from its two PEM files.

    Raises Invalid: `pki.certificate_broken`, `pki.key_broken`, `pki.key_not_p256`, `pki.key_mismatch`.
    """
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError) as error:
        raise key_broken() from error
    return pair(key, certificate_pem)


def pair(key: object, certificate_pem: bytes) -> Authority:
    """An authority from a private key, wherever that is, and its certificate; raises as `load_authority`."""
    certificate = load_certificate(certificate_pem)
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise Invalid(
            "pki.key_not_p256", "私钥必须是 P-256 密钥。", "The private key must be on curve P-256."
        )
    if key_fingerprint(key.public_key()) != key_fingerprint(certificate.public_key()):
        raise key_mismatch()
    return Authority(key, certificate)


# ---------------------------------------------------------------- parts

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _start(now: datetime) -> datetime:
    return whole_second(now) - BACKDATING


def _key_usage(*wanted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in wanted for usage in _USAGES})


def _authority_key(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _generation(key: ec.EllipticCurvePrivateKey) -> str:
    return key_fingerprint(key.public_key())[:8].upper()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=public_key,
        serial_number=x509.random_serial_number(),
        not_valid_before=start,
        not_valid_after=whole_second(end),
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _below(
    issuer: Authority,
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    end: datetime,
    policy: x509.ObjectIdentifier,
    crl_url: str | None,
    ocsp_url: str | None,
) -> x509.CertificateBuilder:
    """What every certificate has that is not the root."""
    certificate = issuer.certificate
    start = max(_start(now), certificate.not_valid_before_utc)
    builder = _builder(
        subject, certificate.subject, public_key, start, min(end, certificate.not_valid_after_utc)
    )
    builder = builder.add_extension(_authority_key(certificate), critical=False)
    builder = builder.add_extension(
        x509.CertificatePolicies([x509.PolicyInformation(policy, None)]), critical=False
    )
    if crl_url is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if ocsp_url is not None:
        responder = x509.UniformResourceIdentifier(ocsp_url)
        access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    if is_development(certificate):
        builder = builder.add_extension(_DEVELOPMENT, critical=False)
    return builder
