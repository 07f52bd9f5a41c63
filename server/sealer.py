"""The sealer process: `python -m server.sealer [--roles sign,issue,time,work]`, all roles without the option.

Every loop claims rows by short leases and may be killed at any point: what it did not finish is claimed
again when the lease ends, by this process after its restart or by another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from auth.engine import close_database
from auth.errors import DomainError, Unavailable
from seals import (
    approved,
    attesting,
    confirm_codes,
    daykeys,
    granted,
    heads,
    life_acting,
    making,
    offers,
    reclosing,
    resetting,
    revocation,
    ruled,
    sm2_certificates,
    unfreezing,
    unlocking,
)
from seals.issuing import Issuer
from seals.keyring import Keyring
from seals.models import Offer, OfferPurpose, Signing, SigningState
from seals.papers.sealing import PaperSealer
from seals.pdf.trust import Trust
from seals.policies import POLICIES
from seals.ses.making import SealMaker
from seals.signing import confirming, finishing, texting
from seals.signing.workshop import Workshop
from seals.statuses import Responder
from server import keys, secret_files
from server.adapters.bank import HttpBank
from server.adapters.filing_desk import HttpFilingDesk
from server.adapters.public_security import HttpPublicSecurity
from server.adapters.realname import HttpRealName
from server.adapters.registrar import HttpRegistrar
from server.adapters.sms import HttpSms
from server.adapters.time_services import services
from server.adapters.web_push import HttpWebPush
from server.adapters.wechat_account import HttpWeChatAccount
from server.addresses import LOOPBACK
from server.context import make_workshop, now
from server.inspector.client import InspectorClient
from server.logs import start_log
from server.migrating import open_own_database
from server.revoked_units import revoked_units
from server.sealer_roles import UPKEEP_S, WORK_POLL_S, IssuingDesk, Role, WorkDesk, forever, roles_of
from server.settings import Settings, refuse_to_start
from server.timeserver import serve
from server.tls import trusted
from server.token import Token
from server.writes import Writes

__all__ = ["Sealer", "main"]

POLL_S = 0.05
FINISHED_AT_ONCE = 4  # each holds a document of up to 50 MiB, several times over
COLLECTIONS_POLL_S = CODES_POLL_S = 0.2  # nobody notices: keys are made, or a text message is on its way
HEADS_EVERY = timedelta(hours=1)
OTHERS = tuple(purpose for purpose in OfferPurpose if purpose is not OfferPurpose.COLLECT)
"""Collecting waits for the issuer; no other offer waits behind it."""

_log = logging.getLogger("sealer")


@dataclass
class Sealer:
    """Role `sign`: the only one that opens keys."""

    keyring: Keyring
    workshop: Workshop
    realname: HttpRealName
    sms: HttpSms
    timestamper: TimeStamper
    owner: str
    last_heads: datetime | None = None
    group: asyncio.TaskGroup | None = None
    finishers: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FINISHED_AT_ONCE))

    async def run(self, writes: Writes) -> None:
        """All loops until cancelled."""
        await self.upkeep()
        async with asyncio.TaskGroup() as self.group:
            group = self.group
            group.create_task(forever(self.serve_offers, POLL_S, writes))
            group.create_task(forever(self.serve_collections, COLLECTIONS_POLL_S, writes))
            group.create_task(forever(self.send_codes, CODES_POLL_S, writes))
            group.create_task(forever(self.finish_signings, WORK_POLL_S, writes))
            group.create_task(forever(self.upkeep, UPKEEP_S))

    async def serve_offers(self) -> bool:
        """Take one PIN offer and act on it; True when there was one."""
        return await self._serve(*OTHERS)

    async def serve_collections(self) -> bool:
        """The same for the offer of a collection."""
        return await self._serve(OfferPurpose.COLLECT)

    async def _serve(self, *purposes: OfferPurpose) -> bool:
        offer = await offers.take(self.owner, now(), *purposes)
        if offer is None:
            return False
        try:
            await self._act(offer)
        except Unavailable as error:
            # A part does not answer now: the offer's lease ends and it is taken again, while it lives.
            _log.warning("offer waits: %s", error.code)
        except DomainError as error:
            await offers.refuse(offer, error)
        return True

    async def _act(self, offer: Offer) -> None:
        acts: Mapping[OfferPurpose, Callable[[Offer], Awaitable[object]]] = {
            OfferPurpose.COLLECT: self._collect,
            OfferPurpose.CONFIRM: self._confirm,
            OfferPurpose.GRANT: self._grant,
            OfferPurpose.JOIN: self._join,
            OfferPurpose.DEVICE: self._enrol,
            OfferPurpose.CHANGE_PIN: self._change_pin,
            OfferPurpose.UNLOCK: self._unlock,
            OfferPurpose.UNFREEZE: self._unfreeze,
            OfferPurpose.RESET: self._apply_for_reset,
            OfferPurpose.RULE: self._set_rule,
            OfferPurpose.APPROVE: self._approve,
            OfferPurpose.CHANGE: self._change_seal,
        }
        await acts[offer.purpose](offer)

    async def _collect(self, offer: Offer) -> None:
        await making.make_keys(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _grant(self, offer: Offer) -> None:
        await granted.act_on_grant(offer, self.keyring, self.workshop.records, now())

    async def _join(self, offer: Offer) -> None:
        await granted.act_on_join(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _enrol(self, offer: Offer) -> None:
        await attesting.attest_device(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _change_pin(self, offer: Offer) -> None:
        await reclosing.reclose(offer, self.keyring, now())

    async def _unlock(self, offer: Offer) -> None:
        await unlocking.unlock(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _unfreeze(self, offer: Offer) -> None:
        await unfreezing.unfreeze(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _apply_for_reset(self, offer: Offer) -> None:
        await resetting.apply(offer, self.keyring, self.realname, self.workshop.records, now())

    async def _set_rule(self, offer: Offer) -> None:
        await ruled.act_on_rule(offer, self.keyring, now())

    async def _approve(self, offer: Offer) -> None:
        await approved.act_on_approval(offer, self.keyring, self.workshop.blobs, now())

    async def _change_seal(self, offer: Offer) -> None:
        await life_acting.act_on_change(offer, self.keyring, now)

    async def _confirm(self, offer: Offer) -> None:
        signing = await confirming.confirm(offer, self.keyring, self.workshop.blobs, self.owner, now())
        await self._key(signing)
        # Timestamps and issuers are waited for beside the next offers; the lease is this process's.
        assert self.group is not None, "offers are served by `run`"
        self.group.create_task(self._finish_or_leave(await Signing.get(id=signing)))

    async def send_codes(self) -> bool:
        """Send one code by text message; True when there was one. No offer waits for a slow gateway."""
        row = await confirm_codes.take(self.owner, now())
        if row is None:
            return False
        await texting.send(row, self.keyring, self.workshop.records, self.sms, self.realname, now())
        return True

    async def _key(self, signing: str) -> None:
        await confirming.key(signing, self.keyring, self.workshop.blobs, self.owner, now())

    async def _finish_or_leave(self, held: Signing) -> None:
        """Finish it; what fails unexpectedly, or waits too long here, is taken up when the lease ends."""
        try:
            async with self.finishers:
                await self._finish(held)
        except Exception:
            _log.exception("a signing was not finished; it is tried again")

    async def _finish(self, held: Signing) -> None:
        await finishing.finish(held, self.workshop, self.timestamper, now)
        await heads.countersign(self.keyring.identity, now(), await finishing.stream_of(held.id))

    async def finish_signings(self) -> bool:
        """Take up one confirmed signing that was left behind; True when there was one."""
        row = await finishing.take(self.owner, now())
        if row is None:
            return False
        try:
            if row.state is SigningState.CONFIRMED:
                await self._key(row.id)
            await self._finish(row)
        except Unavailable as error:
            _log.warning("signing waits: %s", error.code)
        return True

    async def upkeep(self) -> bool:
        """Key of the day, countersigned heads."""
        await daykeys.ensure(self.keyring.vault, self.keyring.identity, now())
        if self.last_heads is None or now() - self.last_heads >= HEADS_EVERY:
            await heads.countersign(self.keyring.identity, now())
            self.last_heads = now()
        return False


def _signing(
    settings: Settings, token: Token | None, client: httpx.AsyncClient, owner: str, stack: AsyncExitStack
) -> Sealer:
    workshop = make_workshop(
        settings, secret_files.records_key(settings), InspectorClient(settings.inspector_socket), client
    )
    allow = settings.development
    realname = HttpRealName(settings.identity_url, allow_stand_in=allow)
    sms = HttpSms(settings.sms_url, allow_stand_in=allow)
    for service in (realname, sms):
        stack.push_async_callback(service.aclose)
    keyring = Keyring(
        vault=keys.kek_store(settings, token),
        pepper=keys.sealer_pepper(settings, token),
        identity=keys.identity_key(settings, token),
        issuing=secret_files.trusted(settings, revocation.ISSUING),
        sm2_issuing_public=sm2_certificates.public_key(workshop.sm2_chain[0]),
        policy=POLICIES[settings.policy],
    )
    return Sealer(keyring, workshop, realname, sms, _time_services(settings, client), owner)


def _issuing(
    settings: Settings, token: Token | None, client: httpx.AsyncClient, owner: str, stack: AsyncExitStack
) -> IssuingDesk:
    realname = HttpRealName(settings.identity_url, allow_stand_in=settings.development)
    stack.push_async_callback(realname.aclose)
    registrar = HttpRegistrar(settings.registrar_url, allow_stand_in=settings.development)
    stack.push_async_callback(registrar.aclose)
    issuer = Issuer(
        identity=secret_files.sealer_identity(settings),
        issuing=keys.authority(settings, "issuing", token),
        crl_url=settings.crl_url(revocation.ISSUING),
        ocsp_url=settings.ocsp_url,
        sm2_issuing=keys.sm2_authority(settings, "sm2-issuing", token),
        sm2_crl_url=settings.crl_url(revocation.SM2_ISSUING),
        maker=SealMaker(
            keys.sm2_authority(settings, "seal-maker", token),
            _time_services(settings, client),
            settings.ses_version,
            settings.ses_picture,
        ),
        realname=realname,
        registrar=registrar,
        records=secret_files.records_key(settings),
    )
    root, sm2_root = keys.authority(settings, "root", token), keys.sm2_authority(settings, "sm2-root", token)
    units, papers = secret_files.built_in_units(settings), (secret_files.trusted(settings, "papers"),)
    responder = Responder(root, issuer.issuing, units, papers, revoked_units(settings))
    return IssuingDesk(issuer, responder, root, sm2_root, owner)


def _working(
    settings: Settings, token: Token | None, client: httpx.AsyncClient, owner: str, stack: AsyncExitStack
) -> WorkDesk:
    allow = settings.development
    registrar = HttpRegistrar(settings.registrar_url, allow_stand_in=allow)
    public_security = HttpPublicSecurity(settings.public_security_url, allow_stand_in=allow)
    filing_desk = HttpFilingDesk(settings.public_security_url, allow_stand_in=allow)
    bank = HttpBank(settings.bank_url, allow_stand_in=allow)
    push_service = HttpWebPush(
        keys.push_key(settings, token), settings.public_url, settings.push_services, allow_stand_in=allow
    )
    wechat = HttpWeChatAccount(settings, secret_files.wechat_secret(settings))
    for service in (registrar, public_security, filing_desk, bank, push_service, wechat):
        stack.push_async_callback(service.aclose)
    identity = secret_files.sealer_identity(settings)
    records, timestamper = secret_files.records_key(settings), _time_services(settings, client)
    workshop = make_workshop(settings, records, InspectorClient(settings.inspector_socket), client)
    apart = replace(workshop, inspector=InspectorClient(settings.inspector_socket, papers=True))
    return WorkDesk(
        keys.identity_key(settings, token),
        records,
        registrar,
        public_security,
        filing_desk,
        bank,
        POLICIES[settings.policy],
        workshop,
        timestamper,
        _trust(settings),
        PaperSealer(keys.authority(settings, "papers", token), identity, apart, timestamper),
        push_service,
        wechat,
        owner,
    )


def _time_services(settings: Settings, client: httpx.AsyncClient) -> TimeStamper:
    return services(settings.tsa_urls, settings.own_tsa_url, _trust(settings), client)


def _trust(settings: Settings) -> Trust:
    return Trust(
        roots=_ders(settings, revocation.ROOT),
        intermediates=_ders(settings, revocation.ISSUING),
        stamp_roots=secret_files.time_service_roots(settings),
    )


def _ders(settings: Settings, *names: str) -> tuple[bytes, ...]:
    return tuple(secret_files.trusted(settings, name).public_bytes(Encoding.DER) for name in names)


_Desk = Sealer | IssuingDesk | WorkDesk
_DESKS: Mapping[Role, Callable[[Settings, Token | None, httpx.AsyncClient, str, AsyncExitStack], _Desk]] = {
    Role.SIGN: _signing,
    Role.ISSUE: _issuing,
    Role.WORK: _working,
}


async def _main(settings: Settings, roles: frozenset[Role]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        # First of all, so that a sealer without its keys says so and nothing else.
        token = stack.enter_context(keys.open_token(settings))
        if roles != {Role.TIME}:
            await open_own_database(settings)
            stack.push_async_callback(close_database)
        client = await stack.enter_async_context(httpx.AsyncClient(verify=trusted(), trust_env=False))
        owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        desks = [
            make(settings, token, client, owner, stack) for role, make in _DESKS.items() if role in roles
        ]
        # Beside other roles it serves this machine; alone, as a container of its own, whoever reaches it.
        if Role.TIME in roles and (settings.own_tsa or roles == {Role.TIME}):
            host = LOOPBACK if settings.own_tsa else settings.host
            server = await serve(host, settings.tsa_port, keys.authority(settings, "tsa", token))
            stack.push_async_callback(server.close)
        writes = stack.enter_context(closing(Writes(settings.sqlite_path if desks else None)))
        await _until(stop, [desk.run(writes) for desk in desks])


async def _until(stop: asyncio.Event, runs: list[Coroutine[Any, Any, None]]) -> None:
    """All at once, until told to stop; raises what ends one of them."""
    tasks = [asyncio.create_task(run) for run in (*runs, stop.wait())]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def main(arguments: list[str] | None = None) -> None:
    """Serve until a signal says stop."""
    roles = roles_of(arguments)
    start_log()
    try:
        settings = Settings.from_env()
        asyncio.run(_main(settings, roles))
    except DomainError as error:
        refuse_to_start(error)


if __name__ == "__main__":
    main()
