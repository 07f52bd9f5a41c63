"""The clock goes years ahead, the unit is another by then: files are renewed in time, by the sealer, once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from auth import events
from auth.errors import Unavailable
from auth.models import Event
from auth.privacy import RecordsKey
from seals import pki, revocation, uploading, verifying
from seals.archive_models import ArchivedFile
from seals.keyring import P256
from seals.models import Document, Record, SealKey, Signing, SigningState, Version
from seals.pdf import algorithms
from seals.pdf.archiving import Archive, ValidationData, prepare_archive
from seals.pdf.preparing import Protection, signed_attributes
from seals.pdf.reports import Report, Verdict
from seals.pdf.trust import Trust
from seals.pdf.verdicts import verify
from seals.signing import finishing, renewing
from seals.signing.archived_files import RENEW_BEFORE, newest_file
from seals.signing.renewing import Renewer
from seals.signing.workshop import Workshop
from seals.statuses import Responder
from server.adapters.blobs import LocalBlobs
from tests.databases import lift_guards
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import PLACE, START, Clock, World
from tests.seals.signing.rows import signing

pytestmark = [
    pytest.mark.usefixtures("database"),
    # The same code on either engine: one is enough here.
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
]

YEAR = timedelta(days=365)
SEALED = START + timedelta(days=3)
WORLD = World()
SEAL = WORLD.seals[0]
NEW_UNIT = pki.make_tsa(WORLD.root, START + 9 * YEAR)


@dataclass
class Moved:
    """A moment of the test's choice: the clock, the time-stamping unit and the inspector go by it."""

    at: datetime = SEALED
    unit: pki.Authority = field(default_factory=lambda: WORLD.tsa)
    stamps: int = 0
    down: bool = False

    def __call__(self) -> datetime:
        return self.at

    async def async_timestamp(self, digest: bytes, name: str) -> Any:
        self.stamps += 1
        if self.down:
            raise Unavailable("timestamp.unavailable", "请稍候。", "Wait.")
        return await Clock(self.unit, self.at).async_timestamp(digest, name)

    async def async_dummy_response(self, name: str) -> Any:
        return await Clock(self.unit, self.at).async_dummy_response(name)

    # The inspector, in this process and by this clock.

    async def prepare_archive(self, data: bytes, validation: ValidationData) -> Archive:
        return prepare_archive(data, validation)

    async def verify(self, data: bytes, trust: Trust) -> Report:
        return verify(data, trust, self.at)


@dataclass
class Place:
    """One sealed document of a time long ago."""

    clock: Moved
    workshop: Workshop
    row: Signing

    @property
    def renewer(self) -> Renewer:
        return Renewer(self.workshop, self.clock, self.clock)  # type: ignore[arg-type]

    async def version(self) -> Version:
        return await Version.get(signing_id=self.row.id)

    async def files(self) -> list[ArchivedFile]:
        return await ArchivedFile.all().order_by("number")

    async def data(self) -> bytes:
        return await self.workshop.blobs.get(await newest_file(await self.version()))

    async def trust(self) -> Trust:
        return await revocation.current_trust(self.workshop)

    async def publish(self) -> None:
        """What the issuing role does all the time."""
        await revocation.publish(revocation.ROOT, WORLD.root, self.clock.at)
        await revocation.publish(revocation.ISSUING, WORLD.issuing, self.clock.at)

    async def go_to(self, at: datetime, unit: pki.Authority | None = None) -> None:
        self.clock.at, self.clock.unit = at, unit or self.clock.unit
        await self.publish()


