"""What the certificates of making and of cancellation say of seals (R41, R46).

Sealed papers: names and numbers are held to the certificates that our authority issued, kind and moments to
the company's chain of events. A seal that was never collected has no certificate; its event stands for it.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from auth.china import second
from auth.events import commitment_bytes, company_stream, link_bytes, sha256
from auth.models import Event, Licence
from seals import imprint
from seals.certificates import read_subject, seal_common_name
from seals.design import Design
from seals.filing.makers import maker
from seals.filing_models import FilingKind, MakerFiling
from seals.imprint import RED, Imprint, to_svg
from seals.keyring import P256
from seals.kinds import SealKind, spec
from seals.licensing import is_genuine
from seals.life import Change
from seals.life_words import CANCELLED_FOR, REVOKED_FOR, authority_of
from seals.models import Seal, SealKey, SesSeal
from seals.paper_models import Paper
from seals.papers.heading import heading, unfit
from seals.ses import reading
from seals.signing.workshop import Workshop

__all__ = ["cancelling_data", "making_data", "seal_data"]

Json = dict[str, Any]
Names = frozenset[tuple[str, str]]
"""Names of a company with its USCC."""

_WAYS = {"face": "人脸核验", "bank": "银行卡与手机号核验", "counter": "窗口当面核验身份证"}


async def making_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`. paper.said: `seals`, each id with its generation.

    Raises Conflict `paper.unfit`.
    """
    names, unit = await _unit(paper, identity)
    told = []
    for seal_id, generation in paper.said["seals"]:
        seal = await Seal.get(id=seal_id, company_id=paper.company_id)
        key = await _key(seal, int(generation), names, workshop)
        event = await _event(seal, "seal.collected", key)
        if event is None or key is None:
            raise unfit()
        keys = await SealKey.filter(seal_id=seal.id, generation=generation).order_by("algorithm")
        told.append(
            {
                **seal_data(seal),
                "collected": second(event.at),
                "identity_zh": _WAYS.get(str(event.facts["identity"]), ""),
                "filing": await _filing(seal),
                "maker": await _maker(seal, int(generation)),
                "certificates": [_certificate(each) for each in keys],
            }
        )
    made_by = await maker()
    licensed = {"name": made_by.name, "number": made_by.number}
    return _json(paper, now, workshop, unit=unit, seals=told, maker=licensed)


