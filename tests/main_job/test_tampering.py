"""Somebody who can write the database changes rows between scan and signature: nothing is signed.

The digests come from the stored bytes, the challenge is bound to what was scanned, and the PIN opens only
for the intent that it was given for.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from auth.models import Challenge, ChallengeState
from seals import pki, sm2_pki
from seals.certificates import SealSubject
from seals.keyring import P256, SM2
from seals.models import (
    Holder,
    Offer,
    OfferState,
    Seal,
    SealKey,
    SealWrap,
    SesSeal,
    Signing,
    SigningState,
    Version,
)
from seals.ses import structures
from seals.signing.opening import intent
from server.client import ApiError
from server.demo import PIN
from tests.main_job.members import Member, Server, refused
from tests.main_job.stage import Stage, until

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

PREPARED = ("prepared_blob", "prepared", "digest_sha256", "digest_sm3", "claimed_at", "base_blob")


@dataclass
class Scene:
    """A claimed signing, another document of the same seal, and everything the attacker may write."""

    owner: Member
    signing: str
    other: str
    challenge: str
    digits: str
    intent: str

    async def change(self, **columns: object) -> None:
        await Signing.filter(id=self.signing).update(**columns)

    async def row(self) -> Signing:
        return await Signing.get(id=self.signing)

    async def bind_the_challenge_anew(self) -> None:
        row = await self.row()
        challenge = await Challenge.get(id=self.challenge)
        await Challenge.filter(id=self.challenge).update(intent=intent(row, challenge.purpose))


def make_scene(owner: Member) -> Scene:
    owner.server.forget_limits()
    # A try is counted before anything is compared, so refusals of the tests before would lock in the end.
    owner.server.database.run(lambda: Holder.filter(person_id=owner.id).update(tries=0, locked_at=None))
    signing, other = owner.ask_for()["id"], owner.ask_for()["id"]
    claim, digits = owner.claimed(signing)
    return Scene(owner, signing, other, claim["id"], digits, claim["intent"])


async def other_document(scene: Scene) -> None:
    other = await Signing.get(id=scene.other)
    await scene.change(**{name: getattr(other, name) for name in PREPARED})


async def other_bytes(scene: Scene) -> None:
    await scene.change(prepared_blob=(await Signing.get(id=scene.other)).prepared_blob)


async def sha256(scene: Scene) -> None:
    await scene.change(digest_sha256="0" * 64)


async def sm3(scene: Scene) -> None:
    await scene.change(digest_sm3="0" * 64)


async def place(scene: Scene) -> None:
    row = await scene.row()
    await scene.change(prepared={**row.prepared, "x_mm": row.prepared["x_mm"] + 1})


async def page(scene: Scene) -> None:
    row = await scene.row()
    await scene.change(prepared={**row.prepared, "page": 1})


async def byte_range(scene: Scene) -> None:
    row = await scene.row()
    await scene.change(prepared={**row.prepared, "reserved_end": row.prepared["reserved_end"] + 1})


async def other_seal(scene: Scene) -> None:
    row = await scene.row()
    seal = await Seal.filter(company_id=row.company_id, kind="finance").get()
    key = await SealKey.get(seal_id=seal.id, algorithm=P256)
    await scene.change(seal_id=seal.id, key_id=key.id)


async def claimed_time(scene: Scene) -> None:
    """The SES_Signature states it."""
    row = await scene.row()
    await scene.change(claimed_at=row.claimed_at - timedelta(days=400))


async def name_of_the_field(scene: Scene) -> None:
    row = await scene.row()
    await scene.change(prepared={**row.prepared, "field_name": "Seal9"})


async def the_intent(scene: Scene) -> None:
    await Challenge.filter(id=scene.challenge).update(intent="0" * 64)


async def challenge_of_another(scene: Scene) -> None:
    """The claimed challenge is turned to the other signing."""
    await Challenge.filter(id=scene.challenge).update(subject=scene.other)


Tamper = Callable[[Scene], Awaitable[None]]
ONE_THING: list[Tamper] = [
    other_document,
    other_bytes,
    sha256,
    sm3,
    place,
    page,
    byte_range,
    other_seal,
    claimed_time,
    name_of_the_field,
    the_intent,
    challenge_of_another,
]


async def left(scene: Scene) -> dict[str, Any]:
    both = [scene.signing, scene.other]
    rows = await Signing.filter(id__in=both)
    return {
        "states": {row.state for row in rows},
        "values": {value for row in rows for value in (row.signature_value, row.ses_signature)},
        "versions": await Version.filter(signing_id__in=both).count(),
        "offers": {(offer.state, offer.sealed) for offer in await Offer.filter(subject__in=both)},
    }


NOTHING = {"states": {SigningState.PENDING}, "values": {None}, "versions": 0}


@pytest.mark.parametrize("tamper", ONE_THING, ids=lambda tamper: tamper.__name__)
def test_rows_changed_between_scan_and_pin(server: Server, sealed_owner: Member, tamper: Tamper) -> None:
    scene = make_scene(sealed_owner)
    server.database.forge(lambda: tamper(scene))
    answer = refused(lambda: sealed_owner.phone.confirm(scene.challenge, PIN, scene.digits))
    assert answer.code == "signing.changed"
    found = server.database.run(lambda: left(scene))
    assert found == {**NOTHING, "offers": {(OfferState.REFUSED, None)}}


@pytest.mark.parametrize("tamper", [other_document, other_seal, place], ids=lambda tamper: tamper.__name__)
def test_row_and_challenge_changed_together_are_not_what_the_phone_showed(
    server: Server, sealed_owner: Member, tamper: Tamper
) -> None:
    scene = make_scene(sealed_owner)

    async def both() -> None:
        await tamper(scene)
        await scene.bind_the_challenge_anew()

    server.database.forge(both)
    phone = sealed_owner.phone
    answer = refused(lambda: phone.confirm(scene.challenge, PIN, scene.digits, scene.intent))
    assert answer.code == "signing.changed"
    # Not even the PIN was offered.
    assert server.database.run(lambda: left(scene)) == {**NOTHING, "offers": set()}
    assert sealed_owner.holder().tries == 0


async def time_to_read(scene: Scene) -> None:
    challenge = await Challenge.get(id=scene.challenge)
    await Challenge.filter(id=scene.challenge).update(expires_at=challenge.expires_at + timedelta(hours=1))


async def day_of_the_key(scene: Scene) -> None:
    await Offer.filter(subject=scene.signing).update(key_day="2026-01-01")


@dataclass(frozen=True)
class Fitted:
    """A change to which the challenge is made to fit, as if the phone had scanned that.

    It is found all the same: the PIN is sealed for the intent that it was given for.
    """

    tamper: Tamper
    code: str = "offer.changed"


FITTED = [
    Fitted(other_document),
    Fitted(other_seal),
    Fitted(place),
    Fitted(claimed_time),
    Fitted(time_to_read),
    Fitted(day_of_the_key, "offer.key_gone"),
]


@pytest.mark.parametrize("fitted", FITTED, ids=lambda fitted: fitted.tamper.__name__)
def test_rows_changed_after_the_pin_was_given(stage: Stage, stage_owner: Member, fitted: Fitted) -> None:
    scene = make_scene(stage_owner)
    database = stage.server.database

    async def tamper() -> None:
        await fitted.tamper(scene)
        await scene.bind_the_challenge_anew()

    answer = confirm_while_nobody_looks(stage, scene, lambda: database.forge(tamper))
    assert answer.code == fitted.code
    found = database.run(lambda: left(scene))
    assert found == {**NOTHING, "offers": {(OfferState.REFUSED, None)}}
    assert stage_owner.holder().tries <= 1
    stage_owner.sealed()


def confirm_while_nobody_looks(stage: Stage, scene: Scene, tamper: Callable[[], None]) -> ApiError:
    """The PIN is given while no sealer runs; rows are changed; then the sealer looks. Its refusal."""
    database = stage.server.database
    stage.stop_sealer()
    with ThreadPoolExecutor(1) as pool:
        phone = scene.owner.same_session()
        confirming = pool.submit(phone.confirm, scene.challenge, PIN, scene.digits)
        until(lambda: database.run(lambda: Offer.filter(subject=scene.signing).exists()))
        tamper()
        stage.start_sealer()
        answer = confirming.exception()
    assert isinstance(answer, ApiError)
    return answer


def test_a_pin_that_was_given_too_long_ago_signs_nothing(stage: Stage, stage_owner: Member) -> None:
    scene = make_scene(stage_owner)
    past = datetime.now(UTC) - timedelta(seconds=1)

    def late() -> None:
        stage.server.database.run(lambda: Offer.filter(subject=scene.signing).update(expires_at=past))

    answer = confirm_while_nobody_looks(stage, scene, late)
    assert (answer.status, answer.code) == (410, "offer.expired")
    assert stage.server.database.run(lambda: left(scene)) == {
        **NOTHING,
        "offers": {(OfferState.REFUSED, None)},
    }
    assert stage_owner.holder().tries == 0


def test_an_offer_that_was_acted_on_cannot_be_played_again(stage: Stage, stage_owner: Member) -> None:
    """The sealed PIN of one confirmation, copied before it is erased, opens nothing later."""
    scene = make_scene(stage_owner)
    database = stage.server.database
    copied: dict[str, Any] = {}

    def copy() -> None:
        row = database.run(lambda: Offer.get(subject=scene.signing))
        copied.update({name: getattr(row, name) for name in Offer._meta.db_fields if name != "id"})
        database.run(lambda: Challenge.filter(id=scene.challenge).update(state=ChallengeState.DEAD))

    confirm_while_nobody_looks(stage, scene, copy)
    again = stage_owner.ask_for()["id"]
    claim, _ = stage_owner.claimed(again)
    now = datetime.now(UTC)
    replayed = {**copied, "subject": again, "challenge_id": claim["id"], "state": OfferState.OFFERED}
    replayed |= {"lease_until": None, "created_at": now, "expires_at": now + timedelta(minutes=1)}
    offer = database.run(lambda: Offer.create(**replayed))
    until(lambda: database.run(lambda: Offer.get(id=offer.id)).state is not OfferState.OFFERED)
    refused_offer = database.run(lambda: Offer.get(id=offer.id))
    assert refused_offer.state is OfferState.REFUSED
    assert (refused_offer.outcome or {})["code"] == "offer.changed"
    assert stage_owner.phone.signing(again)["state"] == "pending"


async def holders_public_key(owner: Member) -> None:
    await Holder.filter(person_id=owner.id).update(public_key="09" + "00" * 31)


async def holders_attestation(owner: Member) -> None:
    other = await Holder.exclude(person_id=owner.id).first()
    assert other is not None
    await Holder.filter(person_id=owner.id).update(attestation=other.attestation)


async def another_holders_row(owner: Member) -> None:
    """All of another holder's row under this person: his PIN would then open this person's seals."""
    other = await Holder.exclude(person_id=owner.id).first()
    assert other is not None
    columns = {name: getattr(other, name) for name in ("public_key", "sealed_private", "salt", "attestation")}
    await Holder.filter(person_id=owner.id).update(**columns)


async def another_seals_wrap(owner: Member) -> None:
    wraps = await SealWrap.filter(holder_id=owner.id).order_by("id").limit(5)
    for one, next_ in zip(wraps, [*wraps[1:], wraps[0]], strict=True):
        await SealWrap.filter(id=one.id).update(wrapped=next_.wrapped)


async def another_seals_key(owner: Member) -> None:
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    keys = await SealKey.filter(seal_id__in=list(seals), algorithm=P256).order_by("id")  # type: ignore[call-overload]
    for one, next_ in zip(keys, [*keys[1:], keys[0]], strict=True):
        await SealKey.filter(id=one.id).update(sealed_private=next_.sealed_private)


async def another_seals_sm2_key(owner: Member) -> None:
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    keys = await SealKey.filter(seal_id__in=list(seals), algorithm=SM2).order_by("id")  # type: ignore[call-overload]
    for one, next_ in zip(keys, [*keys[1:], keys[0]], strict=True):
        await SealKey.filter(id=one.id).update(sealed_private=next_.sealed_private)


async def holders_identity(owner: Member) -> None:
    """Whose check would lift a lock, or fetch the seals again."""
    await Holder.filter(person_id=owner.id).update(identity_ref="0" * 64)


async def holders_mobile(owner: Member) -> None:
    await Holder.filter(person_id=owner.id).update(mobile_ref="0" * 64)


async def certificate_of_a_foreign_authority(owner: Member) -> None:
    """For the very key, in another's name: what the seal signs would be that other's signature."""
    now = datetime.now(UTC)
    authority = pki.make_issuing(pki.make_root(now), now)
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    for row in await SealKey.filter(seal_id__in=list(seals), algorithm=P256):  # type: ignore[call-overload]
        public = load_der_x509_certificate(base64.b64decode(row.certificate)).public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        subject = SealSubject("别家有限公司", "91110105MA01ABCD0X", "别家有限公司合同专用章", "1101059999999")
        forged = pki.issue_seal_certificate(
            authority, public, subject, now, pki.latest_seal_end(authority, now), "http://127.0.0.1/x.crl"
        )
        der = base64.b64encode(forged.public_bytes(Encoding.DER)).decode()
        await SealKey.filter(id=row.id).update(certificate=der)


async def another_seals_certificate(owner: Member) -> None:
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    keys = await SealKey.filter(seal_id__in=list(seals), algorithm=P256).order_by("id")  # type: ignore[call-overload]
    for one, next_ in zip(keys, [*keys[1:], keys[0]], strict=True):
        await SealKey.filter(id=one.id).update(certificate=next_.certificate)


async def no_certificate(owner: Member) -> None:
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    await SealKey.filter(seal_id__in=list(seals), algorithm=P256).update(certificate="")  # type: ignore[call-overload]


async def the_sm2_key_for_the_pdf(owner: Member) -> None:
    signing = await Signing.filter(company_id=owner.company, state=SigningState.PENDING)
    for row in signing:
        await Signing.filter(id=row.id).update(
            key_id=(await SealKey.get(seal_id=row.seal_id, algorithm=SM2)).id
        )


async def structures_of(owner: Member) -> list[SesSeal]:
    seals = await Seal.filter(company_id=owner.company).values_list("id", flat=True)
    return await SesSeal.filter(seal_id__in=list(seals)).order_by("id")  # type: ignore[call-overload]


async def another_seals_structure(owner: Member) -> None:
    rows = await structures_of(owner)
    for one, next_ in zip(rows, [*rows[1:], rows[0]], strict=True):
        await SesSeal.filter(id=one.id).update(der=next_.der)


async def changed_structure(owner: Member) -> None:
    """Of the same length: the maker's signature is what fails."""
    for row in await structures_of(owner):
        der = base64.b64decode(row.der).replace(b"ezhang", b"EZHANG", 1)
        await SesSeal.filter(id=row.id).update(der=base64.b64encode(der).decode())


