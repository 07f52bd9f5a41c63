"""Cards tell the event log, with what their reader may do now."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth import events
from auth.engine import transaction
from auth.models import Licence
from auth.tokens import group_code
from h5.thread import telling
from h5.thread.cards import Press
from h5.thread.shown import SHOWN
from seals import licensing
from seals.freezing import freeze
from seals.models import Document, Seal, SigningState
from seals.signing import withdrawing

MOBILE = "13812345678"
NAME = "北京云杉科技有限公司"


def test_each_kind_that_is_shown_has_a_builder() -> None:
    assert set(telling.BUILDERS) == SHOWN


async def test_an_empty_thread_welcomes(world: Any) -> None:
    who = await world.log_in(MOBILE)
    thread = await world.thread(who)
    assert [card.id for card in thread.cards] == ["welcome"]
    assert world.links(thread.cards[0]) == {
        "企业设立登记": "/m/register",
        "已有企业申请印章": "/m/apply",
        "验真": "/verify",
    }
    assert thread.unread == 0
    assert await world.cards(who, before="welcome") == []


async def test_founding_arrives_card_by_card(world: Any) -> None:
    who = await world.log_in(MOBILE)
    company = await world.found(who, NAME, MOBILE)
    told = await world.cards(who)
    assert [card.kind for card in told] == [
        "welcome",
        "application.submitted",
        "application.approved",
        "licence.issued",
        *["seal.issued"] * 5,
    ]
    assert told[1].lines == (f"企业：{NAME}", "当前状态：已核准")
    approved = await world.only(who, "application.approved")
    assert approved.lines[1] == f"统一社会信用代码：{company.uscc}"
    assert world.links(approved) == {
        "领取印章": f"/m/collect/{company.id}",
        "查看执照": f"/m/licence/{company.id}",
    }
    seals = [card for card in told if card.kind == "seal.issued"]
    rows = {f"/api/seals/{row.id}/imprint.svg": row.name for row in await Seal.all()}
    assert {card.pictures[0].url: card.title for card in seals} == rows
    assert [bool(card.actions) for card in seals] == [False] * 4 + [True]
    assert world.links(seals[-1]) == {"领取印章": f"/m/collect/{company.id}"}
    assert approved.at_text == "2026-11-21 18:05 +08:00"


async def test_seals_collected_together_are_one_card_and_the_buttons_to_collect_go(world: Any) -> None:
    who, company, seals = await world.owner()
    collected = await world.only(who, "seal.collected")
    assert collected.title == "5 枚印章已领取"
    assert set(collected.lines[:-1]) == {seal.name for seal in seals}
    assert world.links(collected) == {
        "去盖章": "/m/seal",
        "我的印章": f"/m/seals/{company.id}",
        "制作证书": f"/m/papers/{company.id}",
    }
    told = await world.cards(who)
    assert not [card for card in told if "领取印章" in world.links(card)]
    assert {card.lines[1] for card in told if card.kind == "seal.issued"} == {"当前状态：可使用"}


async def test_a_seal_that_lost_its_approval_rule_says_so(world: Any) -> None:
    who, company, seals = await world.owner()
    async with transaction():
        await events.append(
            events.company_stream(company.id),
            "seal.issued",
            actor="registrar",
            subject=f"seal:{seals[0].id}",
            now=world.tick(),
            on_behalf=company.id,
            facts={"kind": seals[0].kind, "number": seals[0].number, "rule": "ended"},
        )
    for language, said in (("zh", "不需要审批"), ("en", "needs no approval")):
        cards = [card for card in await world.cards(who, language) if card.kind == "seal.issued"]
        assert [said in " ".join(card.lines) for card in cards] == [False] * 5 + [True]


async def test_an_applicant_who_does_not_represent_the_company_sees_no_way_into_it(world: Any) -> None:
    applicant = await world.log_in("13987654321")
    await world.found(applicant, NAME, MOBILE)
    approved = await world.only(applicant, "application.approved")
    assert world.links(approved) == {}
    assert approved.lines[-1].startswith("请法定代表人")
    assert not [card for card in await world.cards(applicant) if card.stream.startswith("company:")]


async def test_a_rejected_application_can_be_made_again_until_it_was(world: Any) -> None:
    who = await world.log_in(MOBILE)
    await world.apply(who, NAME, MOBILE, reason="经营范围表述不规范")
    rejected = await world.only(who, "application.rejected")
    assert rejected.lines == (f"企业：{NAME}", "原因：经营范围表述不规范")
    assert world.links(rejected) == {"重新申请": "/m/register"}
    await world.found(who, NAME, MOBILE)
    assert world.links(await world.only(who, "application.rejected")) == {}


async def test_the_licence_can_be_presented_once_it_is_signed(world: Any) -> None:
    who = await world.log_in(MOBILE)
    company = await world.found(who, NAME, MOBILE)
    assert (await world.only(who, "licence.issued")).lines[-1] == "当前状态：正在签发，马上就好"

    async def approved(_: Licence) -> bool:
        return True

    await licensing.sign_issued_licences(Ed25519PrivateKey.generate(), world.tick(), approved)
    assert (await world.only(who, "licence.issued")).lines[-1] == "当前状态：有效"
    assert world.links(await world.only(who, "licence.signed")) == {"出示执照": f"/m/licence/{company.id}"}


async def test_a_frozen_seal_is_told_with_who_did_it(world: Any) -> None:
    who, _, seals = await world.owner()
    await freeze(seals[0].id, who.person_id, world.tick())
    assert (await world.only(who, "seal.frozen")).lines[:2] == (f"印章：{seals[0].name}", "操作人：您")
    assert "By: you" in (await world.only(who, "seal.frozen", "en")).lines


async def test_a_file_sent_into_the_thread_offers_a_seal_until_one_was_asked_for(world: Any) -> None:
    who, company, seals = await world.owner()
    await world.upload(who, company, "从电脑上传.pdf", from_thread=False)
    sent = await world.upload(who, company, "合同.pdf", from_thread=True)
    uploaded = await world.only(who, "document.uploaded")
    assert uploaded.lines == ("文件：合同.pdf", "2 页")
    assert world.links(uploaded) == {
        "选择印章": f"/m/seal?document={sent.id}",
        "删除文件": f"POST /api/documents/{sent.id}/deletion",
    }
    assert [each.sure for each in uploaded.actions if isinstance(each, Press)] == ["删除这份文件？"]
    await world.ask(who, sent, seals[0])
    assert world.links(await world.only(who, "document.uploaded")) == {}


async def test_of_a_deleted_file_nothing_is_told_but_that_it_went(world: Any) -> None:
    who, company, _ = await world.owner()
    sent = await world.upload(who, company, "合同.pdf", from_thread=True)
    await Document.filter(id=sent.id).update(blob="", name="—", inspection={}, removed=[])
    await world.tell(company, "document.deleted", f"person:{who.person_id}", f"document:{sent.id}")
    uploaded = await world.only(who, "document.uploaded")
    assert (uploaded.lines, uploaded.pictures, uploaded.actions) == (("这份文件已删除。",), (), ())
    gone = await world.only(who, "document.deleted")
    assert (gone.lines[0], gone.actions) == ("这份没有盖章的文件已从平台删除，不能恢复。", ())


async def test_a_request_can_be_confirmed_while_it_waits(world: Any) -> None:
    who, company, seals = await world.owner()
    clerk = await world.log_in("13987654321", "李四")
    document = await world.upload(who, company, "合同.pdf", from_thread=False)
    signing = await world.ask(clerk, document, seals[3])
    asked = await world.only(who, "signing.requested")
    assert asked.lines == (
        "文件：合同.pdf",
        f"印章：{seals[3].name}",
        "发起人：李*",
        "请在 2026-11-22 18:05 +08:00 前确认",
    )
    assert world.links(asked) == {
        "查看并确认": f"/m/seal?signing={signing.id}",
        "取消这次用印": f"POST /api/signings/{signing.id}/cancel",
    }
    assert (
        Press("Cancel", f"/api/signings/{signing.id}/cancel")
        in (await world.only(who, "signing.requested", "en")).actions
    )
    world.tick(25 * 3600)
    late = await world.only(who, "signing.requested")
    assert (world.links(late), late.lines[-1]) == ({}, "当前状态：已过期")


async def test_a_signing_is_told_to_its_end(world: Any) -> None:
    who, company, seals = await world.owner()
    document = await world.upload(who, company, "合同.pdf", from_thread=False)
    signing = await world.ask(who, document, seals[0])
    me = f"person:{who.person_id}"
    await world.tell(company, "signing.digits_wrong", me, f"signing:{signing.id}")
    assert world.links(await world.only(who, "signing.digits_wrong")) == {
        "查看并确认": f"/m/seal?signing={signing.id}"
    }
    await world.move(signing, SigningState.CONFIRMED, me, {"same_device": True})
    await world.move(signing, SigningState.KEYED)
    await world.move(signing, SigningState.SIGNED, facts={"code": document.record_id})
    told = [card for card in await world.cards(who) if card.kind.startswith("signing.")]
    assert [card.kind.partition(".")[2] for card in told] == [
        "requested",
        "digits_wrong",
        "confirmed",
        "signed",
    ]
    assert [world.links(card) for card in told[:3]] == [{}, {}, {}]
    assert told[2].lines[-1] == "在发起用印的手机上确认。"
    assert told[3].lines[-1] == f"验真码：{group_code(document.record_id)}"
    assert world.links(told[3]) == {
        "下载已盖章文件": f"POST /api/signings/{signing.id}/exports/pdf",
        "下载证据报告": f"POST /api/signings/{signing.id}/exports/report",
        "下载证据包": f"POST /api/signings/{signing.id}/exports/evidence",
        "打开验真页": f"/v/{document.record_id}",
    }


@pytest.mark.parametrize(
    ("state", "reason", "line"),
    [
        (SigningState.REJECTED, "金额不对", "原因：金额不对"),
        (SigningState.FAILED, "时间戳服务没有答复\nNo timestamp", "原因：时间戳服务没有答复"),
        (SigningState.CANCELLED, None, "操作人：您"),
        (SigningState.EXPIRED, None, None),
    ],
)
async def test_a_signing_that_ended_otherwise_can_be_asked_for_again(
    world: Any, state: SigningState, reason: str | None, line: str | None
) -> None:
    who, company, seals = await world.owner()
    document = await world.upload(who, company, "合同.pdf", from_thread=False)
    signing = await world.ask(who, document, seals[0])
    if state is SigningState.CANCELLED:
        await withdrawing.cancel(signing.id, who, world.tick(), world.records)
    elif state is SigningState.EXPIRED:
        await world.expire()
    else:
        await world.move(signing, state, reason=reason)
    ended = await world.only(who, f"signing.{state.value}")
    assert line is None or line in ended.lines
    assert world.links(ended) == {
        "重新发起": f"/m/seal?document={document.id}",
        "删除文件": f"POST /api/documents/{document.id}/deletion",
    }
    await world.ask(who, document, seals[0])
    assert world.links(await world.only(who, f"signing.{state.value}")) == {}
