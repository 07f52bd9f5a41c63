"""The queue of certificate requests: one taker at a time, none of what is over, no answer that comes late."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.errors import Conflict, Refused
from auth.ports import IdentityWay
from seals import certificate_requests
from seals.certificate_requests import LEASE, LIFE, Answer, Asked
from seals.key_models import CertificateRequest, RequestState
from seals.models import Collection, CollectionState, SigningState
from tests.seals.signing.rows import NOW, signing

pytestmark = pytest.mark.usefixtures("database")

IDENTITY = Ed25519PrivateKey.generate()
ASKED = [Asked("seal", 1, "aa", "bb")]
PROOF = {"way": "sms", "code": "0" * 24}
ANSWER = Answer("seal", "AAAA", "AAAA", "AAAA", 4, NOW.isoformat(), NOW.isoformat())
REFUSAL = Conflict("collection.state", "领取已结束。", "This collection has ended.", field="x", facts_of=1)


async def asking() -> tuple[CertificateRequest, asyncio.Task[dict[str, Answer]]]:
    """A request that waits in the table, and the one that waits for its answer."""
    of = await signing(SigningState.PENDING)
    collection = await Collection.create(
        company_id=of.company_id,
        person_id=(await of.company).representative_id,
        state=CollectionState.MAKING,
        check_way=IdentityWay.FACE,
        created_at=NOW,
    )
    waiting = asyncio.create_task(certificate_requests.ask(IDENTITY, collection, ASKED, PROOF, NOW))
    while (row := await CertificateRequest.get_or_none(collection_id=collection.id)) is None:  # noqa: ASYNC110 (a row tells nobody)
        await asyncio.sleep(0.01)
    return row, waiting


async def test_what_one_of_many_issuers_answers_comes_to_the_one_that_asked() -> None:
    row, waiting = await asking()
    taken = await asyncio.gather(*(certificate_requests.take(f"issuer {n}", NOW) for n in range(6)))
    (got,) = [each for each in taken if each is not None]
    assert (got.id, got.fence, got.lease_until) == (row.id, 1, NOW + LEASE)
    certificate_requests.require_attested(got, IDENTITY.public_key())
    assert certificate_requests.asked_of(got) == ASKED
    assert await certificate_requests.answered(got, [ANSWER])
    assert await waiting == {"seal": ANSWER}
    assert not await certificate_requests.answered(got, [ANSWER])
    await certificate_requests.close(row.collection_id)
    assert (await CertificateRequest.get(id=row.id)).answer is None


async def test_a_refusal_comes_whole_to_the_one_that_asked() -> None:
    _, waiting = await asking()
    got = await certificate_requests.take("issuer", NOW)
    assert got is not None
    await certificate_requests.refuse(got, REFUSAL)
    with pytest.raises(Conflict) as refusal:
        await waiting
    told = refusal.value
    assert (told.code, told.zh, told.en, told.field) == (
        "collection.state",
        REFUSAL.zh,
        REFUSAL.en,
        REFUSAL.field,
    )
    assert told.facts == REFUSAL.facts


async def test_an_ended_lease_is_taken_up_and_the_late_one_writes_nothing() -> None:
    row, waiting = await asking()
    slow = await certificate_requests.take("slow", NOW)
    assert await certificate_requests.take("early", NOW + LEASE) is None
    quick = await certificate_requests.take("quick", NOW + LEASE + timedelta(seconds=1))
    assert slow is not None
    assert quick is not None
    assert not await certificate_requests.answered(slow, [ANSWER])
    await certificate_requests.refuse(slow, REFUSAL)
    assert (await CertificateRequest.get(id=row.id)).state is RequestState.ASKED
    assert await certificate_requests.answered(quick, [ANSWER])
    assert await waiting == {"seal": ANSWER}


async def test_what_is_over_is_not_taken_and_what_is_withdrawn_is_not_answered() -> None:
    row, waiting = await asking()
    assert await certificate_requests.take("late", NOW + LIFE) is None
    got = await certificate_requests.take("issuer", NOW)
    assert got is not None
    await CertificateRequest.filter(id=row.id).update(state=RequestState.WITHDRAWN)
    assert not await certificate_requests.answered(got, [ANSWER])
    waiting.cancel()
    await certificate_requests.forget_old(NOW + timedelta(days=29))
    assert await CertificateRequest.exists(id=row.id)
    await certificate_requests.forget_old(NOW + timedelta(days=31))
    assert not await CertificateRequest.exists(id=row.id)


@pytest.mark.parametrize(
    "change",
    [
        {"asked": [{"seal": "other"}]},
        {"proof": {"way": "device"}},
        {"attestation": "AAAA"},
        {"id": "another"},
    ],
)
async def test_a_request_that_no_sealer_signed_is_not_attested(change: dict[str, object]) -> None:
    row, waiting = await asking()
    waiting.cancel()
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(Refused) as refusal:
        certificate_requests.require_attested(row, IDENTITY.public_key())
    assert refusal.value.code == "custody.not_attested"
