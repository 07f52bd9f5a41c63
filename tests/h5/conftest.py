"""A real database with people, founded companies and signings, for the tests of the conversation."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from auth import applying, events, sessions
from auth.applying import ApplicationForm
from auth.browsers import Browser
from auth.engine import transaction
from auth.login import person_by_mobile
from auth.models import Application, Company
from auth.people import set_identity
from auth.ports import (
    DecisionState,
    RegisteredChange,
    RegisteredCompany,
    RegisteredRepresentative,
    RegistrarApplication,
    RegistrarDecision,
)
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.tokens import new_code, new_id
from h5 import conversation
from h5.conversation import Reader, Thread
from h5.thread.cards import Card, Link
from seals import founding
from seals.models import Document, Record, Seal, SealKey, SealState, Signing, SigningState
from seals.policies import DEFAULT, POLICIES
from seals.signing import withdrawing
from server.sandbox.issuing import new_uscc

MOBILE = "13812345678"
NAME = "北京云杉科技有限公司"
START = datetime(2026, 11, 21, 10, 5, 3, tzinfo=UTC)


class Desk:
    """The registrar's desk: decides as it was told."""

    def __init__(self, reason: str | None) -> None:
        self.reason = reason
        self.application: RegistrarApplication | None = None

    async def submit(self, application: RegistrarApplication) -> str:
        self.application = application
        return application.application_id

    async def result(self, reference: str) -> RegistrarDecision:
        if self.reason is not None:
            return RegistrarDecision(DecisionState.REJECTED, self.reason)
        assert self.application is not None
        day = date(2026, 11, 21)
        company = RegisteredCompany(
            uscc=new_uscc(self.application.region),
            licence_number=secrets.token_hex(12),
            company_name=self.application.company_name,
            region=self.application.region,
            authority="北京市朝阳区市场监督管理局",
            established_on=day,
            valid_from=day,
            valid_until=None,
        )
        return RegistrarDecision(DecisionState.APPROVED, company=company)

    async def changes(self, after: int) -> tuple[RegisteredChange, ...]:
        return ()

    async def representative(self, uscc: str) -> RegisteredRepresentative:
        raise AssertionError("nobody asks in these tests")


