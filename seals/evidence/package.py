"""Pack the evidence of a signed document: file, signatures, certificates, revocation lists, events, proofs.

Reads only. What is in it is what its company may see anyway; of other chains there are hashes alone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from auth import events
from auth.errors import NotFound, Refused
from auth.models import Company, Event
from auth.tokens import group_code
from seals.evidence.proofs import Proof, events_of, prove
from seals.evidence.readme import P7S, PDF, REPORT, SES, Facts, readme
from seals.evidence.structures import UNTOLD, list_parts, pdf_parts, ses_parts, unreadable
from seals.models import Document, SealKey, Signing, SigningState, Version
from seals.pdf.preparing import PreparedMeta
from seals.revocation import ISSUING, ROOT, SM2_ISSUING, newest_crl
from seals.signing.pictures import require_signed
from seals.signing.views import own_signing
from seals.signing.workshop import Workshop

__all__ = ["pack"]

MADE = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same evidence gives the same bytes."""


async def pack(
    signing_id: str,
    person_id: str,
    now: datetime,
    workshop: Workshop,
    identity: Ed25519PublicKey,
    report: bytes,
) -> tuple[str, bytes]:
    """Name and bytes of the package (zip) of what a signing made.

    identity: the sealer's; report: the evidence report of it.

    Raises NotFound `signing.not_found`; Conflict `signing.not_signed`, `evidence.unreadable`; Unavailable
    `evidence.not_yet`.
    """
    row = await own_signing(signing_id, person_id, now)
    version = await require_signed(row)
    document = await Document.get(id=row.document_id)
    data, ses = await workshop.blobs.get(version.sha256), base64.b64decode(version.ses)
    pdf, national = pdf_parts(data, PreparedMeta.from_json(row.prepared)), ses_parts(ses)
    key = await SealKey.get(id=row.key_id)
    files: dict[str, bytes] = {PDF: data, SES: ses, P7S: pdf.container, REPORT: report}
    files |= {
        f"certificates/{name}.pem": b"".join(_pem(der) for der in ders)
        for name, ders in {
            "root": (workshop.root,),
            "issuing": workshop.chain,
            "seal": (base64.b64decode(key.certificate),),
            "tsa": pdf.units,
            "tsa-roots": (workshop.root, *workshop.stamp_roots),
            "sm2-root": (workshop.sm2_root,),
            "sm2-issuing": workshop.sm2_chain,
            "sm2-seal": (national.certificate,),
            "sm2-maker": (national.maker,),
        }.items()
    }
    lists = await _revocation_lists()
    files |= {f"crls/{name}.crl.pem": der.public_bytes(Encoding.PEM) for name, der in lists.items()}
    told, signed = await _events(row, version, document, person_id, now)
    proofs = await prove(told, identity)
    files |= _chain(told, proofs)
    company = await Company.get(id=row.company_id)
    facts = Facts(
        name=document.name,
        company=company.name,
        code=group_code(version.record_id),
        sha256=version.sha256,
        trust_url=workshop.public_url,
        roots_url=f"{workshop.public_url}/roots",
        taken_at=now,
        pdf=pdf,
        ses=national,
        sm2_list=list_parts(lists[SM2_ISSUING]),
        lists_at=_after(pdf.signed_at, *(each.last_update_utc for each in lists.values())),
        sm2_serial=f"{x509.load_der_x509_certificate(national.certificate).serial_number:X}",
        roots={p.root.number: p.root.stamped_at or now for p in proofs.values() if p is not None},
        events=[(seq, proof.root.number) for seq, proof in proofs.items() if proof is not None],
        waiting=[seq for seq, proof in proofs.items() if proof is None],
        signed=signed,
        listed=[(event.seq, event.at, event.kind) for event in told],
    )
    files["README.md"] = readme(facts).encode()
    return f"{document.name.removesuffix('.pdf')}.evidence.zip", await asyncio.to_thread(_zip, files)


async def _revocation_lists() -> Mapping[str, x509.CertificateRevocationList]:
    """By authority, those that the README's commands check."""
    found = {name: await newest_crl(name) for name in (ROOT, ISSUING, SM2_ISSUING)}
    lists = {name: x509.load_der_x509_crl(der) for name, der in found.items() if der is not None}
    if len(lists) < len(found):
        raise unreadable()
    return lists


async def _events(
    row: Signing, version: Version, document: Document, person_id: str, now: datetime
) -> tuple[list[Event], int]:
    """Of the document and those of its signings that this person may see; and where this one was signed.

    Up to that event: what was taken out or asked for later is no part of how the file came to be.
    """
    stream = events.company_stream(row.company_id)
    signed = await Event.get_or_none(stream=stream, kind="signing.signed", subject=f"signing:{row.id}")
    if signed is None:
        raise unreadable()
    subjects = [f"document:{document.id}", f"signing:{row.id}"]
    made = Signing.filter(document_id=document.id, state=SigningState.SIGNED, base_version__lt=version.number)
    for other in await made:
        if other.id != row.id and await _may_see(other, person_id, now):
            subjects.append(f"signing:{other.id}")
    found = await events_of(stream, subjects, document.created_at, signed.seq)
    return [event for event in found if event.kind not in UNTOLD], signed.seq


async def _may_see(row: Signing, person_id: str, now: datetime) -> bool:
    try:
        await own_signing(row.id, person_id, now)
    except (NotFound, Refused):
        return False
    return True


def _chain(told: Sequence[Event], proofs: Mapping[int, Proof | None]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for event in told:
        files[f"events/{event.seq}.content"] = events.commitment_bytes(event)
        files[f"events/{event.seq}.json"] = events.link_bytes(event)
        proof = proofs[event.seq]
        if proof is None:
            continue
        files[f"proofs/{event.seq}.leaf"] = proof.leaf.encode()
        files[f"proofs/{event.seq}.events"] = _path(proof.events)
        files[f"proofs/{event.seq}.heads"] = _path(proof.heads)
        files[f"roots/{proof.root.number}.txt"] = proof.root.text.encode()
        files[f"roots/{proof.root.number}.tst"] = base64.b64decode(proof.root.token or "")
    return files


def _after(*moments: datetime) -> datetime:
    return max(moments) + timedelta(seconds=1)


def _path(steps: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{side} {other}\n" for side, other in steps).encode()


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _zip(files: Mapping[str, bytes]) -> bytes:
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in sorted({**files, "SHA256SUMS": sums.encode()}.items()):
            entry = zipfile.ZipInfo(name, MADE)
            # What is in a PDF is compressed already.
            entry.compress_type = zipfile.ZIP_STORED if name in {PDF, REPORT} else zipfile.ZIP_DEFLATED
            package.writestr(entry, data)
    return out.getvalue()
