"""What a sealer process does beside opening keys, by role, each with only the keys that it needs.

sign    KEK, pepper, identity key   PIN offers, signings (`server/sealer.py`)
issue   CA, seal maker              certificates, seal structures, revocation lists, OCSP answers
time    the time-stamping unit's    RFC 3161 service; no database
work    identity key, platform's    registrar, licences, changes of representatives, filings, small payments
        key for papers              to companies' accounts, messages to phones, daily roots, papers (evidence
                                    reports, a company's papers), what is over
"""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.sign.timestamps import TimeStamper
from tortoise.exceptions import IntegrityError

from auth import passkeys, scan_login, throttling, wechat
from auth.errors import Conflict, DomainError, NotFound, Refused, Unavailable
from auth.ports import Bank, PushService, Registrar, WeChatAccountService
from auth.privacy import RecordsKey
from seals import (
    certificate_requests,
    confirm_codes,
    expiring,
    exporting,
    founding,
    grant_endings,
    issuing,
    lapsing,
    licensing,
    life_asking,
    offers,
    pins,
    pki,
    printed,
    pushing,
    registered,
    resetting,
    revocation,
    roots,
    sm2_pki,
    succeeding,
)
from seals.archiving import traces
from seals.asks import deciding
from seals.deposits import sending as deposits
from seals.entry import lapsing as entry_lapsing
from seals.filing import overdue, reviewing, sending, updates
from seals.issuing import Issuer
from seals.papers import making as papers_making
from seals.papers.sealing import PaperSealer
from seals.pdf.trust import Trust
from seals.policies import Policy
from seals.ports import FilingDesk, PinResets
from seals.signing import withdrawing
from seals.signing.renewing import Renewer
from seals.signing.workshop import Workshop
from seals.statuses import Responder
from server.context import now
from server.writes import Writes

__all__ = ["IssuingDesk", "Role", "WorkDesk", "forever", "roles_of"]

ISSUE_POLL_S = 0.1
ANSWER_POLL_S = 0.05  # a signing waits for it
REGISTER_POLL_S = 1.0  # a change of representative acts at once, as soon as it is registered
WORK_POLL_S = 0.3  # for what nobody waits for: a signing left behind is free when its lease of 30 s has ended
PUBLISH_POLL_S = 2.0  # a revocation is on the list at once, whoever revoked
UPKEEP_S = 60.0
RENEW_POLL_S = 600.0  # due a year before it is needed
LOOK_S = 1.0  # so much later than it is due may be taken what the clock alone makes due
ERROR_PAUSE_S = 1.0
APPLICATIONS_AT_ONCE = 20

_log = logging.getLogger("sealer")


class Role(StrEnum):
    """What a sealer process does."""

    SIGN = "sign"
    ISSUE = "issue"
    TIME = "time"
    WORK = "work"


def roles_of(arguments: list[str] | None = None) -> frozenset[Role]:
    """The roles that the command line names; all where it names none. Ends with status 2 on others."""
    parser = argparse.ArgumentParser(prog="server.sealer")
    parser.add_argument("--roles", type=_roles, default=frozenset(Role), metavar="sign,issue,time,work")
    found: frozenset[Role] = parser.parse_args(arguments).roles
    return found


def _roles(text: str) -> frozenset[Role]:
    try:
        return frozenset(Role(name) for name in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"one or more of {', '.join(Role)}") from None


async def forever(step: Callable[[], Awaitable[bool]], pause: float, writes: Writes | None = None) -> None:
    """Repeat a step; pause when there was nothing to do; one failure never ends the loop.

    writes: for a step that asks the database only: it is not asked again before something was written, or
    LOOK_S are over, for some rows become due by the clock.
    """
    while True:
        try:
            before = writes.count() if writes is not None else None
            if not await step():
                await _pause(pause, writes, before)
        except Exception:
            _log.exception("%s failed; it is tried again", getattr(step, "__name__", "a step"))
            await asyncio.sleep(ERROR_PAUSE_S)


async def _pause(pause: float, writes: Writes | None, before: int | None) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + LOOK_S
    await asyncio.sleep(pause)
    while writes is not None and before is not None and writes.count() == before and clock() < end:  # noqa: ASYNC110 (others are processes)
        await asyncio.sleep(pause)