@asynccontextmanager
async def answered(clock: Moved) -> AsyncIterator[None]:
    """The issuing role answers, by the same clock; it knows the unit before as well."""
    responder = Responder(WORLD.root, WORLD.issuing, (WORLD.tsa.certificate, NEW_UNIT.certificate))

    async def loop() -> None:
        while True:
            await responder.answer(clock.at)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(loop())
    try:
        yield
    finally:
        task.cancel()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A document that was sealed as the sealer does it, years ago."""
    clock = Moved()
    workshop = Workshop(
        clock,  # type: ignore[arg-type]
        LocalBlobs(tmp_path),
        RecordsKey(bytes(32)),
        (WORLD.issuing.der,),
        WORLD.root.der,
        (),
        b"",
        "http://127.0.0.1",
    )
    async with answered(clock):
        yield await sealed_document(clock, workshop, clock)


async def sealed_document(clock: Moved, workshop: Workshop, timestamper: Any) -> Place:
    """A document sealed at `SEALED`, as the sealer does it."""
    ready = WORLD.prepare(contract(2), SEAL, at=SEALED, place=PLACE, protection=Protection.OPEN)
    attributes = signed_attributes(ready.digest, SEAL.certificate_der)
    row = await signing(SigningState.KEYED, prepared=ready.meta.to_json(), fence=1)
    value = SEAL.key.sign(attributes, ec.ECDSA(hashes.SHA256()))
    await lift_guards()
    await SealKey.filter(id=row.key_id).update(
        certificate=base64.b64encode(SEAL.certificate_der).decode(),
        serial=f"{SEAL.serial:x}",
        algorithm=P256,
        not_after=START + timedelta(days=1000),
    )
    made = Place(clock, workshop, await Signing.get(id=row.id))
    await made.publish()
    stamped = await finishing.finish_pdf(
        ready.data,
        ready.meta,
        certificate_der=SEAL.certificate_der,
        chain_der=SEAL.chain_der,
        signed_attributes_der=attributes,
        signature_value=value,
        timestamper=timestamper,
        trust=await made.trust(),
        clock=clock,
    )
    archived = await finishing.archive(stamped, SEAL.certificate_der, workshop, timestamper)
    await workshop.blobs.put(archived.data)
    signed = finishing._Signed(archived, sha(archived.data), sha(stamped.data), b"")
    await finishing._record(row, signed, SEALED)
    return made


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_it_is_due_well_before_the_unit_ends_and_not_earlier(place: Place) -> None:
    (file,) = await place.files()
    ends = WORLD.tsa.certificate.not_valid_after_utc
    assert (file.proven_until, file.renew_at) == (ends, ends - RENEW_BEFORE)
    await place.go_to(ends - RENEW_BEFORE - timedelta(days=1), NEW_UNIT)
    assert not await place.renewer.round()
    assert len(await place.files()) == 1


async def test_a_document_of_today_is_valid_in_twelve_years(place: Place) -> None:
    sealed = await place.data()
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    assert not await place.renewer.round()  # nothing more is due
    renewed = await place.data()
    assert renewed.startswith(sealed)
    assert renewed != sealed
    first, second = await place.files()
    assert (first.renew_at, second.number) == (None, 1)
    assert second.proven_until == NEW_UNIT.certificate.not_valid_after_utc
    document = await Document.get(id=place.row.document_id)
    assert (document.blob, document.version) == (sha(renewed), 1)  # a further seal goes onto this one
    (event,) = await Event.filter(kind="document.renewed")
    assert (event.stream, event.subject) == (
        events.company_stream(place.row.company_id),
        f"document:{document.id}",
    )
    await place.go_to(START + 12 * YEAR)
    assert not await place.renewer.round()
    assert len(await place.files()) == 2
    report = await place.clock.verify(renewed, await place.trust())
    assert (report.verdict, report.reasons, report.document_timestamps) == (Verdict.VALID, (), 2)
    lapsed = await place.clock.verify(sealed, await place.trust())
    assert (lapsed.verdict, lapsed.reasons) == (Verdict.UNKNOWN, ("timestamp_lapsed",))


async def test_both_files_are_known_as_the_same_version(place: Place) -> None:
    sealed = await place.data()
    code = (await place.version()).record_id
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    await place.renewer.round()
    renewed = await place.data()
    for data, how in ((sealed, "unrenewed"), (renewed, "latest")):
        told = await verifying.match(code, sha(data), "127.0.0.1", place.clock.at)
        assert (told.match, told.version, told.newest) == (how, 1, 1)
        report = await place.clock.verify(data, await place.trust())
        whole = await verifying.in_our_records(data, "x.pdf", report, place.clock.at)
        assert whole.record is not None
        assert whole.record.match == how
        known = await uploading._known_version(data)
        assert known is not None
    (step,) = [one for one in whole.report.steps if one.step == "record"]
    assert step.codes == ()


async def test_nothing_is_made_that_would_not_last_longer(place: Place) -> None:
    """The unit was not replaced: a timestamp of it adds nothing, and is not asked for at each round."""
    await place.go_to(START + 9.1 * YEAR)
    await place.renewer.round()
    made = place.clock.stamps
    assert not await place.renewer.round()
    assert (len(await place.files()), place.clock.stamps) == (1, made)
    await place.go_to(place.clock.at + renewing.LOOKED_AT_AGAIN + timedelta(minutes=1), NEW_UNIT)
    await place.renewer.round()
    assert len(await place.files()) == 2


async def test_without_a_timestamp_it_waits_and_is_taken_again(place: Place) -> None:
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    place.clock.down = True
    assert not await place.renewer.round()
    place.clock.down = False
    assert not await place.renewer.round()
    assert len(await place.files()) == 1  # it is still held
    await place.go_to(place.clock.at + renewing.LEFT_FOR)
    await place.renewer.round()
    assert len(await place.files()) == 2


async def test_a_timestamp_of_nobody_we_trust_puts_nothing_off(place: Place) -> None:
    foreign = pki.make_tsa(pki.make_root(START + 9 * YEAR), START + 9 * YEAR)
    await place.go_to(START + 9.1 * YEAR, foreign)
    await place.renewer.round()
    assert len(await place.files()) == 1
    await place.go_to(place.clock.at + renewing.LEFT_FOR, NEW_UNIT)
    await place.renewer.round()
    assert len(await place.files()) == 2


async def test_two_sealers_renew_it_once(place: Place) -> None:
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    await asyncio.gather(*(place.renewer.round() for _ in range(3)))
    assert [file.number for file in await place.files()] == [0, 1]
    assert await Event.filter(kind="document.renewed").count() == 1


async def test_too_late_is_told_and_left(place: Place) -> None:
    await place.go_to(START + 11 * YEAR, NEW_UNIT)
    assert not await place.renewer.round()
    (file,) = await place.files()
    assert file.renew_at is None


async def test_a_document_that_is_being_sealed_is_left(place: Place) -> None:
    """Its next version would be made of the file before."""
    await Signing.filter(id=place.row.id).update(state=SigningState.KEYED)
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    await place.renewer.round()
    assert len(await place.files()) == 1
    assert (await Document.get(id=place.row.document_id)).blob == (await place.version()).sha256


async def test_an_older_version_is_not_renewed(place: Place) -> None:
    await Record.all().update(newest=2)
    await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
    await place.renewer.round()
    assert len(await place.files()) == 1


async def test_an_algorithm_that_gets_an_end_makes_it_due(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table is a later release's; what was stamped before it is found by what it was stamped with."""
    end = START + 3 * YEAR
    await place.go_to(end - RENEW_BEFORE + timedelta(days=1), NEW_UNIT)
    place.clock.unit = pki.make_tsa(WORLD.root, place.clock.at)
    await place.renewer.round()
    assert (await place.files())[0].proven_until > end
    monkeypatch.setattr(algorithms, "ENDS", {"ec-256": end})
    monkeypatch.setattr(renewing, "ENDS", {"ec-256": end})
    made = place.clock.stamps
    await place.renewer.round()
    (file,) = await place.files()
    # The service still gives the same kind: that helps nothing, is logged, and looked at again.
    assert (file.proven_until, place.clock.stamps) == (end, made + 1)
    assert file.renew_at == place.clock.at + renewing.LOOKED_AT_AGAIN


async def test_what_does_not_pass_our_own_check_is_not_given_out(place: Place) -> None:
    unit = WORLD.tsa.certificate
    await place.go_to(unit.not_valid_after_utc - timedelta(minutes=1), NEW_UNIT)
    lists = pki.Revoked(unit.serial_number, place.clock.at - YEAR)
    crl = pki.make_crl(WORLD.root, [lists], 99, place.clock.at, place.clock.at + timedelta(days=7))
    await revocation.Crl.filter(authority=revocation.ROOT).update(der=base64.b64encode(crl).decode())
    await place.renewer.round()
    assert len(await place.files()) == 1
    assert not await Event.filter(kind="document.renewed").exists()
