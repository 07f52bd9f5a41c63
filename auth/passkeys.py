"""Passkeys (通行密钥): add, list, prove, remove; the second factor of every login once there is one.

Whoever has a passkey has no session that did not pass one: adding the first ends his other sessions, and
`auth/second_factor.py` opens no new one without. So a phone that may confirm a scanned login has passed.
Adding a further one and removing one ask for an answer by one that is there, not older than `PROOF_LIFE`, the
first for a proof of another kind (`auth/first_proof.py`): a browser left open, or a stolen session, lets
nobody exchange the keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from auth import events, first_proof, throttling
from auth.authenticators import (
    Asserted,
    Attested,
    Credential,
    Party,
    Unproven,
    challenge_of,
    creation_options,
    credential_hash,
    credential_id,
    judge_assertion,
    judge_attestation,
    request_options,
)
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound, Refused
from auth.first_proof import PROOF_LIFE
from auth.identifiers import mask_mobile
from auth.models import Person, Session
from auth.passkey_models import Passkey, PasskeyPurpose, PasskeyQuestion, PendingLogin
from auth.people import identity, lock
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_id, new_token

__all__ = [
    "MOST_PASSKEYS",
    "PROOF_LIFE",
    "QUESTION_LIFE",
    "PasskeyView",
    "Passkeys",
    "add",
    "answered",
    "ask",
    "begin_adding",
    "begin_proof",
    "forget_old",
    "known_to",
    "listed",
    "name_of_event",
    "prove",
    "refused",
    "remove",
]

QUESTION_LIFE = timedelta(minutes=5)
FORGET_AFTER = timedelta(hours=1)
MOST_PASSKEYS = 10
NAME_MAX = 40
QUESTIONS_PER_PERSON = Limit("passkey.person", 60, 600)


@dataclass(frozen=True)
class PasskeyView:
    """A passkey as its owner sees it. used_at: its last answer, None before the first."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Passkeys:
    """The person's passkeys, oldest first. rp_id, origin: the only address at which they work."""

    rp_id: str
    origin: str
    passkeys: tuple[PasskeyView, ...]


def _place(passkey_id: str) -> str:
    return f"passkey.name:{passkey_id}"


def _view(row: Passkey, records: RecordsKey) -> PasskeyView:
    return PasskeyView(
        row.id, records.open(bytes(row.name_sealed), _place(row.id)), row.added_at, row.used_at
    )


async def _of(person_id: str) -> list[Passkey]:
    return await Passkey.filter(person_id=person_id).order_by("added_at", "id").limit(MOST_PASSKEYS)


async def known_to(person_id: str) -> list[bytes]:
    """The credential ids of a person's passkeys."""
    return [bytes(row.credential_id) for row in await _of(person_id)]


async def listed(session: SessionView, party: Party, records: RecordsKey) -> Passkeys:
    """One's own passkeys."""
    rows = await _of(session.person_id)
    return Passkeys(party.rp_id, party.origin, tuple(_view(row, records) for row in rows))


# ---------------------------------------------------------------- questions and answers


async def ask(purpose: PasskeyPurpose, subject: str, now: datetime) -> str:
    """A fresh challenge, base64url of 256 random bits; it replaces the last of its purpose and subject."""
    challenge = new_token()
    async with transaction():
        await PasskeyQuestion.filter(purpose=purpose, subject=subject, used_at=None).update(used_at=now)
        await PasskeyQuestion.create(
            purpose=purpose,
            subject=subject,
            challenge_hash=_hash(challenge, purpose),
            created_at=now,
            expires_at=now + QUESTION_LIFE,
        )
    return challenge


def _hash(challenge: str, purpose: PasskeyPurpose) -> str:
    return hash_token(challenge, f"passkey_{purpose.value}")