class World:
    """What happens, told in the words of the domain; each step takes place a second after the last."""

    def __init__(self) -> None:
        self.records = RecordsKey(secrets.token_bytes(32))
        self.now = START
        self.policy = POLICIES[DEFAULT]
        self.region = "110105"

    def tick(self, seconds: float = 1) -> datetime:
        """The clock, moved on."""
        self.now += timedelta(seconds=seconds)
        return self.now

    async def log_in(self, mobile: str, name: str | None = None) -> SessionView:
        """A person with a session of his own."""
        person = await person_by_mobile(mobile, self.tick(), self.records)
        if name is not None:
            await set_identity(person.id, name, "11010519491231002X", self.records)
        browser = Browser("Chrome/140 Windows", "127.0.0.1", f"device of {mobile}")
        token = await sessions.open_session(person.id, browser, self.now)
        found = await sessions.find(token, browser.device, self.now)
        assert found is not None
        return found

    def reader(self, who: SessionView, language: Any = "zh") -> Reader:
        """Somebody who reads his thread."""
        return Reader(who.person_id, language, self.records)

    async def apply(self, who: SessionView, name: str, mobile: str, reason: str | None = None) -> Application:
        """Hand in an application and have it decided: approved, or rejected with a reason."""
        form = ApplicationForm(
            request_id=new_id(),
            company_name=name,
            company_type="limited",
            region=self.region,
            address="建国路 88 号 3 层",
            capital_wan="100",
            business_scope="软件开发；技术服务",
            representative_name="张三",
            representative_id_number="11010519491231002X",
            representative_mobile=mobile,
            term_years=None,
            declaration=True,
        )
        made = await applying.apply(form, who.person_id, self.tick(), self.records)
        desk = Desk(reason)
        for _ in range(2):
            row = await Application.get(id=made.id)
            await founding.advance_application(row, self.tick(), self.records, desk, self.policy)
        return await Application.get(id=made.id)

    async def found(self, who: SessionView, name: str, mobile: str) -> Company:
        """A registered company of the person with this mobile."""
        await self.apply(who, name, mobile)
        return await Company.get(name=name)

    async def collect(self, company: Company) -> list[Seal]:
        """All seals of a company become the owner's (the keys themselves are the sealer's affair)."""
        now = self.tick()
        seals = await Seal.filter(company_id=company.id).order_by("created_at", "number")
        async with transaction():
            for seal in seals:
                await Seal.filter(id=seal.id).update(state=SealState.COLLECTED, collected_at=now)
            for seal in seals:
                await self._append(
                    company, "seal.collected", f"person:{company.representative_id}", f"seal:{seal.id}"
                )
        return await Seal.filter(company_id=company.id).order_by("number")

    async def upload(self, who: SessionView, company: Company, name: str, from_thread: bool) -> Document:
        """A document of two pages."""
        self.tick()
        code = new_code()
        async with transaction():
            await Record.create(code=code, created_at=self.now)
            row = await Document.create(
                company_id=company.id,
                uploader_id=who.person_id,
                record_id=code,
                name=name,
                blob="0" * 64,
                original="0" * 64,
                inspection={"pages": [{"width_mm": 210, "height_mm": 297}] * 2},
                removed=[],
                created_at=self.now,
            )
            await self._append(
                company,
                "document.uploaded",
                f"person:{who.person_id}",
                f"document:{row.id}",
                {"thread": from_thread},
            )
        return row

    async def ask(self, who: SessionView, document: Document, seal: Seal) -> Signing:
        """Somebody asks for a seal."""
        now = self.tick()
        company = await Company.get(id=document.company_id)
        key = await SealKey.get_or_none(seal_id=seal.id) or await SealKey.create(
            seal_id=seal.id,
            generation=1,
            algorithm="P-256",
            sealed_private="",
            kek_version=1,
            certificate="",
            serial=secrets.token_hex(8),
            not_before=now,
            not_after=now + timedelta(days=1000),
        )
        async with transaction():
            row = await Signing.create(
                company_id=company.id,
                seal_id=seal.id,
                document_id=document.id,
                asker_id=who.id,
                request_id=new_id(),
                state=SigningState.PENDING,
                request={},
                base_blob="0" * 64,
                base_version=0,
                prepared_blob="1" * 64,
                prepared={"page": 0},
                digest_sha256="2" * 64,
                digest_sm3="3" * 64,
                key_id=key.id,
                claimed_at=now,
                created_at=now,
                expires_at=now + timedelta(hours=24),
            )
            await self._append(company, "signing.requested", f"person:{who.person_id}", f"signing:{row.id}")
        return row

    async def move(
        self,
        signing: Signing,
        state: SigningState,
        actor: str = "sealer",
        facts: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        """A signing goes on, with its event."""
        self.tick()
        company = await Company.get(id=signing.company_id)
        async with transaction():
            await Signing.filter(id=signing.id).update(state=state, reason=reason)
            await self._append(company, f"signing.{state.value}", actor, f"signing:{signing.id}", facts)

    async def tell(self, company: Company, kind: str, actor: str, subject: str) -> int:
        """An event without anything else."""
        self.tick()
        async with transaction():
            return await self._append(company, kind, actor, subject)

    async def expire(self) -> None:
        """A day later."""
        await withdrawing.expire(self.tick(25 * 3600))

    async def owner(self) -> tuple[SessionView, Company, list[Seal]]:
        """Somebody with a company, whose seals he has collected."""
        who = await self.log_in(MOBILE)
        company = await self.found(who, NAME, MOBILE)
        return who, company, await self.collect(company)

    async def thread(self, who: SessionView, language: Any = "zh", before: str | None = None) -> Thread:
        """A page of his thread."""
        return await conversation.read(self.reader(who, language), before, self.now)

    async def cards(self, who: SessionView, language: Any = "zh", before: str | None = None) -> list[Card]:
        """The cards of a page."""
        return list((await self.thread(who, language, before)).cards)

    async def only(self, who: SessionView, kind: str, language: Any = "zh") -> Card:
        """The one card of a kind."""
        found = [card for card in await self.cards(who, language) if card.kind == kind]
        assert len(found) == 1
        return found[0]

    async def say(self, who: SessionView, text: str, language: Any = "zh") -> Card:
        """Type something; the answer."""
        said = await conversation.say(self.reader(who, language), text, self.tick())
        return said.cards[1]

    @staticmethod
    def links(card: Card) -> dict[str, str]:
        """A card's buttons: label → where it leads, or what it posts to."""
        return {a.label: a.href if isinstance(a, Link) else f"POST {a.post}" for a in card.actions}

    async def _append(
        self,
        company: Company,
        kind: str,
        actor: str,
        subject: str,
        facts: dict[str, Any] | None = None,
    ) -> int:
        return await events.append(
            events.company_stream(company.id),
            kind,
            actor=actor,
            subject=subject,
            now=self.now,
            on_behalf=company.id,
            facts=facts,
        )


@pytest.fixture
def world(database: str) -> World:
    """An empty world on a database of its own, on both engines."""
    return World()
