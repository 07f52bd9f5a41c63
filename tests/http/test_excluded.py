"""What the law keeps to paper is not sealed here (R164-R166); that the parties agreed is on record (R162)."""

from __future__ import annotations

import pytest

from seals.excluded import EXCLUDED, spoken_of
from tests.http.site import Party, Site, refused
from tests.seals.papers.test_setting import texts
from tests.seals.pdf.samples import contract
from tests.seals.pdf.test_phrases import written


@pytest.mark.parametrize("kind", EXCLUDED)
def test_a_kind_that_the_law_excludes_is_refused_with_its_article(a: Party, kind: str) -> None:
    error = refused(lambda: a.ask(contract(), document_kind=kind), 403, "document_kind.excluded")
    assert EXCLUDED[kind].article_zh in error.zh
    assert "第三条" in error.zh
    ruled = refused(
        lambda: a.client.draft_rule(a.seal(), ["representative"], kinds=[kind]), 403, "document_kind.excluded"
    )
    assert ruled.zh == error.zh, "there is no such kind for rules and grants"


def test_a_title_that_speaks_of_it_is_warned_of_and_not_refused(a: Party) -> None:
    by_name = a.client.upload("离婚协议书.pdf", contract(), company=a.company)
    assert "第三条" in by_name["warning_zh"]
    by_text = a.client.upload("通知.pdf", written("关于停止供热的通知"), company=a.company)
    assert "供热" in by_text["warning_zh"]
    assert a.client.upload("合同.pdf", contract(), company=a.company)["warning_zh"] is None
    sent = a.client.request_signing(by_name["id"], a.seal(), page=0, x_mm=40.0, y_mm=205.0)
    assert sent["state"] == "pending", "a title is no proof"
    a.client.cancel(sent["id"])


def test_a_title_is_the_name_or_how_the_text_begins() -> None:
    assert spoken_of("遗 嘱.pdf", "") == "family"
    assert spoken_of("通知.pdf", "停 水\n通知") == "utility"
    assert spoken_of("合同.pdf", "采购合同" + "条" * 80 + "继承") == "", (
        "what stands further down is no title"
    )
    assert spoken_of("供热服务合同.pdf", "供水") == ""


def test_where_several_sign_each_declares_that_they_agreed(site: Site, a: Party, b: Party) -> None:
    lacking = (422, "signing.agreement")
    refused(lambda: a.ask(contract(), others="unknown", agreed=False), *lacking)
    done, data = a.sign(contract(), others="unknown")
    refused(lambda: b.ask(data, agreed=False), *lacking)
    also, _ = b.sign(data)
    facts = [
        site.column("event", "facts", kind="signing.requested", subject=f"signing:{each['id']}")[0]
        for each in (done, also)
    ]
    assert all('"agreed"' in each for each in facts)
    report = "".join(texts(b.client.evidence_report(also["id"])))
    assert "各方已约定使用电子签名" in report
    alone = a.ask(contract(), agreed=False)
    assert alone["state"] == "pending", "who signs alone agrees with nobody"
    a.client.cancel(alone["id"])