@dataclass
class IssuingDesk:
    """Role `issue`."""

    issuer: Issuer
    responder: Responder
    root: pki.Authority = field(repr=False)
    sm2_root: sm2_pki.Sm2Authority = field(repr=False)
    owner: str

    async def run(self, writes: Writes) -> None:
        """Its loops until cancelled."""
        await self.responder.forget_revoked(now())
        await self.publish()
        async with asyncio.TaskGroup() as group:
            group.create_task(forever(self.issue, ISSUE_POLL_S, writes))
            group.create_task(forever(self.answer, ANSWER_POLL_S, writes))
            group.create_task(forever(self.renew, UPKEEP_S))
            group.create_task(forever(self.publish, PUBLISH_POLL_S))

    async def issue(self) -> bool:
        """Answer one certificate request; True when there was one."""
        row = await certificate_requests.take(self.owner, now())
        if row is None:
            return False
        try:
            await issuing.issue(row, self.issuer, now())
        except Unavailable as error:
            # Taken again when its lease ends, while somebody waits for it.
            _log.warning("certificate request waits: %s", error.code)
        except DomainError as error:
            await certificate_requests.refuse(row, error)
        return True

    async def answer(self) -> bool:
        """The statuses of certificates that somebody waits for."""
        return await self.responder.answer(now())

    async def renew(self) -> bool:
        """The statuses that grow old."""
        await self.responder.renew(now())
        return False

    async def publish(self) -> bool:
        """Revocation lists."""
        await revocation.publish(revocation.ROOT, self.root, now(), self.responder.revoked)
        await revocation.publish(revocation.ISSUING, self.issuer.issuing, now())
        await revocation.publish(revocation.SM2_ROOT, self.sm2_root, now())
        await revocation.publish(revocation.SM2_ISSUING, self.issuer.sm2_issuing, now())
        return False


