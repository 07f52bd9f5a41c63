"""Where keys, PINs and grants meet: what each part holds alone, held across them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from auth.errors import Conflict
from auth.member_models import Grant, GrantEnd, GrantState
from auth.member_models import Member as MemberRow
from seals import custody, granted, revocation, rotation, sm2_certificates
from seals.key_models import Kek
from seals.keyring import Keyring
from seals.models import Holder, Offer, OfferPurpose, OfferState, Seal, SealKey
from seals.policies import POLICIES
from server import keys, secret_files
from server.client import ApiError
from server.context import make_workshop
from server.demo import PIN
from server.inspector.client import InspectorClient
from tests.main_job.members import Member, Server, refused
from tests.main_job.stage import Stage, until
from tests.main_job.test_granting import LONG_AGO, OWN_PIN, hand_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def due(server: Server, seal: str) -> bool:
    return server.database.run(lambda: Seal.get(id=seal)).rotation_due


def keyring_of(server: Server) -> Keyring:
    """The sealer's keys, as a further sealer opens them."""
    settings = server.settings
    workshop = make_workshop(
        settings, secret_files.records_key(settings), InspectorClient(settings.inspector_socket)
    )
    return Keyring(
        vault=keys.kek_store(settings),
        pepper=keys.sealer_pepper(settings),
        identity=keys.identity_key(settings),
        issuing=secret_files.trusted(settings, revocation.ISSUING),
        sm2_issuing_public=sm2_certificates.public_key(workshop.sm2_chain[0]),
        policy=POLICIES[settings.policy],
    )


def private_of(owner: Member) -> X25519PrivateKey:
    """The owner's private half, by his PIN."""
    holder, settings = owner.holder(), owner.server.settings
    web = secret_files.web_secrets(settings)
    stretched = custody.stretch_pin(PIN, bytes.fromhex(holder.salt), web.web_pepper)
    sealed = bytes.fromhex(holder.sealed_private)
    return custody.open_holder(sealed, stretched, keys.sealer_pepper(settings), owner.id)


def test_a_secret_that_cannot_be_changed_now_spoils_no_signature(owner: Member) -> None:
    server, seal = owner.server, owner.seal_of("contract")
    version = keys.kek_store(server.settings).version

    async def retire() -> None:
        await Seal.filter(id=seal).update(rotation_due=True)
        await Kek.filter(version=version).update(retired_at=datetime.now(UTC))

    server.database.run(retire)
    try:
        owner.sealed()
        assert due(server, seal)
    finally:
        server.database.run(lambda: Kek.filter(version=version).update(retired_at=None))
    owner.sealed()
    until(lambda: not due(server, seal))


def test_of_two_sealers_at_once_one_changes_the_secret(owner: Member) -> None:
    server, seal = owner.server, owner.seal_of("contract")
    keyring, private, now = keyring_of(server), private_of(owner), datetime.now(UTC)

    async def both() -> list[bool]:
        await Seal.filter(id=seal).update(rotation_due=True)
        row = await Seal.get(id=seal)
        old = await granted.open_secret(row, owner.id, private, keyring, now)
        return await asyncio.gather(*(rotation.rotate_if_due(seal, old, keyring, now) for _ in range(2)))

    assert sorted(server.database.run(both)) == [False, True]
    epochs = server.database.run(lambda: SealKey.filter(seal_id=seal).values_list("epoch", flat=True))
    assert set(epochs) == {1}  # type: ignore[call-overload]
    owner.sealed()


def test_with_a_grantees_reset_pin_his_grants_end_and_he_can_be_granted_anew(owner: Member) -> None:
    run = owner.server.database.run
    with hand_of(owner) as hand:
        grant = hand.collected()["id"]
        check = hand.member.phone.begin_check("reset")
        httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
        hand.member.phone.use_check(check["id"])
        until(lambda: hand.member.phone.pin()["state"] == "none")
        row = run(lambda: Grant.get(id=grant))
        assert (row.state, row.ended_by) == (GrantState.ENDED, GrantEnd.VOIDED)
        assert due(owner.server, owner.seal_of("contract"))
        again = hand.granted()
        assert again["state"] == "waiting"
        hand.collect(again["id"])
        assert hand.seal()["state"] == "signed"


def aged(owner: Member, person: str) -> None:
    owner.server.database.run(lambda: Holder.filter(person_id=person).update(pin_set_at=LONG_AGO))


def test_a_pin_too_old_grants_nothing(owner: Member) -> None:
    with hand_of(owner) as hand:
        aged(owner, owner.id)
        assert refused(hand.granted).code == "pin.too_old"
        assert owner.holder().tries == 0
        assert owner.phone.grants(owner.company) == []


def test_a_user_of_a_seal_sees_of_what_was_sealed_only_his_own(owner: Member) -> None:
    earlier = owner.sealed()[0]["id"]
    waiting = owner.ask_for()["id"]
    with hand_of(owner) as hand:
        hand.collected()
        phone = hand.member.phone
        for look in (phone.signing, phone.signed_file, phone.ses_signature):
            assert refused(lambda look=look: look(earlier)).code == "access.denied"  # type: ignore[misc]
        assert phone.signing(waiting)["state"] == "pending", "he may confirm it"
        hand.confirm(waiting)
        assert hand.member.ended(waiting)["state"] == "signed"
        assert phone.signed_file(waiting)
        own = hand.seal()["id"]
        assert phone.signed_file(own)


def test_what_a_keeper_lets_others_use_comes_out_of_his_own_uses(owner: Member) -> None:
    with hand_of(owner) as keeper, hand_of(owner) as user:
        keeper.collected(role="keeper", uses=2)
        phone, seal = keeper.member.phone, owner.seal_of("contract")
        owner.server.forget_limits()
        grant = phone.grant(seal, user.id, OWN_PIN, "user", uses=2, days=5)["id"]
        phone.revoke(grant)
        again = refused(lambda: phone.grant(seal, user.id, OWN_PIN, "user", uses=1, days=5))
        assert again.code == "grant.used_up"
        signing = keeper.ask()
        assert refused(lambda: keeper.confirm(signing)).code == "grant.used_up"


def test_a_keeper_who_left_while_the_sealer_was_away_grants_nothing(
    stage: Stage, stage_owner: Member
) -> None:
    server = stage.server
    with hand_of(stage_owner) as keeper, hand_of(stage_owner) as user:
        keeper.collected(role="keeper")
        stage.stop_sealer()
        phone, seal = keeper.member.same_session(), stage_owner.seal_of("contract")
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(phone.grant, seal, user.id, OWN_PIN, "user", days=5)
            offered = {"purpose": OfferPurpose.GRANT, "state": OfferState.OFFERED}
            until(lambda: server.database.run(lambda: Offer.filter(**offered).exists()))
            keyring, records = keyring_of(server), secret_files.records_key(server.settings)

            async def act() -> None:
                await MemberRow.filter(id=keeper.id).update(ends_at=LONG_AGO)
                offer = await Offer.get(**offered)
                await granted.act_on_grant(offer, keyring, records, datetime.now(UTC))

            try:
                with pytest.raises(Conflict, match=r"grant\.ended"):
                    server.database.run(act)
            finally:
                stage.start_sealer()
            with pytest.raises(ApiError):
                asking.result()
