"""Finish, in the sealer: timestamps, archive data, inspect our own output, record (architecture §5.6, 5.7).

Needs no key. Everything up to the last transaction may be repeated after a crash: the signature value is
stored, the blob store is content-addressed, and one conditional update makes the file the document's.
"""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pyhanko.sign.timestamps import TimeStamper
from tortoise.expressions import F, Q

from auth import events
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Unavailable
from seals.ledger import noticing
from seals.models import Document, Record, SealKey, Signing, SigningState, Version
from seals.pdf.finishing import Archived
from seals.pdf.finishing import finish as finish_pdf
from seals.pdf.preparing import PreparedMeta
from seals.pdf.reports import Report, Verdict
from seals.revocation import current_trust, national_trust
from seals.ses.making import timestamped
from seals.signing.archived_files import record_archived, unit_name
from seals.signing.archiving import archive
from seals.signing.confirming import LEASE, fail
from seals.signing.parents import lock_parents
from seals.signing.workshop import Workshop

__all__ = ["MAX_ATTEMPTS", "check_own_output", "finish", "stream_of", "take"]

MAX_ATTEMPTS = 20
PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=2)
"""After a first attempt in vain; doubled each time. Half an hour in all: what a person confirmed is not lost
because a service was restarted."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Signed:
    archived: Archived
    sha256: str
    signed_sha256: str
    ses: bytes


async def take(owner: str, now: datetime) -> Signing | None:
    """Claim a CONFIRMED or KEYED signing whose lease has ended; None when there is none."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = [SigningState.CONFIRMED, SigningState.KEYED]
    for row in await Signing.filter(free, state__in=waiting).order_by("lease_until").limit(5):
        claimed = await Signing.filter(free, id=row.id, state=row.state, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await Signing.get(id=row.id)
    return None


class _OvertakenError(Exception):
    """The lease ended, and another sealer has the signing."""


async def finish(
    held: Signing, workshop: Workshop, timestamper: TimeStamper, clock: Callable[[], datetime]
) -> None:
    """KEYED → SIGNED, or FAILED with the reason. A timestamp that cannot be had is tried again later.

    held: the row as it was when the lease was got; whoever has lost it since does nothing.
    """
    row = await Signing.get(id=held.id)
    if row.state is not SigningState.KEYED or row.fence != held.fence:
        return
    try:
        signed = await _assemble(row, workshop, timestamper, clock)
        await workshop.blobs.put(signed.archived.data)
        async with transaction():
            await _record(row, signed, clock())
    except _OvertakenError:
        _log.warning("a signing took longer than its lease, and another sealer has it")
    except Unavailable as error:
        if row.attempts + 1 < MAX_ATTEMPTS:
            pause = min(PAUSE * 2**row.attempts, LONGEST_PAUSE)
            await Signing.filter(id=row.id, fence=row.fence).update(
                attempts=F("attempts") + 1, lease_until=clock() + pause
            )
        else:
            await fail(row, error, clock())
    except DomainError as error:
        await fail(row, error, clock())


async def _hold(row: Signing, now: datetime) -> None:
    """The lease lasts as long as it is worked on: each step is far quicker than it."""
    mine = Signing.filter(id=row.id, state=SigningState.KEYED, fence=row.fence)
    if not await mine.update(lease_until=now + LEASE):
        raise _OvertakenError


async def _assemble(
    row: Signing, workshop: Workshop, timestamper: TimeStamper, clock: Callable[[], datetime]
) -> _Signed:
    key = await SealKey.get(id=row.key_id)
    certificate = base64.b64decode(key.certificate)
    stamped = await finish_pdf(
        await workshop.blobs.get(row.prepared_blob),
        PreparedMeta.from_json(row.prepared),
        certificate_der=certificate,
        chain_der=list(workshop.chain),
        signed_attributes_der=base64.b64decode(row.signed_attributes or ""),
        signature_value=base64.b64decode(row.signature_value or ""),
        timestamper=timestamper,
        trust=await current_trust(workshop),
    )
    await _hold(row, clock())
    archived = await archive(stamped, certificate, workshop, timestamper)
    data = archived.data
    await _hold(row, clock())
    ses = await timestamped(base64.b64decode(row.ses_signature or ""), timestamper)
    await _hold(row, clock())
    report = await workshop.inspector.verify(data, await current_trust(workshop))
    check_own_output(report, row)
    await _hold(row, clock())
    judged = await workshop.inspector.verify_ses(ses, await national_trust(workshop), data)
    if judged.verdict is not Verdict.VALID:
        raise _output_bad(list(judged.reasons))
    await _hold(row, clock())
    return _Signed(archived, _hash(data), _hash(stamped.data), ses)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check_own_output(report: Report, row: Signing) -> None:
    """Our signature is valid and provable for long, and nothing in the file is proven wrong.

    Raises Conflict `signing.output_bad`. Another party's earlier signature may be of an issuer we do not
    know; ours may not.
    """
    ours = next((s for s in report.signatures if s.field == row.prepared["field_name"]), None)
    good = ours is not None and ours.verdict is Verdict.VALID and ours.level == "B-LTA"
    if not good or report.verdict is Verdict.INVALID:
        raise _output_bad(list(ours.reasons) if ours else [])


def _output_bad(reasons: list[str]) -> Conflict:
    return Conflict(
        "signing.output_bad",
        "签署结果未通过自检，未交付。请重新发起用印。",
        "The signed file did not pass our own verification and is not given out. Ask again.",
        reasons=reasons,
    )


async def _record(row: Signing, signed: _Signed, now: datetime) -> None:
    await lock_parents(row)
    document = await Document.get(id=row.document_id)
    number = row.base_version + 1
    advanced = await Record.filter(code=document.record_id, newest=row.base_version).update(newest=number)
    moved = await Signing.filter(id=row.id, state=SigningState.KEYED, fence=row.fence).update(
        state=SigningState.SIGNED,
        ended_at=now,
        signed_attributes=None,
        signature_value=None,
        ses_signature=None,
    )
    if not moved or not advanced:
        raise Conflict(
            "signing.base_moved",
            "该文件已被加盖其他印章，本次未生效。请在最新版本上重新发起。",
            "Another seal was put on this document first, so this one did not take effect. Ask again.",
        )
    await Document.filter(id=document.id).update(blob=signed.sha256, version=number)
    version = await Version.create(
        record_id=document.record_id,
        number=number,
        sha256=signed.sha256,
        signed_sha256=signed.signed_sha256,
        signing_id=row.id,
        ses=base64.b64encode(signed.ses).decode(),
        created_at=now,
    )
    await record_archived(version.id, 0, signed.archived, now)
    noticed = await noticing.look(row, now)
    await events.append(
        events.company_stream(row.company_id),
        "signing.signed",
        actor="sealer",
        subject=f"signing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts={
            "sha256": signed.sha256,
            "code": document.record_id,
            "version": number,
            "time_stamping_unit": unit_name(signed.archived),
        },
    )
    await noticing.tell(row, noticed, now)


async def stream_of(signing_id: str) -> str:
    """The stream of a signing's company."""
    return events.company_stream((await Signing.get(id=signing_id)).company_id)
