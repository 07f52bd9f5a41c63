"""Who is answered first about which certificate, and that one bad row stops nobody; on both engines."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from tortoise import Tortoise

from seals import pki, revocation, statuses
from seals.certificates import SealSubject
from seals.models import RevokedFor, SealKey, SigningState
from seals.ocsp import ANSWER_LIFE
from seals.status_models import OcspAnswer
from seals.statuses import Responder
from tests.databases import lift_guards
from tests.seals.signing.rows import signing

pytestmark = pytest.mark.usefixtures("database")

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = pki.make_root(NOW - timedelta(days=400))
ISSUING = pki.make_issuing(ROOT, NOW - timedelta(days=300))
SUBJECT = SealSubject("北京云杉科技有限公司", "91110105MA01ABCD5F", "合同专用章", "1101050000017")
RESPONDER = Responder(ROOT, ISSUING)
SECOND = timedelta(seconds=1)
OLD = NOW - ANSWER_LIFE


async def certified() -> SealKey:
    """A key with a certificate of ours."""
    await lift_guards()
    row = await signing(SigningState.SIGNED)
    made = NOW - timedelta(days=9)
    end = pki.latest_seal_end(ISSUING, made)
    certificate = pki.issue_seal_certificate(ISSUING, pki.new_key().public_key(), SUBJECT, made, end)
    await SealKey.filter(id=row.key_id).update(
        certificate=base64.b64encode(certificate.public_bytes(Encoding.DER)).decode(),
        serial=statuses.serial_of(certificate),
        not_after=end,
    )
    return await SealKey.get(id=row.key_id)


@pytest.mark.parametrize(
    "column", [{"certificate": "AAAA"}, {"certificate": "é"}, {"revoked_at": NOW, "revoked_for": "whim"}]
)
async def test_one_bad_row_stops_no_other(column: dict[str, Any]) -> None:
    good, broken = await certified(), await certified()
    await SealKey.filter(id=broken.id).update(**{k: v for k, v in column.items() if k != "revoked_for"})
    if "revoked_for" in column:
        change = "UPDATE seal_key SET revoked_for = 'whim' WHERE revoked_at IS NOT NULL"
        await Tortoise.get_connection("default").execute_script(change)
    await statuses.want([good.serial], NOW - SECOND)
    await statuses.want([broken.serial], NOW)
    assert await RESPONDER.answer(NOW)
    assert await statuses.newest(good.serial) is not None
    assert await statuses.newest(broken.serial) is None
    assert not await RESPONDER.answer(NOW), "it waits, nobody goes round in a circle"
    assert await RESPONDER.answer(NOW + statuses.FAILED_AGAIN)


async def test_a_unit_that_the_root_revoked_is_said_to_be() -> None:
    unit, other = (pki.make_tsa(ROOT, NOW - timedelta(days=9)).certificate for _ in range(2))
    serials = [statuses.serial_of(each) for each in (unit, other)]
    units = Responder(ROOT, ISSUING, (unit, other))
    await statuses.want(serials, NOW)
    await units.answer(NOW)
    await revocation.publish(revocation.ROOT, ROOT, NOW)
    lost = pki.Revoked(unit.serial_number, NOW, x509.ReasonFlags.key_compromise)
    knowing = replace(units, revoked=(lost,))
    later = NOW + SECOND
    await knowing.forget_revoked(later)
    assert await statuses.newest(serials[0]) is None, "nobody hears the good answer any more"
    await knowing.answer(later)
    said = [await statuses.newest(serial) for serial in serials]
    gone, good = (ocsp.load_der_ocsp_response(one[0]) for one in said if one is not None)
    assert (gone.certificate_status, gone.revocation_reason, gone.revocation_time_utc) == (
        ocsp.OCSPCertStatus.REVOKED,
        x509.ReasonFlags.key_compromise,
        NOW,
    )
    assert good.certificate_status is ocsp.OCSPCertStatus.GOOD
    for _ in range(2):
        await revocation.publish(revocation.ROOT, ROOT, later, knowing.revoked)
    row = await revocation.newest(revocation.ROOT)
    assert row is not None
    crl = x509.load_der_x509_crl(base64.b64decode(row.der))
    assert (row.number, [entry.serial_number for entry in crl]) == (2, [unit.serial_number])


async def test_the_newest_wish_is_answered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuses, "AT_ONCE", 1)
    old, new = await certified(), await certified()
    await statuses.want([old.serial], NOW - SECOND)
    await statuses.want([new.serial], NOW)
    await RESPONDER.answer(NOW)
    assert await statuses.newest(new.serial) is not None
    assert await statuses.newest(old.serial) is None
    await RESPONDER.answer(NOW)
    assert await statuses.newest(old.serial) is not None


async def test_what_grows_old_is_renewed_after_everybody_who_waits_and_what_is_over_is_not() -> None:
    living, over, waiting = await certified(), await certified(), await certified()
    await SealKey.filter(id=over.id).update(not_after=NOW - SECOND)
    for key in (living, over):
        await OcspAnswer.create(serial=key.serial, wanted_at=OLD, produced_at=OLD, der="AAAA")
    await statuses.want([waiting.serial], NOW - timedelta(minutes=1))
    await RESPONDER.renew(NOW)
    wishes = {row.serial: row.wanted_at for row in await OcspAnswer.all()}
    assert wishes[over.serial] == OLD
    assert OLD < wishes[living.serial] < wishes[waiting.serial]
    while await RESPONDER.answer(NOW):
        pass
    made = {row.serial: row.produced_at for row in await OcspAnswer.all()}
    own = statuses.serial_of(ISSUING.certificate)
    assert made == {living.serial: NOW, waiting.serial: NOW, own: NOW, over.serial: OLD}


async def test_renewing_leaves_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuses, "RENEWED_AT_ONCE", 1)
    for key in (await certified(), await certified()):
        await OcspAnswer.create(serial=key.serial, wanted_at=OLD, produced_at=OLD, der="AAAA")
    await RESPONDER.renew(NOW)
    assert await OcspAnswer.filter(wanted_at=OLD).count() == 1


async def test_what_was_made_before_a_revocation_is_not_written_after_it() -> None:
    key = await certified()
    await statuses.want([key.serial], NOW)
    revoked_at = NOW + SECOND

    class Late(Responder):
        """A process that is slow between reading the key and writing what it says of it."""

        async def _about(self, serial: str, now: datetime) -> bytes | None:
            said = await super()._about(serial, now)
            await SealKey.filter(id=key.id).update(revoked_at=revoked_at, revoked_for=RevokedFor.SUPERSEDED)
            await statuses.forget([serial], revoked_at)
            return said

    await Late(ROOT, ISSUING).answer(NOW)
    assert await statuses.newest(key.serial) is None
    await RESPONDER.answer(revoked_at)
    found = await statuses.newest(key.serial)
    assert found is not None
    answer = ocsp.load_der_ocsp_response(found[0])
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
