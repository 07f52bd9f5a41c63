"""File names as strangers send them: shown, stored and sent back, and never more than a name."""

from __future__ import annotations

import unicodedata
from email.message import Message
from urllib.parse import unquote

import pytest

from tests.http.site import BOUNDARY, Party, Site, multipart
from tests.seals.pdf.samples import HOSTILE_NAMES, contract

MORE = (
    "%2e%2e%2fetc%2fpasswd.pdf",
    "合同.PDF.exe",
    "a" * 5000,
    "\U0001f469\u200d\U0001f467.pdf",
    ".pdf",
    "..pdf",
    "CON.pdf",
    "合同\u2028二.pdf",
    "a;b=c.pdf",
)
NAMES = [name for name in (*HOSTILE_NAMES, *MORE) if name]  # a part without a name is no file, see below


def send(party: Party, disposition: bytes, **part: bytes) -> tuple[int, dict[str, object]]:
    answer = party.http.post(
        "/api/documents",
        content=multipart(disposition, contract(), **part),
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    return answer.status_code, answer.json()


def is_plain(name: str) -> bool:
    of = [unicodedata.category(c) for c in name]
    harmless = not any(one[0] == "C" or one in {"Zl", "Zp"} for one in of)
    harmless = harmless and not set(name) & set('/\\<>:"|?*')
    return harmless and 5 <= len(name) <= 200 and name.endswith(".pdf") and name[0] != "."


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_a_hostile_name_becomes_a_plain_one(site: Site, a: Party, name: str) -> None:
    kept = a.client.upload(name, contract())
    assert is_plain(kept["name"]), kept["name"]
    assert site.column("document", "name", id=kept["id"]) == [kept["name"]]
    below = {path.relative_to(site.data).parts[0] for path in site.data.rglob("*.pdf")}
    assert below == set(), "no file is called as a stranger says"


@pytest.mark.parametrize(
    ("disposition", "status"),
    [
        (b'form-data; name="file"; filename="../../x.pdf"', 201),
        (b'form-data; name="file"; filename="a\x00b.pdf"', 201),
        (b'form-data; name="file"; filename="\xff\xfe.pdf"', None),
        (b"form-data; name=\"file\"; filename*=utf-8''%E5%90%88%E5%90%8C%0d%0aSet-Cookie:x.pdf", 201),
        (b"form-data; name=\"file\"; filename*=klingon''%ff.pdf", None),
        (b'form-data; name="file"; filename*=x', None),
        (b'form-data; name="file"; filename=', None),
        (b'form-data; name="file"; filename=""', None),
        (b'form-data; name="file"', 422),
        (b'form-data; name="other"; filename="x.pdf"', 422),
        (b'form-data; filename="x.pdf"', 422),
        (b"attachment", 422),
        (b"", 422),
    ],
)
def test_a_malformed_part_is_no_error_of_ours(
    site: Site, a: Party, disposition: bytes, status: int | None
) -> None:
    before = site.state()
    got, told = send(a, disposition)
    assert got in ({201, 422} if status is None else {status}), told
    if got == 201:
        assert is_plain(str(told["name"]))
    else:
        assert told["error"]["code"] == "upload.missing"  # type: ignore[index]
        assert site.state() == before


@pytest.mark.parametrize("kind", [b"text/plain; charset=klingon", b"", b"image/png", b"multipart/mixed"])
def test_the_type_that_a_part_claims_is_not_believed(a: Party, kind: bytes) -> None:
    status, told = send(a, b'form-data; name="file"; filename="x.pdf"', kind=kind)
    assert (status, told.get("name")) in {(201, "x.pdf"), (422, None)}


def test_the_name_goes_out_as_a_name_only(a: Party) -> None:
    evil = 'a"; filename=evil.exe; x="\r\nSet-Cookie: stolen=1\r\n\r\n<script>合同\u202efdp'
    done, _ = a.sign(contract(), evil)
    answer = a.http.get(a.client.export_signing(done["id"], "pdf")["download_url"])
    assert answer.headers["content-type"] == "application/pdf"
    assert "set-cookie" not in answer.headers
    told = answer.headers["content-disposition"]
    assert told.isascii()
    parsed = Message()
    parsed["content-disposition"] = told
    assert parsed.get_content_disposition() == "attachment"
    assert unquote(told.rpartition("''")[2]) == done["document"]["name"].removesuffix(".pdf") + ".signed.pdf"
    assert set(dict(parsed.get_params(header="content-disposition") or [])) == {"attachment", "filename"}