async def _spend(
    said: Asserted | Attested, purpose: PasskeyPurpose, subject: str, now: datetime
) -> tuple[str, str]:
    """The challenge that is answered and the id of its question; used by being looked at. Raises Unproven."""
    challenge = challenge_of(said)
    row = await PasskeyQuestion.get_or_none(
        challenge_hash=_hash(challenge, purpose), purpose=purpose, subject=subject
    )
    if row is None or not await PasskeyQuestion.filter(id=row.id, used_at=None, expires_at__gt=now).update(
        used_at=now
    ):
        raise Unproven
    return challenge, row.id


async def answered(
    said: Asserted, purpose: PasskeyPurpose, subject: str, person_id: str, party: Party, now: datetime
) -> str:
    """One of the person's passkeys answered the question of this purpose and subject; the question's id.

    The question is spent whatever comes of it. Raises Unproven.
    """
    challenge, question = await _spend(said, purpose, subject, now)
    row = await Passkey.get_or_none(credential_hash=credential_hash(credential_id(said)), person_id=person_id)
    if row is None:
        raise Unproven
    known = Credential(bytes(row.credential_id), bytes(row.public_key), row.sign_count)
    count = judge_assertion(party, challenge, said, known)
    # Of two answers with one counter at once, one is a copy's.
    if not await Passkey.filter(id=row.id, sign_count=row.sign_count).update(sign_count=count, used_at=now):
        raise Unproven("count")
    await PasskeyQuestion.filter(id=question).update(passed_at=now)
    return question


def refused(reason: str) -> Refused:
    """The one answer to whatever proves nothing; reason as in `Unproven`."""
    if reason == "count":
        return Refused(
            "passkey.count",
            "这把通行密钥的计数没有增加，它可能被复制过，已拒绝。请用另一把，并移除这一把。",
            "The counter of this passkey did not go up: it may be a copy. Use another and remove this one.",
        )
    return Refused(
        "passkey.refused",
        "通行密钥验证没有通过，或已超过 5 分钟。请重试。",
        "The passkey did not prove it, or that took more than 5 minutes. Please try again.",
    )


# ---------------------------------------------------------------- proof


async def begin_proof(session: SessionView, party: Party, now: datetime) -> dict[str, Any]:
    """Options to have a passkey answer for this session. Raises NotFound `passkey.none`; TooMany."""
    await throttling.count(QUESTIONS_PER_PERSON, session.person_id, now)
    known = await known_to(session.person_id)
    if not known:
        raise NotFound("passkey.none", "您还没有通行密钥。", "You have no passkey yet.")
    return request_options(party, await ask(PasskeyPurpose.PROVE, session.id, now), known)


async def prove(
    said: Asserted, session: SessionView, browser: Browser, party: Party, now: datetime, records: RecordsKey
) -> None:
    """Have a passkey answer; for `PROOF_LIFE` the session may change passkeys. Raises Refused; TooMany."""
    await throttling.count(QUESTIONS_PER_PERSON, session.person_id, now)
    try:
        await answered(said, PasskeyPurpose.PROVE, session.id, session.person_id, party, now)
    except Unproven as unproven:
        facts = {"reason": unproven.reason}
        await tell(session.person_id, "person.passkey_failed", browser, now, records, facts)
        raise refused(unproven.reason) from None


async def _require_proof(session: SessionView, now: datetime) -> None:
    proven = PasskeyQuestion.filter(
        purpose=PasskeyPurpose.PROVE, subject=session.id, passed_at__gt=now - PROOF_LIFE
    )
    if not await proven.exists():
        raise Refused(
            "passkey.prove_first",
            "请先用已有的通行密钥确认是您本人。",
            "First confirm with one of your passkeys that it is you.",
        )


# ---------------------------------------------------------------- add, remove


def _require_room(rows: Sequence[Passkey]) -> None:
    if len(rows) >= MOST_PASSKEYS:
        raise Conflict(
            "passkey.too_many",
            f"最多保留 {MOST_PASSKEYS} 把通行密钥，请先移除不用的。",
            f"At most {MOST_PASSKEYS} passkeys are kept; remove one that you do not use first.",
            limit=MOST_PASSKEYS,
        )


