"""Timestamps of somebody else's service, over real HTTP: sealed, judged and renewed like with our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from auth.errors import Unavailable
from auth.models import Event
from auth.privacy import RecordsKey
from seals import pki
from seals.ocsp import make_answer
from seals.pdf.reports import Verdict
from seals.pdf.trust import Trust
from seals.signing.workshop import Workshop
from seals.timestamps import REPLY_TYPE, answer
from server.adapters.blobs import LocalBlobs
from server.adapters.time_services import Service, TimeServices
from server.adapters.timestamper import HttpTimeStamper
from server.adapters.unit_status import UnitStatuses
from tests.seals.pdf.sealing_kit import START
from tests.seals.signing.test_renewing import (
    NEW_UNIT,
    WORLD,
    YEAR,
    Moved,
    answered,
    sealed_document,
)
from tests.server.test_time_services import issuer
from tests.server.test_timeserver import Reply, scripted

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
]

OUTSIDE = pki.make_root(START)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as opened:
        yield opened


def workshop_at(folder: Path, clock: Moved, client: httpx.AsyncClient) -> Workshop:
    return Workshop(
        clock,  # type: ignore[arg-type]
        LocalBlobs(folder),
        RecordsKey(bytes(32)),
        (WORLD.issuing.der,),
        WORLD.root.der,
        (),
        b"",
        "http://127.0.0.1",
        (OUTSIDE.der,),
        UnitStatuses(client, [OUTSIDE.der], clock),
    )


async def test_a_document_stamped_elsewhere_is_valid_now_and_in_twelve_years(
    tmp_path: Path, client: httpx.AsyncClient
) -> None:
    clock = Moved()

    async def told(unit: x509.Certificate) -> Reply:
        return 200, "application/ocsp-response", make_answer(OUTSIDE, unit, None, clock.at)

    async with issuer(ocsp=told, root=OUTSIDE, at=START) as unit, answered(clock):

        async def stamps(request: bytes) -> Reply:
            return 200, REPLY_TYPE, answer(request, unit, (), clock.at, 1)

        async with scripted(stamps) as url:
            trust = Trust((WORLD.root.der,), stamp_roots=(OUTSIDE.der,))
            asked = TimeServices([Service(url, HttpTimeStamper(url, client), trust)], clock)
            place = await sealed_document(clock, workshop_at(tmp_path, clock, client), asked)
        sealed, trust = await place.data(), await place.trust()
        report = await clock.verify(sealed, trust)
        assert (report.verdict, report.notes) == (Verdict.VALID, ())
        assert [one.level for one in report.signatures] == ["B-LTA"]
        (event,) = await Event.filter(kind="signing.signed")
        assert "TSA" in event.facts["time_stamping_unit"]
        # Who was not told of that root does not trust it, and nobody signs under it.
        ours = await clock.verify(sealed, replace(trust, stamp_roots=()))
        assert (ours.verdict, ours.reasons) == (Verdict.UNKNOWN, ("no_trusted_time",))
        # Its issuer is asked once more when the file is renewed, by our own unit.
        await place.go_to(START + 9.1 * YEAR, NEW_UNIT)
        await place.renewer.round()
        renewed = await place.data()
        assert renewed != sealed
    await place.go_to(START + 12 * YEAR)
    late = await clock.verify(renewed, await place.trust())
    assert (late.verdict, late.document_timestamps) == (Verdict.VALID, 2)
    lapsed = await clock.verify(sealed, await place.trust())
    assert lapsed.reasons == ("timestamp_lapsed",)


async def test_without_a_word_on_the_unit_the_sealing_waits(
    tmp_path: Path, client: httpx.AsyncClient
) -> None:
    clock = Moved()

    async def old(unit: x509.Certificate) -> Reply:
        then = clock.at - timedelta(days=2)
        return 200, "application/ocsp-response", make_answer(OUTSIDE, unit, None, then)

    async with issuer(ocsp=old, root=OUTSIDE, at=START) as unit, answered(clock):
        clock.unit = unit
        with pytest.raises(Unavailable) as refused:
            await sealed_document(clock, workshop_at(tmp_path, clock, client), clock)
    assert refused.value.code == "timestamp.status_unavailable"