@dataclass
class WorkDesk:
    """Role `work`."""

    identity: Ed25519PrivateKey = field(repr=False)
    records: RecordsKey = field(repr=False)
    registrar: Registrar
    public_security: PinResets
    filing_desk: FilingDesk
    bank: Bank
    policy: Policy
    workshop: Workshop
    timestamper: TimeStamper
    trust: Trust
    papers: PaperSealer = field(repr=False)
    push_service: PushService
    wechat: WeChatAccountService
    owner: str

    async def run(self, writes: Writes) -> None:
        """Its loops until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(forever(self.work, WORK_POLL_S, writes))
            group.create_task(forever(self.advance_resets, WORK_POLL_S, writes))
            group.create_task(forever(self.file_seals, WORK_POLL_S, writes))
            group.create_task(forever(self.review_filings, WORK_POLL_S, writes))
            group.create_task(forever(self.send_deposits, WORK_POLL_S, writes))
            group.create_task(forever(self.bind_heads, UPKEEP_S))
            group.create_task(forever(self.make_papers, WORK_POLL_S, writes))
            group.create_task(forever(self.push, WORK_POLL_S, writes))
            group.create_task(forever(self.hear_of_changes, REGISTER_POLL_S))
            group.create_task(forever(self.apply_changes, WORK_POLL_S, writes))
            group.create_task(forever(self.renew_files, RENEW_POLL_S))
            group.create_task(forever(self.tidy, UPKEEP_S))

    async def work(self) -> bool:
        """Applications to the registrar, licences to sign, offers and signings whose time is over."""
        for _ in range(APPLICATIONS_AT_ONCE):
            row = await founding.take(self.owner, now())
            if row is None:
                break
            try:
                await founding.advance_application(row, now(), self.records, self.registrar, self.policy)
            except (Unavailable, NotFound, Refused, Conflict) as error:
                _log.warning("application waits: %s", error.code)
            except IntegrityError:  # the name or the code is another company's here
                _log.warning("application %s waits: its company is known already", row.id)
            await founding.give_back(row, now())
        approved = partial(registered.approved, records=self.records, registrar=self.registrar)
        await licensing.sign_issued_licences(self.identity, now(), approved)
        await offers.abandon(now())
        await withdrawing.expire(now())
        await grant_endings.expire(now())
        return False

    async def advance_resets(self) -> bool:
        """Take one application for a new PIN a step on; True when there was one."""
        row = await resetting.take(self.owner, now())
        if row is None:
            return False
        try:
            await resetting.advance(row, now, self.records, self.public_security)
        except (Unavailable, NotFound, Refused) as error:
            _log.warning("reset waits: %s", error.code)
        await resetting.give_back(row, now())
        return True

    async def file_seals(self) -> bool:
        """Take one of the maker's filings a step on; True when there was one and the authority said."""
        row = await sending.take(self.owner, now())
        if row is None:
            return False
        said = True
        try:
            await sending.advance(row, now, self.records, self.filing_desk)
        except (Unavailable, NotFound) as error:
            _log.warning("filing waits: %s", error.code)
            said = False
        await sending.give_back(row, now())
        return said

    async def review_filings(self) -> bool:
        """Take a company's own filing a step on; True when there was one and the authority said."""
        row = await reviewing.take(self.owner, now())
        if row is None:
            return False
        said = True
        try:
            await reviewing.advance(row, now, self.records, self.filing_desk, self.policy)
        except (Unavailable, NotFound) as error:
            _log.warning("a company's filing waits: %s", error.code)
            said = False
        await reviewing.give_back(row, now())
        return said

    async def send_deposits(self) -> bool:
        """Send one small payment to a company's account; True when there was one."""
        row = await deposits.take(self.owner, now())
        if row is None:
            return False
        try:
            await deposits.advance(row, now(), self.records, self.bank)
        except Unavailable as error:
            _log.warning("payment waits: %s", error.code)
        return True

    async def bind_heads(self) -> bool:
        """Take a daily root a step on; True when there was one."""
        try:
            return await roots.bind(self.identity, self.timestamper, self.trust, self.owner, now())
        except Unavailable as error:
            _log.warning("daily root waits: %s", error.code)
            return False

    async def renew_files(self) -> bool:
        """Further timestamps on what would soon prove nothing; True when there may be more to do."""
        return await Renewer(self.workshop, self.timestamper, now).round()

    async def make_papers(self) -> bool:
        """Make one paper that was ordered; True when there was one."""
        row = await papers_making.take(self.owner, now())
        if row is None:
            return False
        await papers_making.make(row, self.papers, self.workshop, now)
        return True

    async def push(self) -> bool:
        """Tell people of one event on their phones; True when there was one."""
        row = await pushing.take(now())
        if row is None:
            return False
        with suppress(Unavailable):  # told in the log, tried again
            await pushing.advance(row, self.push_service, self.wechat, now(), self.records)
        return True

    async def hear_of_changes(self) -> bool:
        """Changes of representatives that were registered since the last look; True when there were any."""
        try:
            return await succeeding.hear(self.registrar, now())
        except (Unavailable, Refused) as error:
            _log.warning("changes of representatives wait: %s", error.code)
        return False

    async def apply_changes(self) -> bool:
        """Ask about one company and apply what was registered; True when there was one and he said."""
        row = await succeeding.take(self.owner, now())
        if row is None:
            return False
        said = True
        try:
            await succeeding.advance(row, now, self.identity, self.records, self.registrar)
        except (Unavailable, NotFound, Refused, Conflict) as error:
            _log.warning("a change of representative waits: %s", error.code)
            said = not isinstance(error, Unavailable)  # else the others need not be tried at once
        await succeeding.give_back(row, now())
        return said

    async def tidy(self) -> bool:
        """What is over soon, companies nobody asked about; old counters and rows that are over for long."""
        await pins.remind(self.policy, now())
        await throttling.forget_old(now())
        await scan_login.forget_old(now())
        await wechat.forget_old(now())
        await certificate_requests.forget_old(now())
        await confirm_codes.forget_old(now())
        await passkeys.forget_old(now())
        await exporting.forget_old(now())
        await life_asking.forget_old(now())
        await deciding.lapse(now())
        await expiring.warn(now())
        await lapsing.lapse(self.policy, now())
        await entry_lapsing.lapse(now())
        await overdue.warn(self.policy, now())
        await updates.remind(self.policy, now())
        await printed.forget_old(now())
        await traces.forget_old(now())
        await succeeding.look_around(now())
        await succeeding.forget_old(now())
        return False
