"""Collecting: no key before identity and PIN; one person's second company opens with the same PIN."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from asn1crypto import x509 as asn1_x509

from seals.keyring import P256, SM2
from seals.models import (
    Collection,
    CollectionState,
    Holder,
    Offer,
    OfferPurpose,
    OfferState,
    Seal,
    SealKey,
    SealState,
    SealWrap,
    SesSeal,
)
from server.client import ApiError, Client
from server.demo import PIN
from tests.main_job.members import Json, Member, Server, member_form, refused

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

WRONG = "271828"


@pytest.fixture
def founder(server: Server) -> Iterator[Member]:
    """Somebody whose company is registered, and whose seals wait to be collected."""
    with server.member() as member:
        member.found_company()
        yield member


def keys(member: Member, company: str) -> int:
    """How many seals of a company have keys: each has both, its structure and its wrap, or nothing at all.

    No two have the same key.
    """

    async def count() -> int:
        ids = await Seal.filter(company_id=company).values_list("id", flat=True)
        held = await SealWrap.filter(seal_id__in=list(ids)).count()  # type: ignore[call-overload]
        structures = await SesSeal.filter(seal_id__in=list(ids)).count()  # type: ignore[call-overload]
        for algorithm in (P256, SM2):
            made = SealKey.filter(seal_id__in=list(ids), algorithm=algorithm)  # type: ignore[call-overload]
            assert await made.count() == held
            publics = {_public(der) for der in await made.values_list("certificate", flat=True)}
            assert len(publics) == held, "two seals share a key"
        assert structures == held
        return held

    return member.server.database.run(count)


def _public(certificate: object) -> bytes:
    """The key (SubjectPublicKeyInfo) of a certificate as a row holds it."""
    read = asn1_x509.Certificate.load(base64.b64decode(str(certificate)))
    return bytes(read.public_key.dump())


def checked(member: Member, company: str, outcome: str = "pass") -> Json:
    collection = member.phone.begin_collection(company)
    httpx.post(collection["check_url"], data={"outcome": outcome}, trust_env=False)
    return member.phone.collection(collection["id"])


def test_an_uncollected_seal_signs_nothing(founder: Member) -> None:
    answer = refused(founder.ask_for)
    assert (answer.status, answer.code) == (409, "seal.not_collected")
    assert keys(founder, founder.company) == 0
    seals = founder.phone.company(founder.company)["seals"]
    assert {seal["state"] for seal in seals} == {"issued"}
    assert founder.phone.imprint(seals[0]["id"]).startswith(b"<svg")


def test_a_row_that_says_collected_makes_no_key(founder: Member) -> None:
    """Who can write the database may call a seal collected; there is nothing it could sign with."""
    founder.server.database.run(
        lambda: Seal.filter(company_id=founder.company).update(state=SealState.COLLECTED, generation=1)
    )
    assert refused(founder.ask_for).status >= 400
    assert keys(founder, founder.company) == 0


def test_there_is_no_key_before_the_identity_check_passed(founder: Member) -> None:
    collection = founder.phone.begin_collection(founder.company)
    answer = refused(lambda: founder.phone.set_pin(collection["id"], PIN))
    assert (answer.status, answer.code) == (409, "collection.state")
    assert keys(founder, founder.company) == 0
    failed = checked(founder, founder.company, "fail")
    assert failed["state"] == "refused"
    assert refused(lambda: founder.phone.set_pin(failed["id"], PIN)).code == "collection.state"
    assert keys(founder, founder.company) == 0
    assert checked(founder, founder.company)["state"] == "checked"


def test_the_sealer_takes_nobody_elses_identity_check(server: Server, founder: Member) -> None:
    """The row names a check that passed, of another person: web goes on, the sealer does not."""
    with server.member() as other:
        other.name = "李小红"
        other.found_company()
        passed = checked(other, other.company)["id"]
        collection = founder.phone.begin_collection(founder.company)["id"]

        async def swap() -> None:
            check = (await Collection.get(id=passed)).check_id
            await Collection.filter(id=collection).update(check_id=check)

        server.database.run(swap)
        answer = refused(lambda: founder.phone.set_pin(collection, PIN))
        assert (answer.status, answer.code) == (403, "identity.not_passed")
        assert keys(founder, founder.company) == 0
        assert founder.phone.collection(collection)["state"] == "failed"


def test_a_check_is_good_for_the_collection_it_was_passed_for(founder: Member) -> None:
    """Whoever writes the database gives the owner's own old check to a collection of his: no key is made."""
    passed = checked(founder, founder.company)["id"]
    another = founder.phone.begin_collection(founder.company)["id"]

    async def reuse() -> None:
        check = (await Collection.get(id=passed)).check_id
        await Collection.filter(id=another).update(check_id=check)

    founder.server.database.run(reuse)
    assert refused(lambda: founder.phone.set_pin(another, PIN)).code == "identity.not_passed"
    assert keys(founder, founder.company) == 0
    assert founder.phone.set_pin(passed, PIN)["state"] == "collected"


