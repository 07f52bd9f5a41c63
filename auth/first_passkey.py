"""The code by text message before a first passkey (`auth/first_proof.py`): asked for, and typed."""

from __future__ import annotations

from datetime import datetime

from auth import first_proof, people
from auth.browsers import Browser
from auth.engine import transaction
from auth.login import CodeSent, check_code, request_code, use_code
from auth.models import Person
from auth.ports import Sms
from auth.privacy import RecordsKey
from auth.sessions import SessionView

__all__ = ["ask_code", "prove"]


def _about(session: SessionView) -> str:
    """A code of one session is nothing for another, nor for a login."""
    return f"passkey/{session.id}"


async def _mobile(session: SessionView, records: RecordsKey) -> str:
    return people.identity(await Person.get(id=session.person_id), records).mobile


async def ask_code(
    session: SessionView, address: str, now: datetime, records: RecordsKey, sms: Sms
) -> CodeSent:
    """Send a code to the person's own mobile. Raises TooMany, Unavailable, Refused (gateway)."""
    mobile = await _mobile(session, records)
    return await request_code(mobile, address, now, records, sms, about=_about(session), act="添加通行密钥")


async def prove(
    code: str, session: SessionView, browser: Browser, now: datetime, records: RecordsKey
) -> None:
    """Type it: for `PROOF_LIFE` this session may add the first passkey.

    Raises Invalid `login.code_wrong`; TooMany. A wrong one is an event that the person sees.
    """
    mobile = await _mobile(session, records)
    row = await check_code(mobile, code, browser, now, records, about=_about(session))
    async with transaction():
        await use_code(row, now)
        await first_proof.record(session, now)
