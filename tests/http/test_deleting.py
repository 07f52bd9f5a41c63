"""A company deletes what it brought and never sealed: the file goes, unless another brought it too."""

from __future__ import annotations

from pathlib import Path

from tests.http.site import Party, Site, joined_as, refused
from tests.seals.pdf.samples import contract


def stored(site: Site) -> set[str]:
    return {path.name for path in (Path(site.data) / "blobs").rglob("*") if path.is_file()}


def test_what_was_never_sealed_is_deleted_with_its_file(site: Site, a: Party, b: Party) -> None:
    before = stored(site)
    data = contract(tail=b"% to be deleted\n")
    document = a.client.upload("保密.pdf", data)["id"]
    (original,) = stored(site) - before
    elsewhere = b.client.upload("同一份.pdf", data)["id"]
    signing = a.client.request_signing(document, a.seal(), page=0, x_mm=40.0, y_mm=205.0)["id"]
    assert len(stored(site) - before) == 2, "with what was prepared"
    refused(lambda: b.client.delete_document(document), 404, "document.not_found")
    refused(lambda: a.client.delete_document(document), 409, "document.signing_waits")
    assert a.client.document(document)["name"] == "保密.pdf"
    a.client.cancel(signing)

    a.client.delete_document(document)
    assert stored(site) - before == {original}, "the other company's"
    for again in (a.client.document, a.client.delete_document):
        refused(lambda again=again: again(document), 404, "document.not_found")  # type: ignore[misc]
    place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
    refused(lambda: a.client.request_signing(document, a.seal(), **place), 404, "document.not_found")
    assert a.client.signing(signing)["document"]["name"] == "—"
    assert "保密" not in str([row for table, row in site.rows() if table == "document"])
    (card,) = [each for each in a.client.thread()["cards"] if each["kind"] == "document.deleted"]
    assert card["lines"][0] == "这份没有盖章的文件已从平台删除，不能恢复。"
    assert not [each for each in b.client.thread()["cards"] if each["kind"] == "document.deleted"]
    assert a.http.get(f"/api/signings/{signing}/pages/0.png").status_code == 404

    b.client.delete_document(elsewhere)
    assert stored(site) == before
    again = a.client.upload("保密.pdf", data)["id"]
    assert a.http.get(f"/api/documents/{again}/pages/0.png").status_code == 200, "it may come back"
    a.client.delete_document(again)


def test_what_was_sealed_stays(site: Site, a: Party) -> None:
    done, _ = a.sign(contract())
    before = site.state()
    refused(lambda: a.client.delete_document(done["document"]["id"]), 409, "document.sealed")
    assert site.state() == before


def test_a_member_deletes_his_own_and_nobody_elses(site: Site, a: Party) -> None:
    agent, _ = joined_as(site, a, 9701, "agent")
    his, its = (who.client.upload("合同.pdf", contract(), company=a.company)["id"] for who in (agent, a))
    refused(lambda: agent.client.delete_document(its), 403, "access.denied")
    agent.client.delete_document(his)
    a.client.delete_document(its)