def test_a_weak_pin_is_refused_and_a_good_one_makes_five_keys(founder: Member) -> None:
    collection = checked(founder, founder.company)
    for weak in ("123456", "888888", founder.mobile[-6:], founder.id_number[6:14], "12345"):
        answer = refused(lambda weak=weak: founder.phone.set_pin(collection["id"], weak))
        assert (answer.status, answer.field) == (422, "pin")
    assert keys(founder, founder.company) == 0
    assert founder.phone.set_pin(collection["id"], PIN)["state"] == "collected"
    assert keys(founder, founder.company) == 5
    seals = founder.phone.company(founder.company)["seals"]
    assert {seal["state"] for seal in seals} == {"collected"}
    assert refused(lambda: founder.phone.begin_collection(founder.company)).code == "collection.done"
    assert refused(lambda: founder.phone.set_pin(collection["id"], PIN)).code == "collection.state"
    assert keys(founder, founder.company) == 5
    founder.sealed()


def left_making(founder: Member, collection: str, expires_at: datetime) -> None:
    """Web gave up waiting for a PIN that some sealer holds and does not end."""

    async def leave() -> None:
        await Collection.filter(id=collection).update(state=CollectionState.MAKING)
        await Offer.create(
            purpose=OfferPurpose.COLLECT,
            subject=collection,
            person_id=founder.id,
            key_day="",
            salt="",
            state=OfferState.OFFERED,
            created_at=expires_at,
            expires_at=expires_at,
            lease_until=datetime.now(UTC) + timedelta(hours=1),
        )

    founder.server.database.run(leave)


def test_a_collection_whose_pin_still_waits_takes_no_other(founder: Member) -> None:
    collection = checked(founder, founder.company)["id"]
    left_making(founder, collection, datetime.now(UTC) + timedelta(hours=1))
    assert founder.phone.collection(collection)["state"] == "making"
    assert refused(lambda: founder.phone.set_pin(collection, PIN)).code == "collection.state"
    assert refused(lambda: founder.phone.send_collection_code(collection)).code == "collection.state"
    assert keys(founder, founder.company) == 0


@pytest.mark.parametrize("code_first", [False, True])
def test_a_collection_that_was_left_making_passes_again_and_makes_keys_once(
    founder: Member, code_first: bool
) -> None:
    collection = checked(founder, founder.company)["id"]
    left_making(founder, collection, datetime.now(UTC) - timedelta(minutes=2))
    assert founder.phone.collection(collection)["state"] == "checked"
    if code_first:
        founder.phone.send_collection_code(collection)

    def collect(phone: Client) -> str:
        try:
            return str(phone.set_pin(collection, PIN)["state"])
        except ApiError as error:
            return error.code

    phones = [founder.same_session() for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(collect, phones))
    assert told.count("collected") == 1, told
    row = founder.server.database.run(lambda: Collection.get(id=collection))
    assert row.state is CollectionState.COLLECTED
    assert keys(founder, founder.company) == 5


def test_nobody_else_collects_them(founder: Member, sealed_owner: Member) -> None:
    collection = checked(founder, founder.company)
    for act in (
        lambda: sealed_owner.phone.begin_collection(founder.company),
        lambda: sealed_owner.phone.collection(collection["id"]),
        lambda: sealed_owner.phone.set_pin(collection["id"], PIN),
    ):
        assert refused(act).status == 404
    assert keys(founder, founder.company) == 0


def test_a_second_company_is_collected_with_the_pin_that_is_set(server: Server) -> None:
    with server.owner() as owner:
        first = owner.company
        second = owner.register(f"上海晨星{owner.number}号贸易有限公司", owner.name, owner.id_number)
        owner.licence_signed(second)
        collection = checked(owner, second)
        assert collection["pin_known"] is True
        answer = refused(lambda: owner.phone.set_pin(collection["id"], WRONG))
        assert (answer.status, answer.code, answer.facts) == (403, "pin.wrong", {"tries_left": 4})
        assert keys(owner, second) == 0
        assert owner.phone.set_pin(collection["id"], PIN)["state"] == "collected"
        assert (keys(owner, first), keys(owner, second)) == (5, 5)
        assert owner.holder().tries == 0
        for company in (second, first):
            owner.company = company
            owner.sealed()
        holders = server.database.run(lambda: Holder.filter(person_id=owner.id).count())
        assert holders == 1


def test_no_pin_lies_in_the_database(founder: Member) -> None:
    """Nor its Argon2id value, once it was used: the offer is erased."""
    founder.collect(founder.company)
    founder.sealed()
    left = founder.server.database.run(
        lambda: Offer.filter(person_id=founder.id).values_list("sealed", flat=True)
    )
    assert set(left) == {None}


def test_the_same_form_sent_twice_is_one_application(server: Server) -> None:
    with server.member() as member:
        form = member_form(member)
        first = member.phone.apply(form)
        assert member.phone.apply(form)["id"] == first["id"]
        assert member.phone.apply({**form, "company_name": "别的名字有限公司"})["id"] == first["id"]


def test_one_name_is_registered_once(server: Server, founder: Member) -> None:
    with server.member() as member:
        form = {**member_form(member), "company_name": founder.company_name}
        answer = refused(lambda: member.phone.apply(form))
        assert (answer.status, answer.code, answer.field) == (409, "company.name_taken", "company_name")
        # The same name in another spelling is the same name.
        form["company_name"] = f" {founder.company_name.replace('1', '１')} "
        assert refused(lambda: member.phone.apply(form)).code == "company.name_taken"
        assert member.phone.me()["companies"] == []
