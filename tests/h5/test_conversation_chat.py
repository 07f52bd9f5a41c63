"""Typing into the conversation: kept encrypted, understood by a table of words, answered at once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from auth import events
from auth.engine import transaction
from auth.errors import Invalid, TooMany
from auth.events import person_stream
from auth.models import Event
from auth.tokens import group_code, new_code
from h5 import conversation
from h5.thread import chat
from h5.thread.cards import Card
from h5.thread.chat import Understood, understand
from h5.thread.chat_cards import REPLIES
from seals.freezing import freeze
from tests.databases import lift_guards

MOBILE = "13812345678"
NAME = "北京云杉科技有限公司"


async def test_what_was_typed_is_kept_encrypted_and_answered_in_one_transaction(world: Any) -> None:
    who = await world.log_in(MOBILE)
    said = await conversation.say(world.reader(who), "  我想盖章，谢谢  ", world.tick())
    mine, answer = said.cards
    assert (mine.mine, mine.title, mine.lines, mine.actions) == (True, "我想盖章，谢谢", (), ())
    assert (answer.mine, answer.title) == (False, "您名下还没有企业")
    assert world.links(answer) == {"企业设立登记": "/m/register", "已有企业申请印章": "/m/apply"}
    assert (await world.cards(who))[1:] == [mine, answer]
    row = await Event.get(kind="chat.said")
    assert row.private is not None
    assert "盖章".encode() not in bytes(row.private)
    assert "盖章" not in json.dumps(row.facts)
    rows = await Event.filter(stream=person_stream(who.person_id)).order_by("seq")
    assert events.broken_link(rows) is None


async def test_text_that_was_erased_leaves_a_card(world: Any) -> None:
    who = await world.log_in(MOBILE)
    await world.say(who, "秘密")
    await Event.filter(kind="chat.said").update(private=None)
    assert (await world.only(who, "chat.said")).title == "（内容已删除）"


async def test_text_moved_to_another_event_does_not_open(world: Any) -> None:
    who = await world.log_in(MOBILE)
    await world.say(who, "甲")
    await world.say(who, "乙")
    first, second = await Event.filter(kind="chat.said").order_by("seq")
    await lift_guards()
    await Event.filter(id=second.id).update(private=first.private)
    told = [card.title for card in await world.cards(who) if card.mine]
    assert told == ["甲", "（内容已删除）"]


async def test_the_answer_to_seal_follows_what_the_person_has(world: Any) -> None:
    who = await world.log_in(MOBILE)

    async def ask() -> Card:
        return await world.say(who, "盖章")

    assert (await ask()).title == "您名下还没有企业"
    company = await world.found(who, NAME, MOBILE)
    waiting = await ask()
    assert world.links(waiting) == {"领取印章": f"/m/collect/{company.id}"}
    seals = await world.collect(company)
    assert world.links(await ask()) == {"去盖章": "/m/seal"}
    told = {card.id: card for card in await world.cards(who)}
    assert told[waiting.id].title == "印章还没有领取"
    assert world.links(told[waiting.id]) == {}
    for seal in seals:
        await freeze(seal.id, who.person_id, world.tick())
    assert (await ask()).title == "没有可用的印章"


async def test_people_and_freezing_lead_to_the_company_that_one_has(world: Any) -> None:
    who = await world.log_in(MOBILE)
    for typed in ("授权", "冻结"):
        assert (await world.say(who, typed)).title == "您名下还没有企业"
    company = await world.found(who, NAME, MOBILE)
    assert world.links(await world.say(who, "授权")) == {"查看企业人员": f"/m/people/{company.id}"}
    assert world.links(await world.say(who, "冻结")) == {"我的印章": f"/m/seals/{company.id}"}
    assert world.links(await world.say(who, "口令")) == {"用印口令": "/m/pin"}
    assert world.links(await world.say(who, "设备")) == {
        "查看确认设备": "/m/devices",
        "查看登录的设备": "/m/sessions",
    }
    assert world.links(await world.say(who, "记录")) == {
        "用印记录": "/m/records",
        "看台账": f"/m/ledger/{company.id}",
    }


async def test_licence_and_seals_lead_to_each_company(world: Any) -> None:
    who = await world.log_in(MOBILE)
    first = await world.found(who, NAME, MOBILE)
    assert world.links(await world.say(who, "我的执照")) == {"查看执照": f"/m/licence/{first.id}"}
    second = await world.found(who, "上海银杏贸易有限公司", MOBILE)
    assert world.links(await world.say(who, "my seals", "en")) == {
        first.name: f"/m/seals/{first.id}",
        second.name: f"/m/seals/{second.id}",
    }


async def test_verify_leads_to_the_record(world: Any) -> None:
    who, code = await world.log_in(MOBILE), new_code()
    for typed in (f"验真 {code}", f"验真：{group_code(code).lower()}", f"VERIFY {code}", code):
        answer = await world.say(who, typed)
        assert answer.title == f"验真码 {group_code(code)}"
        assert world.links(answer) == {"打开验真页": f"/v/{code}"}
    wrong = await world.say(who, "验真 ABCD")
    assert (wrong.title, world.links(wrong)) == ("这不是有效的验真码", {"验真": "/verify"})


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("盖章", "seal"),
        ("我要用印！", "seal"),
        ("ＳＥＡＬ", "seal"),
        ("Please stamp this.", "seal"),
        ("印章", "seals"),
        ("我的印章", "seals"),
        ("my SEALS?", "seals"),
        ("执照", "licence"),
        ("出示执照", "licence"),
        ("license", "licence"),
        ("登记", "register"),
        ("企业设立登记", "register"),
        ("how do I register", "register"),
        ("用印口令忘了", "pin"),
        ("改密码", "pin"),
        ("PIN", "pin"),
        ("冻结公章", "freeze"),
        ("注销印章", "freeze"),
        ("注销账户", "closing"),
        ("我要注销账号", "closing"),
        ("close my account", "closing"),
        ("签协议", "seal"),
        ("用户协议", "terms"),
        ("怎么打开通知", "alerts"),
        ("消息提醒", "alerts"),
        ("switch on notifications", "alerts"),
        ("通知公告", "notices"),
        ("register an existing company", "entry"),
        ("企业文书", "papers"),
        ("papers", "papers"),
        ("打款验证", "deposit"),
        ("对公账户怎么验证", "deposit"),
        ("unfreeze my seal", "freeze"),
        ("授权给员工用印", "people"),
        ("invite a member", "people"),
        ("换手机了", "devices"),
        ("用印记录", "records"),
        ("帮助", "help"),
        ("help!", "help"),
        ("你好", "hello"),
        ("Hello", "hello"),
        ("验真", "verify_ask"),
        ("怎么验真", "verify_ask"),
        ("verify a document", "verify_ask"),
        ("验真 ABCD", "code_malformed"),
        ("请验真：1234-5678", "code_malformed"),
        ("verify 0000 0000 0000 0001", "code_malformed"),
        ("发票章在哪", "seals"),
        ("where is my invoice seal", "seals"),
        ("公章丢了", "freeze"),
        ("把我的章停了", "freeze"),
        ("I lost my seal", "freeze"),
        ("我想让财务也能用公章", "people"),
        ("how do I let Wang use the seal", "people"),
        ("小王离职了", "people"),
        ("谁用过公章", "records"),
        ("who used my seal", "records"),
        ("我的合同签好了吗", "records"),
        ("where are my documents", "records"),
        ("取消刚才的用印", "cancel"),
        ("盖错了怎么办", "cancel"),
        ("cancel the signing", "cancel"),
        ("cancel my seal", "freeze"),
        ("取消提醒", "alerts"),
        ("帮我看看这份文件是真的吗", "verify_ask"),
        ("is this document genuine", "verify_ask"),
        ("法人换了", "registrar"),
        ("注销公司", "registrar"),
        ("注销公司的公章", "freeze"),
        ("legal representative changed", "registrar"),
        ("证书到期了吗", "renew"),
        ("my certificate expired", "renew"),
        ("口令过期了", "pin"),
        ("扫一扫", "scan"),
        ("scan a QR code", "scan"),
        ("多少钱", "fees"),
        ("how much does it cost", "fees"),
        ("切换公司", "switch_company"),
        ("switch to my other company", "switch_company"),
        ("字太小了", "display"),
        ("dark mode", "display"),
        ("我要退出", "sessions"),
        ("有什么要我批的", "approve"),
        ("合同给对方盖", "seal"),
        ("合同怎么盖", "seal"),
        ("谢谢", "thanks"),
        ("谢谢，帮我盖章", "seal"),
        ("checking", "unknown"),
        ("sealing wax", "unknown"),
        ("今天天气怎么样", "unknown"),
        ("🙂", "unknown"),
    ],
)
def test_words_are_understood_whatever_their_width_and_case(typed: str, wish: str) -> None:
    assert understand(typed) == Understood(wish)


def test_each_wish_is_described_and_has_an_answer() -> None:
    wishes = {wish for wish, _ in chat._CHINESE} | set(chat._ENGLISH.values())
    assert wishes <= set(REPLIES)
    described = set(re.findall(r"\w+", str(understand.__doc__).partition("Wishes:")[2]))
    assert {*wishes, "verify", "code_malformed", "unknown"} <= described


async def test_wishes_about_account_papers_and_alerts_lead_to_their_pages(world: Any) -> None:
    who = await world.log_in(MOBILE)
    assert world.links(await world.say(who, "注销账户")) == {"注销账户": "/m/account-close"}
    assert world.links(await world.say(who, "消息提醒")) == {"用印提醒": "/m/alerts"}
    assert world.links(await world.say(who, "打款验证")) == {"已有企业申请印章": "/m/apply"}
    assert (await world.say(who, "企业文书")).title == "您名下还没有企业"
    company = await world.found(who, NAME, MOBILE)
    assert world.links(await world.say(who, "企业文书")) == {"企业文书": f"/m/papers/{company.id}"}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_answer_can_be_told(world: Any, language: str) -> None:
    who = await world.log_in(MOBILE)
    async with transaction():
        for reply in REPLIES:
            await events.append(
                person_stream(who.person_id),
                "chat.replied",
                actor="assistant",
                subject="chat:0",
                now=world.now,
                facts={"reply": reply} | ({"code": new_code()} if reply == "verify" else {}),
            )
    told = await world.cards(who, language)
    while told[0].id != "welcome":
        told = [*await world.cards(who, language, before=told[0].id), *told]
    assert len({card.title for card in told[1:]}) == len(REPLIES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message.length"),
        ("   ", "message.length"),
        ("字" * 501, "message.length"),
        ("a\x00b", "message.character"),
        ("两\n行", "message.character"),
        ("\u202e反", "message.character"),
        ("\ud800半", "message.character"),
    ],
)
async def test_messages_have_limits(world: Any, text: str, code: str) -> None:
    who = await world.log_in(MOBILE)
    with pytest.raises(Invalid) as refused:
        await conversation.say(world.reader(who), text, world.now)
    assert refused.value.code == code
    assert not await Event.filter(kind="chat.said").exists()


async def test_typing_is_limited_in_rate(world: Any) -> None:
    who, other = await world.log_in(MOBILE), await world.log_in("13987654321")
    for _ in range(conversation.MESSAGES_PER_PERSON.most):
        await conversation.say(world.reader(who), "你好", world.now)
    with pytest.raises(TooMany):
        await conversation.say(world.reader(who), "你好", world.now)
    await conversation.say(world.reader(other), "你好", world.now)
