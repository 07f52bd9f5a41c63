"""The local certificate for `HTTPS=1`: self-signed, for trying the pages on real phones.

Browsers give a page its camera and its key store only over HTTPS. The phone warns once, because nobody
but this machine vouches for the certificate; production has a reverse proxy with a real one.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from auth.china import CHINA
from server.secret_files import write_secret

__all__ = ["LocalCertificate", "ensure_certificate", "shown"]

LIFE = timedelta(days=397)  # browsers refuse longer ones (CA/Browser Forum BR §6.3.2)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class LocalCertificate:
    """As a phone shows it. fingerprint: SHA-256 in hex, in pairs; until: its last day, China time."""

    fingerprint: str
    until: str


def shown(certificate_path: Path) -> LocalCertificate:
    """The certificate that is served with. Raises OSError, ValueError."""
    certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
    until = certificate.not_valid_after_utc.astimezone(CHINA).strftime("%Y-%m-%d")
    return LocalCertificate(certificate.fingerprint(hashes.SHA256()).hex(":").upper(), until)


def ensure_certificate(certificate_path: Path, key_path: Path, hosts: list[str], now: datetime) -> None:
    """Make certificate and key for `hosts` (names or IP addresses), unless good ones are there."""
    if key_path.exists() and _good(certificate_path, hosts, now):
        return
    certificate_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    key_path.unlink(missing_ok=True)
    write_secret(
        key_path,
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    fresh = certificate_path.with_suffix(".new")
    fresh.write_bytes(_make(key, hosts, now).public_bytes(serialization.Encoding.PEM))
    os.replace(fresh, certificate_path)


def _names(hosts: list[str]) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return x509.SubjectAlternativeName(names)


def _good(path: Path, hosts: list[str], now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    return now + RENEW_BEFORE < certificate.not_valid_after_utc and set(_names(hosts)) <= set(names)


def _make(key: ec.EllipticCurvePrivateKey, hosts: list[str], now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "e章通 本机 local")])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + LIFE,
    )
    builder = builder.add_extension(_names(hosts), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(key, hashes.SHA256())
