"""What a web process holds, made once at its start; handlers reach it as `request.app.ctx.it`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from auth.privacy import RecordsKey
from seals.certificates import load_certificate
from seals.offers import PinDesk
from seals.policies import POLICIES, Policy
from seals.signing.workshop import Workshop
from server import secret_files
from server.adapters.blobs import LocalBlobs
from server.adapters.realname import HttpRealName
from server.adapters.registrar import HttpRegistrar
from server.adapters.sms import HttpSms
from server.adapters.unit_status import UnitStatuses
from server.adapters.wechat import HttpWeChat
from server.adapters.wechat_account import HttpWeChatAccount
from server.inspector.client import InspectorClient
from server.settings import Settings
from server.wakeups import Hub

__all__ = ["Context", "make_context", "make_workshop", "now"]


@dataclass(frozen=True)
class Context:
    """Handles only: no counters, no sessions, no limits, which would be per worker."""

    settings: Settings
    records: RecordsKey
    desk: PinDesk
    workshop: Workshop
    inspector: InspectorClient
    sms: HttpSms
    realname: HttpRealName
    registrar: HttpRegistrar
    wechat: HttpWeChat
    wechat_account: HttpWeChatAccount
    identity: Ed25519PublicKey
    push_key: ec.EllipticCurvePublicKey
    hub: Hub

    @property
    def policy(self) -> Policy:
        """The policy profile of this deployment."""
        return POLICIES[self.settings.policy]

    async def inspector_answers(self) -> bool:
        """Whether the inspector is there."""
        return await self.inspector.ping()

    async def aclose(self) -> None:
        """Close the clients."""
        await self.sms.aclose()
        await self.realname.aclose()
        await self.registrar.aclose()
        await self.wechat.aclose()
        await self.wechat_account.aclose()


def now() -> datetime:
    """The clock of handlers: aware, UTC."""
    return datetime.now(UTC)


def make_workshop(
    settings: Settings,
    records: RecordsKey,
    inspector: InspectorClient,
    client: httpx.AsyncClient | None = None,
) -> Workshop:
    """The workshop of this process: inspector, blobs, issuers. client: to ask about others' units."""
    stamp_roots = secret_files.time_service_roots(settings)

    def der(name: str) -> bytes:
        pem = secret_files.read_trust(secret_files.trust_path(settings, name))
        return load_certificate(pem).public_bytes(Encoding.DER)

    return Workshop(
        inspector=inspector,
        blobs=LocalBlobs(settings.blobs_folder),
        records=records,
        chain=(der("issuing"),),
        root=der("root"),
        sm2_chain=(der("sm2-issuing"),),
        sm2_root=der("sm2-root"),
        public_url=settings.public_url,
        stamp_roots=stamp_roots,
        statuses=UnitStatuses(client, stamp_roots) if client is not None and stamp_roots else None,
    )


def make_context(settings: Settings) -> Context:
    """Read this process's secrets and open its clients."""
    secrets = secret_files.web_secrets(settings)
    records = secret_files.records_key(settings)
    identity = secret_files.sealer_identity(settings)
    allow = settings.development
    inspector = InspectorClient(settings.inspector_socket)
    return Context(
        settings=settings,
        records=records,
        desk=PinDesk(secrets.web_pepper, identity),
        workshop=make_workshop(settings, records, inspector),
        inspector=inspector,
        sms=HttpSms(settings.sms_url, allow_stand_in=allow),
        realname=HttpRealName(settings.identity_url, allow_stand_in=allow),
        registrar=HttpRegistrar(settings.registrar_url, allow_stand_in=allow),
        wechat=HttpWeChat(
            settings.wechat_url,
            settings.wechat_app_id,
            secret_files.wechat_secret(settings),
            allow_stand_in=allow,
        ),
        wechat_account=HttpWeChatAccount(settings, secret_files.wechat_secret(settings)),
        identity=identity,
        push_key=secret_files.push_public_key(settings),
        hub=Hub(),
    )
