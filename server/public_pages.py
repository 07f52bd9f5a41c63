"""What the pages for strangers read: a presented licence, the record behind a code, daily roots."""

from __future__ import annotations

from dataclasses import replace

from sanic import Request, Sanic

from auth.china import second
from auth.tokens import group_code
from h5.views import (
    Bilingual,
    DailyRoot,
    DailyRoots,
    Drawing,
    OwnSigning,
    PaperOnRecord,
    PresentedLicence,
    SealedRecord,
    SealOnRecord,
)
from seals import printed, published_roots, verifying
from seals.presented import LicenceShown, presented
from seals.service import notices
from seals.service.health import Service, service
from seals.service.notices import NoticeView
from seals.signing.views import SigningView, own_signings
from seals.trace import draw_spot
from seals.verifying import SealNow
from server import local_tls
from server.api.operation import address
from server.checked_files import checked_file
from server.context import Context, now
from server.held import Held
from server.local_tls import LocalCertificate
from server.settings import Settings

__all__ = ["install"]

STATUS_LIFE_S = 10
"""So long a process holds what /status says: everybody may ask, and it counts all signings."""

STATES = {
    "good": Bilingual("有效", "valid"),
    "frozen": Bilingual("印章已暂停使用", "seal suspended"),
    "expired": Bilingual("证书已过期", "certificate expired"),
    "revoked": Bilingual("证书已吊销", "certificate revoked"),
    "cancelled": Bilingual("印章已注销", "seal cancelled"),
}
ACTIVE = Bilingual("存续（在营、开业）", "active")
CLOSED = Bilingual("已注销", "dissolved")
ABNORMAL = Bilingual("状态异常", "not in good standing")
REPLACED = Bilingual(
    "执照已换发，请对方重新出示", "replaced by another licence; ask for it to be presented again"
)


def install(app: Sanic) -> None:
    """Give the pages their look-ups."""

    async def presented_licence(token: str) -> PresentedLicence:
        it: Context = app.ctx.it
        return _licence(await presented(token, now(), it.identity))

    async def sealed_record(request: Request, code: str) -> SealedRecord:
        found = await verifying.record(code, address(request), now())
        if found.paper is not None:
            return SealedRecord(group_code(found.code), "paper", paper=_paper(found.paper))
        reader = request.ctx.session
        own: tuple[SigningView, ...] = ()
        if reader is not None:
            own = await own_signings(found.code, reader.person_id, now(), request.app.ctx.it.records)
        switches = await printed.switches(found.code)
        return SealedRecord(
            code=group_code(found.code),
            state="found" if found.state == "found" else "not_sealed",
            sealed_count=len(found.seals),
            seals=tuple(_seal(seal) for seal in found.seals),
            own=tuple(_own(signing, switches.get(signing.document.id)) for signing in own),
            printed=bool(switches) and all(switches.values()),
            spot=_spot(found.code) if found.seals else None,
        )

    async def daily_roots(before: str | None) -> DailyRoots:
        found = await published_roots.newest(before)
        shown = (DailyRoot(r.number, r.day, r.chains, r.sha256, second(r.stamped_at)) for r in found.roots)
        return DailyRoots(tuple(shown), found.before)

    async def find_service() -> Service:
        it: Context = app.ctx.it
        found = await service(now())
        return found if await it.inspector_answers() else replace(found, good=False)

    async def shown_notices() -> tuple[NoticeView, ...]:
        return await notices.shown(now())

    app.ctx.service_status = Held(find_service, STATUS_LIFE_S).get
    app.ctx.notices = shown_notices
    app.ctx.presented_licence = presented_licence
    app.ctx.daily_roots = daily_roots
    app.ctx.sealed_record = sealed_record
    app.ctx.checked_file = checked_file
    app.ctx.local_certificate = lambda: _local_certificate(app.ctx.settings)


def _local_certificate(settings: Settings) -> LocalCertificate | None:
    """None where a proxy has the certificate."""
    return local_tls.shown(settings.tls_certificate) if settings.https else None


def _licence(shown: LicenceShown) -> PresentedLicence:
    data = shown.data
    return PresentedLicence(
        company_name=data["company_name"],
        uscc=data["uscc"],
        licence_number=data["licence_number"],
        company_type=data["company_type"],
        representative_name=data["representative_name"],
        capital_wan=data["capital_wan"],
        address=data["address"],
        business_scope=data["business_scope"],
        established_on=data["established_on"],
        valid_until=data["valid_until"],
        state=_state(shown),
        good=shown.good,
        checked_at=second(shown.checked_at),
        expires_at=second(shown.expires_at),
    )


def _state(shown: LicenceShown) -> Bilingual:
    if shown.good:
        return ACTIVE
    if shown.closed:
        return CLOSED
    return REPLACED if shown.replaced else ABNORMAL


def _paper(paper: verifying.PaperOnRecord) -> PaperOnRecord:
    title = Bilingual(paper.zh, paper.en)
    told = PaperOnRecord(
        title, paper.number, second(paper.made_at), group_code(paper.about) if paper.about else ""
    )
    stands = paper.stands
    if stands is None:
        return told
    facts = tuple((Bilingual(one.zh, one.en), Bilingual(one.value_zh, one.value_en)) for one in stands.facts)
    return replace(told, holds=Bilingual(stands.zh, stands.en), good=stands.good, facts=facts)


def _spot(code: str) -> Drawing:
    drawn = draw_spot(code)
    return Drawing(drawn.width_mm, drawn.height_mm, drawn.d)


def _own(signing: SigningView, printed_on: bool | None) -> OwnSigning:
    assert signing.file_url is not None
    assert signing.evidence_url is not None
    return OwnSigning(
        document_name=signing.document.name,
        page_count=signing.page_count,
        seal_name=signing.seal.name,
        asker=signing.asker_masked,
        asked_at_text=second(signing.asked_at),
        stated=Bilingual(signing.stated_zh, signing.stated_en),
        digest_sha256=signing.digest_sha256,
        document_id=signing.document.id,
        printed=printed_on,
        file_url=signing.file_url,
        evidence_url=signing.evidence_url,
    )


def _seal(seal: SealNow) -> SealOnRecord:
    now_state = seal.seal_state_now if seal.seal_state_now != "good" else seal.certificate_state_now
    state = STATES[now_state]
    if seal.seal_state_since is not None:
        since = second(seal.seal_state_since)
        state = Bilingual(f"{state.zh}（{since}）", f"{state.en} ({since})")
    return SealOnRecord(
        company=seal.company,
        uscc=seal.uscc,
        seal_name=seal.seal_name,
        signed_at_text=second(seal.signed_at),
        seal_state_then=STATES[seal.seal_state_then],
        seal_state_now=state,
        good_now=now_state == "good",
        company_now=seal.company_now,
    )