async def structure_of_a_foreign_maker(owner: Member) -> None:
    """Everything in it right, and signed: by a seal maker that is not ours."""
    now = datetime.now(UTC)
    maker = sm2_pki.make_seal_maker(sm2_pki.make_issuing(sm2_pki.make_root(now), now), now)
    for row in await structures_of(owner):
        seal = structures.SESeal.load(base64.b64decode(row.der), strict=True)
        info = seal["eSealInfo"].dump()
        forged = structures.SESeal(
            {
                "eSealInfo": seal["eSealInfo"],
                "cert": maker.der,
                "signAlgID": seal["signAlgID"].dotted,
                "signedValue": maker.sign(info),
            }
        )
        await SesSeal.filter(id=row.id).update(der=base64.b64encode(forged.dump()).decode())


async def no_structure(owner: Member) -> None:
    await SesSeal.filter(id__in=[row.id for row in await structures_of(owner)]).delete()


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (another_seals_sm2_key, "custody.key"),
        (the_sm2_key_for_the_pdf, "custody.key"),
        (certificate_of_a_foreign_authority, "custody.certificate"),
        (another_seals_certificate, "custody.certificate"),
        (no_certificate, "custody.certificate"),
        (another_seals_structure, "ses.seal_changed"),
        (changed_structure, "ses.seal_changed"),
        (structure_of_a_foreign_maker, "ses.seal_changed"),
        (no_structure, "ses.seal_changed"),
        (holders_public_key, "custody.not_attested"),
        (holders_attestation, "custody.not_attested"),
        (another_holders_row, "custody.not_attested"),
        (holders_identity, "custody.not_attested"),
        (holders_mobile, "custody.not_attested"),
        (another_seals_wrap, "custody.wrap"),
        (another_seals_key, "custody.key"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_keys_changed_in_the_database_open_nothing(
    server: Server,
    sealed_owner: Member,
    owner: Member,
    tamper: Callable[[Member], Awaitable[None]],
    code: str,
) -> None:
    scene = make_scene(owner)
    server.database.forge(lambda: tamper(owner))
    answer = refused(lambda: owner.phone.confirm(scene.challenge, PIN, scene.digits))
    assert answer.code == code
    found = server.database.run(lambda: left(scene))
    assert found == {**NOTHING, "offers": {(OfferState.REFUSED, None)}}


def test_a_confirmation_given_before_the_pin_was_changed_opens_nothing(
    stage: Stage, stage_owner: Member
) -> None:
    """And is no wrong PIN: the phone is told to confirm anew."""
    scene = make_scene(stage_owner)
    database, mine = stage.server.database, lambda: Holder.filter(person_id=stage_owner.id)
    salt = stage_owner.holder().salt

    def change() -> None:
        database.run(lambda: mine().update(salt="0" * 32))

    answer = confirm_while_nobody_looks(stage, scene, change)
    database.run(lambda: mine().update(salt=salt))
    assert (answer.status, answer.code) == (409, "pin.changed")
    assert database.run(lambda: left(scene)) == {**NOTHING, "offers": {(OfferState.REFUSED, None)}}
    stage_owner.sealed()
