"""Our structures before judges that are not our own code: OpenSSL, asn1tools with the standard's module."""

from __future__ import annotations

import subprocess
from datetime import UTC
from pathlib import Path
from typing import Any

import asn1tools
import pytest
from asn1crypto import pem

from seals import sm2, sm2_keys
from seals.pdf.reports import Verdict
from tests.seals.ses.kit import DOCUMENT, MADE, NAME, NOW, PNG, SIGNED, World, assembled, members

IDENTITY = "distid:1234567812345678"


@pytest.fixture(scope="module")
def module() -> Any:
    return asn1tools.compile_files(str(Path(__file__).with_name("gbt38540.asn1")), "der")


def openssl(*arguments: str, cwd: Path) -> tuple[bool, str]:
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def write_pem(folder: Path, name: str, *ders: bytes) -> str:
    (folder / name).write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in ders))
    return name


def verifies(folder: Path, certificate: bytes, value: bytes, message: bytes) -> bool:
    """`openssl dgst`: SM3 with SM2 under the standard identity, the key taken out of the certificate."""
    write_pem(folder, "signer.pem", certificate)
    good, key = openssl("x509", "-in", "signer.pem", "-pubkey", "-noout", cwd=folder)
    assert good
    (folder / "key.pem").write_text(key)
    (folder / "value").write_bytes(value)
    (folder / "message").write_bytes(message)
    command = ["dgst", "-sm3", "-sigopt", IDENTITY, "-verify", "key.pem", "-signature", "value", "message"]
    return openssl(*command, cwd=folder)[0]


@pytest.mark.parametrize("version", [4, 5])
def test_openssl_verifies_the_seal_value(world: World, module: Any, tmp_path: Path, version: int) -> None:
    seal = world.seal(version=version)
    found = module.decode("SESeal", seal)
    value, _ = found["signedValue"]
    assert verifies(tmp_path, found["cert"], value, members(seal)[0])
    assert not verifies(tmp_path, found["cert"], value, members(seal)[0].replace(b"ezhang", b"ezhanG"))
    assert not verifies(tmp_path, world.signer.der, value, members(seal)[0])


def test_openssl_verifies_the_signature_value(world: World, module: Any, tmp_path: Path) -> None:
    signature = world.signature()
    found = module.decode("SES-Signature", signature)
    value, _ = found["signature"]
    assert verifies(tmp_path, found["cert"], value, members(signature)[0])
    assert not verifies(tmp_path, found["cert"], value, members(signature)[0] + b" ")


def test_openssl_finds_the_document_hash(world: World, module: Any, tmp_path: Path) -> None:
    (tmp_path / "document").write_bytes(DOCUMENT)
    good, said = openssl("dgst", "-sm3", "-r", "document", cwd=tmp_path)
    found = module.decode("SES-Signature", world.signature())
    assert good
    assert said.split()[0] == found["toSign"]["dataHash"][0].hex()


@pytest.mark.parametrize("which", ["issuing", "maker", "signer"])
def test_openssl_verifies_the_certificates(world: World, tmp_path: Path, which: str) -> None:
    """Link by link: the identity that `-vfyopt` sets is for the certificate in question alone."""
    certificate = {"issuing": world.issuing.der, "maker": world.maker.der, "signer": world.signer.der}[which]
    issuer = world.root.der if which == "issuing" else world.issuing.der
    write_pem(tmp_path, "certificate.pem", certificate)
    write_pem(tmp_path, "issuer.pem", issuer)
    write_pem(tmp_path, "other.pem", World().issuing.der)
    strict = ["verify", "-x509_strict", "-partial_chain", "-attime", str(int(NOW.timestamp()))]
    command = [*strict, "-vfyopt", IDENTITY, "-CAfile"]
    good, said = openssl(*command, "issuer.pem", "certificate.pem", cwd=tmp_path)
    assert good, said
    assert not openssl(*command, "other.pem", "certificate.pem", cwd=tmp_path)[0]


@pytest.mark.parametrize("version", [4, 5])
def test_asn1tools_reads_the_seal_and_writes_the_same(world: World, module: Any, version: int) -> None:
    seal = world.seal(version=version)
    seal = world.stamped(seal, MADE) if version == 5 else seal
    found = module.decode("SESeal", seal, check_constraints=True)
    information = found["eSealInfo"]
    assert information["header"] == {"id": "ES", "version": version, "vid": "ezhang"}
    assert (information["esID"], information["property"]["name"]) == ("1101050000001", NAME)
    assert information["property"]["certList"] == [world.signer.der]
    assert information["property"]["createDate"].astimezone(UTC) == MADE
    assert information["picture"] == {"type": "PNG", "data": PNG, "width": 40, "height": 40}
    assert (found["cert"], found["signAlgID"]) == (world.maker.der, sm2.SIGNATURE_OID)
    assert ("timeStamp" in found) == (version == 5)
    assert module.encode("SESeal", found) == seal


@pytest.mark.parametrize("stamped", [False, True])
def test_asn1tools_reads_the_signature_and_writes_the_same(world: World, module: Any, stamped: bool) -> None:
    seal = world.seal()
    signature = world.signature(seal)
    signature = world.stamped(signature, SIGNED) if stamped else signature
    found = module.decode("SES-Signature", signature, check_constraints=True)
    signed = found["toSign"]
    assert (signed["version"], signed["timeInfo"].astimezone(UTC)) == (4, SIGNED)
    assert signed["dataHash"] == (sm2.sm3(DOCUMENT), 256)
    assert module.encode("SESeal", signed["eseal"]) == seal, "the seal is carried byte for byte"
    assert (found["cert"], found["signatureAlgID"]) == (world.signer.der, sm2.SIGNATURE_OID)
    assert ("timeStamp" in found) == stamped
    assert module.encode("SES-Signature", found) == signature


def test_openssl_reads_the_structure(world: World, tmp_path: Path) -> None:
    (tmp_path / "seal.esl").write_bytes(world.seal())
    good, said = openssl("asn1parse", "-inform", "DER", "-i", "-in", "seal.esl", cwd=tmp_path)
    assert good, said
    assert sum("d=1" in line for line in said.splitlines()) == 4
    assert ":SM2-with-SM3" in said
    assert ":ES" in said


@pytest.mark.parametrize("which", ["seal", "signature"])
def test_what_openssl_signs_is_valid_here(world: World, tmp_path: Path, which: str) -> None:
    key = world.maker.key if which == "seal" else world.signer.key
    certificate = world.maker.der if which == "seal" else world.signer.der
    (tmp_path / "key.pem").write_bytes(pem.armor("PRIVATE KEY", sm2_keys.dump_private(key)))

    def sign(message: bytes) -> bytes:
        (tmp_path / "message").write_bytes(message)
        command = ["dgst", "-sm3", "-sigopt", IDENTITY, "-sign", "key.pem", "-out", "value", "message"]
        good, said = openssl(*command, cwd=tmp_path)
        assert good, said
        return (tmp_path / "value").read_bytes()

    ours = world.seal() if which == "seal" else world.signature()
    report = world.judge(assembled(members(ours)[0], certificate, sign))
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