async def cancelling_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`. paper.said: as of `making_data`.

    Raises Conflict `paper.unfit`.
    """
    names, unit = await _unit(paper, identity)
    told = []
    for seal_id, generation in paper.said["seals"]:
        seal = await Seal.get(id=seal_id, company_id=paper.company_id)
        key = await _key(seal, int(generation), names, workshop) if generation else None
        event = await _event(seal, "seal.cancelled", None)
        if event is None or event.facts["number"] != seal.number:
            raise unfit()
        change = Change(event.facts["change"])
        keys = await SealKey.filter(seal_id=seal.id, generation=generation) if key is not None else []
        told.append(
            {
                **seal_data(seal),
                "cancelled": second(event.at),
                "reason_zh": CANCELLED_FOR[change],
                "authority_zh": authority_of(change),
                "instead": await _instead(seal, event),
                "certificates": [_certificate(each) for each in keys],
            }
        )
    return _json(paper, now, workshop, unit=unit, seals=told)


def _json(paper: Paper, now: datetime, workshop: Workshop, **said: object) -> str:
    return json.dumps({"paper": heading(paper, now, workshop), **said}, ensure_ascii=False)


async def _unit(paper: Paper, identity: Ed25519PublicKey) -> tuple[Names, Json]:
    """The unit as the licence in force says that the sealer signed, and all names that licences gave it."""
    rows = await Licence.filter(company_id=paper.company_id).order_by("version")
    names = {(row.data["company_name"], row.data["uscc"]) for row in rows if is_genuine(row, identity)}
    data = rows[-1].data
    if (data["company_name"], data["uscc"]) not in names:
        raise unfit()
    return frozenset(names), {
        "name": data["company_name"],
        "uscc": data["uscc"],
        "type": data["company_type"],
        "representative": data["representative_name"],
        "licence_number": data["licence_number"],
    }


async def _key(seal: Seal, generation: int, names: Names, workshop: Workshop) -> SealKey | None:
    """The seal's key of this generation, whose certificate our authority issued to this seal of this company.

    None where it never had one. Raises Conflict `paper.unfit`.
    """
    row = await SealKey.get_or_none(seal_id=seal.id, generation=generation, algorithm=P256)
    if row is None:
        return None
    certificate = x509.load_der_x509_certificate(base64.b64decode(row.certificate))
    try:
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(workshop.chain[0]))
    except (ValueError, TypeError, InvalidSignature):
        raise unfit() from None
    named = read_subject(certificate)
    if named is None or (named.company, named.uscc) not in names:
        raise unfit()
    if (named.seal_name, named.seal_number) != (seal_common_name(seal.name, named.company), seal.number):
        raise unfit()
    return row


async def _event(seal: Seal, kind: str, key: SealKey | None) -> Event | None:
    """The event of this seal, of this key if one is named, hashed anew. Raises Conflict `paper.unfit`."""
    rows = Event.filter(stream=company_stream(seal.company_id), subject=f"seal:{seal.id}", kind=kind)
    for event in await rows.order_by("-seq"):
        if key is not None and event.facts["certificate"] != key.serial:
            continue
        whole = (
            sha256(commitment_bytes(event)) == event.commitment and sha256(link_bytes(event)) == event.hash
        )
        if not whole or event.facts["kind"] != seal.kind:
            raise unfit()
        return event
    return None


async def _instead(seal: Seal, cancelled: Event) -> Json | None:
    """The seal that took its place: issued in the same transaction, as its event says."""
    rows = Event.filter(stream=cancelled.stream, kind="seal.issued", seq__gt=cancelled.seq)
    for event in await rows.order_by("seq").limit(10):
        if event.facts.get("instead_of") == seal.number:
            made = await Seal.get(id=event.subject.partition(":")[2])
            return {"name": made.name, "number": made.number}
    return None


async def _filing(seal: Seal) -> str:
    """The authority's number of the filing of its making, ours while it has none."""
    row = await MakerFiling.get_or_none(seal_id=seal.id, kind=FilingKind.MADE)
    return "" if row is None else row.reference or row.number


async def _maker(seal: Seal, generation: int) -> Json:
    """Who made it, as the structure (SESeal) names him that he signed."""
    row = await SesSeal.get(seal_id=seal.id, generation=generation)
    try:
        read = reading.read(base64.b64decode(row.der))
    except reading.Malformed:
        raise unfit() from None
    if not isinstance(read, reading.Seal) or read.name != seal.name:
        raise unfit()
    certificate = x509.load_der_x509_certificate(read.certificate)
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return {
        "name": str(name.value),
        "serial": f"{certificate.serial_number:x}",
        "version": read.version,
        "es_id": read.seal_id,
    }


def seal_data(seal: Seal) -> Json:
    """A seal's own facts, and its imprint as SVG."""
    kind = spec(SealKind(seal.kind))
    return {
        "name": seal.name,
        "kind_zh": kind.zh,
        "number": seal.number,
        "width_mm": seal.width_mm,
        "height_mm": seal.height_mm,
        "created": second(seal.created_at),
        "from_photo": seal.photo_id is not None,
        "imprint": to_svg(_imprint(seal), RED),
    }


def _imprint(seal: Seal) -> Imprint:
    """As the seal maker drew it: anew from the design; a photo's has no design to be drawn from."""
    if seal.photo_id is not None:
        return Imprint(seal.width_mm, seal.height_mm, seal.imprint)
    return imprint.draw(Design.from_json(seal.design))


def _certificate(row: SealKey) -> Json:
    why = REVOKED_FOR[row.revoked_for] if row.revoked_for else ""
    return {
        "algorithm": "P-256" if row.algorithm == P256 else "SM2",
        "serial": row.serial,
        "from": second(row.not_before),
        "until": second(row.not_after),
        "revoked": second(row.revoked_at) if row.revoked_at else None,
        "why_zh": why,
    }
