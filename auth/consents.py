"""Consent to the terms of service and the privacy policy, by version.

Asked before what begins something in one's name (`agreed` in server/api/operation.py), never before reading,
verifying or what protects: log out, suspend a seal, withdraw. A face check has a consent of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import events, people, texts
from auth.consent_models import Consent
from auth.engine import transaction
from auth.errors import Conflict, Refused

__all__ = ["ConsentView", "accept", "require", "standing", "withdraw"]


@dataclass(frozen=True)
class ConsentView:
    """How somebody stands to a text in force. accepted_at: None where he has not, or took it back."""

    text: str
    version: int
    since: str
    digest: str
    url: str
    accepted_at: datetime | None


async def standing(person_id: str) -> tuple[ConsentView, ...]:
    """Both texts as they are now."""
    held = {row.digest: row.accepted_at for row in await _live(person_id)}
    return tuple(
        ConsentView(
            now.name,
            now.version,
            now.since,
            now.digest,
            f"/{now.name}?version={now.version}",
            held.get(now.digest),
        )
        for now in map(texts.current, texts.NAMES)
    )


async def require(person_id: str) -> None:
    """Raises Refused `consent.needed` while a current text is not accepted."""
    held = {row.digest for row in await _live(person_id)}
    if not {texts.current(name).digest for name in texts.NAMES} <= held:
        raise Refused(
            "consent.needed",
            "请先阅读并同意服务条款和隐私政策，再继续办理。查看和核验不受影响。",
            "Please read and accept the terms of service and the privacy policy first. "
            "Reading and verifying go on without.",
        )


async def accept(person_id: str, terms: str, privacy: str, now: datetime) -> tuple[ConsentView, ...]:
    """Accept the texts of these digests, as they were shown. Raises Conflict `consent.changed`."""
    shown = {"terms": terms, "privacy": privacy}
    if any(texts.current(name).digest != digest for name, digest in shown.items()):
        raise Conflict(
            "consent.changed",
            "条款刚刚更新，请刷新页面，阅读新的版本。",
            "The texts have just changed. Reload the page and read the new version.",
        )
    async with transaction():
        await people.lock(person_id)
        held = {row.digest for row in await _live(person_id)}
        for text in map(texts.current, texts.NAMES):
            if text.digest in held:
                continue
            live = f"{person_id}:{text.name}"
            await Consent.filter(live=live).update(live=None, ended_at=now)
            await Consent.create(
                person_id=person_id,
                text=text.name,
                version=text.version,
                digest=text.digest,
                accepted_at=now,
                live=live,
            )
            facts = {"text": text.name, "version": text.version, "digest": text.digest}
            await _event(person_id, "person.agreed", facts, now)
    return await standing(person_id)


async def withdraw(person_id: str, now: datetime) -> tuple[ConsentView, ...]:
    """Take both back: nothing new can be begun; what was done stays."""
    async with transaction():
        await people.lock(person_id)
        if await Consent.filter(person_id=person_id, live__isnull=False).update(live=None, ended_at=now):
            await _event(person_id, "person.consent_withdrawn", {}, now)
    return await standing(person_id)


async def _live(person_id: str) -> list[Consent]:
    return await Consent.filter(live__in=[f"{person_id}:{name}" for name in texts.NAMES])


async def _event(person_id: str, kind: str, facts: dict[str, object], now: datetime) -> None:
    await events.append(
        events.person_stream(person_id),
        kind,
        actor=f"person:{person_id}",
        subject=f"person:{person_id}",
        now=now,
        facts=facts,
    )