async def begin_adding(
    session: SessionView, party: Party, now: datetime, records: RecordsKey
) -> dict[str, Any]:
    """Options to make a passkey.

    Raises Refused `passkey.prove_first`, `passkey.code_first`; Conflict `passkey.too_many`; TooMany.
    """
    await throttling.count(QUESTIONS_PER_PERSON, session.person_id, now)
    rows = await _of(session.person_id)
    await (_require_proof if rows else first_proof.require)(session, now)
    _require_room(rows)
    person = await Person.get(id=session.person_id)
    challenge = await ask(PasskeyPurpose.ADD, session.id, now)
    known = [bytes(row.credential_id) for row in rows]
    user_name = mask_mobile(identity(person, records).mobile)
    return creation_options(party, challenge, person.id, user_name, known)


async def add(
    name: str, said: Attested, session: SessionView, party: Party, now: datetime, records: RecordsKey
) -> PasskeyView:
    """Keep the passkey that was made. The first one ends the person's other sessions.

    Raises Invalid `passkey.name`; Refused `passkey.refused`, `passkey.prove_first`, `passkey.code_first`;
    Conflict `passkey.known`, `passkey.too_many`.
    """
    name = _checked(name)
    try:
        challenge, _ = await _spend(said, PasskeyPurpose.ADD, session.id, now)
        made = judge_attestation(party, challenge, said)
    except Unproven as unproven:
        raise refused(unproven.reason) from None
    passkey_id = new_id()
    try:
        async with transaction():
            await lock(session.person_id)
            rows = await _of(session.person_id)
            await (_require_proof if rows else first_proof.require)(session, now)
            _require_room(rows)
            row = await Passkey.create(
                id=passkey_id,
                person_id=session.person_id,
                credential_hash=credential_hash(made.id),
                credential_id=made.id,
                public_key=made.public_key,
                sign_count=made.sign_count,
                name_sealed=records.seal(name, _place(passkey_id)),
                added_at=now,
            )
            if not rows:
                others = Session.filter(person_id=session.person_id, ended_at=None)
                await others.exclude(id=session.id).update(ended_at=now)
            await _event(session, "person.passkey_added", row, now, {"first": not rows})
    except IntegrityError:
        raise Conflict(
            "passkey.known", "这把通行密钥已经添加过。", "This passkey was added already."
        ) from None
    return _view(row, records)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise Invalid(
            "passkey.name",
            f"请给这把通行密钥起个名字（1 至 {NAME_MAX} 个字）。",
            f"Name the passkey (1 to {NAME_MAX} characters).",
            field="name",
        )
    return name


async def remove(passkey_id: str, session: SessionView, now: datetime) -> None:
    """Remove one of one's own. Raises NotFound `passkey.not_found`; Refused `passkey.prove_first`."""
    async with transaction():
        await lock(session.person_id)
        row = await Passkey.get_or_none(id=passkey_id, person_id=session.person_id)
        if row is None:
            raise NotFound("passkey.not_found", "没有这把通行密钥。", "There is no such passkey.")
        await _require_proof(session, now)
        await row.delete()
        await _event(session, "person.passkey_removed", row, now)


async def _event(
    session: SessionView, kind: str, row: Passkey, now: datetime, facts: dict[str, object] | None = None
) -> None:
    """The name goes with it: the row may be gone when the card is read."""
    await events.append(
        events.person_stream(session.person_id),
        kind,
        actor=f"person:{session.person_id}",
        subject=f"passkey:{row.id}",
        now=now,
        facts=facts,
        private=bytes(row.name_sealed),
    )


def name_of_event(passkey_id: str, private: bytes, records: RecordsKey) -> str:
    """The name in an event of `_event`; raises cryptography's InvalidTag when it was erased."""
    return records.open(private, _place(passkey_id))


async def forget_old(now: datetime) -> None:
    """Delete questions and waiting logins an hour after their end."""
    await PasskeyQuestion.filter(expires_at__lt=now - FORGET_AFTER).delete()
    await PendingLogin.filter(expires_at__lt=now - FORGET_AFTER).delete()
