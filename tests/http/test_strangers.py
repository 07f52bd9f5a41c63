"""What somebody who is no party sees and finds out, on the pages that need no scripts (domain §7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from html import unescape

import httpx
import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name

from server.client import Client
from tests.http.site import Party, Site
from tests.seals.pdf.samples import contract, save

SEAL = {
    *("company", "uscc", "seal_name", "seal_number", "signed_at", "version"),
    *("seal_state_then", "seal_state_now", "seal_state_since", "certificate_state_now"),
    "company_now",
}
ON_THE_PAGE = {
    *("验真码", "印章", "签章单位", "统一社会信用代码"),
    *("签署时间", "签署时的状态", "现在的状态"),
}
OWN = {"页数", "印章", "申请人", "申请时间", "签署内容的 SHA-256"}
"""What only a party reads: the file's name is its heading."""


@dataclass(frozen=True)
class Sealed:
    """A sealed document, and one that waits: its prepared bytes leaked."""

    code: str
    data: bytes
    source: bytes
    draft_code: str
    draft: bytes


@pytest.fixture(scope="module")
def sealed(site: Site, a: Party) -> Sealed:
    source = contract(2)
    done, data = a.sign(source, "秘密协议.pdf")
    waiting = a.ask(contract(3), "草稿.pdf")
    (blob,) = site.column("signing", "prepared_blob", id=waiting["id"])
    draft = (site.data / "blobs" / blob[:2] / blob).read_bytes()
    return Sealed(done["document"]["code"], data, source, waiting["document"]["code"], draft)


def main_of(answer: httpx.Response) -> str:
    return unescape(answer.text.partition("<main")[2].partition("</main>")[0])


def terms(html: str) -> set[str]:
    return set(re.findall(r"<dt>(.*?)</dt>", html))


def answer_to(http: httpx.Client, path: str, data: bytes, name: str = "x.pdf") -> tuple[str, str]:
    """What the form's page says of a file: its colour and its heading."""
    page = main_of(http.post(path, files={"file": (name, data, "application/pdf")}))
    kind = re.search(r'class="answer" data-kind="(\w+)"', page)
    heading = re.search(r"<h1>(.*?)</h1>", page)
    assert kind, page
    assert heading
    return kind[1], heading[1]


def pictured(data: bytes) -> bytes:
    """The first page as a picture in a PDF of its own: seal and code as they were, and no signature."""
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    image = document[0].render(scale=2, may_draw_forms=True).to_pil().convert("RGB")
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    picture = pdf.make_stream(image.tobytes(), Type=Name.XObject, Subtype=Name.Image, BitsPerComponent=8)
    picture.Width, picture.Height, picture.ColorSpace = image.width, image.height, Name.DeviceRGB
    page.Resources = Dictionary(XObject=Dictionary(Page=picture))
    page.Contents = pdf.make_stream(b"595 0 0 842 0 0 cm /Page Do")
    return save(pdf)


# ---------------------------------------------------------------- what is told


def test_every_field_that_a_stranger_may_see(stranger: Client, b: Party, sealed: Sealed) -> None:
    """A further one, on the page or in the answers, fails here until somebody has judged it."""
    record = stranger.record(sealed.code)
    assert set(record) == {"code", "state", "versions", "seals", "paper"}
    assert record["paper"] is None
    assert [set(seal) for seal in record["seals"]] == [SEAL]
    match = stranger.match(sealed.code, "0" * 64)
    assert set(match) == {"match", "version", "newest", "seals"}
    for reader in (stranger.http, b.http):  # who is logged in and no party is a stranger too
        page = main_of(reader.get(f"/v/{sealed.code}"))
        assert terms(page) == ON_THE_PAGE
        assert "秘密协议" not in page


def test_a_party_that_is_logged_in_sees_all(a: Party, sealed: Sealed) -> None:
    page = main_of(a.http.get(f"/v/{sealed.code}"))
    assert terms(page) == ON_THE_PAGE | OWN
    assert "秘密协议.pdf" in page
    assert "秘密协议" not in main_of(a.http.get(f"/v/{sealed.draft_code}")), "nothing is sealed under it"


# ---------------------------------------------------------------- what is answered


def test_a_form_gives_the_verdict_where_no_scripts_run(stranger: Client, sealed: Sealed) -> None:
    http = stranger.http
    assert answer_to(http, f"/v/{sealed.code}", sealed.data) == ("valid", "文件与记录一致")
    assert answer_to(http, "/verify", sealed.data) == ("valid", "签章真实有效")
    at = sealed.data.index(b"stream") + 60
    changed = sealed.data[:at] + bytes([sealed.data[at] ^ 1]) + sealed.data[at + 1 :]
    assert answer_to(http, f"/v/{sealed.code}", changed)[0] == "invalid"
    assert http.post(f"/v/{sealed.code}").status_code == 422
    assert http.get("/v", params={"code": sealed.code}).headers["location"] == f"/v/{sealed.code}"


def test_a_form_knows_a_file_to_which_a_timestamp_was_added_since(
    site: Site, stranger: Client, a: Party
) -> None:
    done, data = a.sign(contract(), "续期.pdf")
    site.change(
        "INSERT INTO archived_file "
        "(sha256, version_id, number, units, made_with, proven_until, renew_at, created_at) "
        "SELECT ?, version_id, 1, units, made_with, proven_until, renew_at, created_at "
        "FROM archived_file WHERE sha256 = ?",
        "f" * 64,
        sha256(data).hexdigest(),
    )
    path = f"/v/{done['document']['code']}"
    assert answer_to(stranger.http, path, data) == ("valid", "文件与记录一致")


def test_a_qr_code_copied_onto_another_document(stranger: Client, a: Party, sealed: Sealed) -> None:
    """Sealed or not, what is not the recorded file is not green under its code."""
    other, data = a.sign(contract(), "别的.pdf")
    assert other["document"]["code"] != sealed.code
    path = f"/v/{sealed.code}"
    assert answer_to(stranger.http, path, data) == ("unknown", "签章有效，但不属于这个验真码")
    assert answer_to(stranger.http, path, sealed.source) == ("unsigned", "没有电子签章")


def test_a_prepared_file_that_leaked(stranger: Client, sealed: Sealed) -> None:
    """It carries the seal's picture and the code, and nobody has signed it."""
    page = stranger.http.get(f"/v/{sealed.draft_code}")
    assert "这份文件还没有盖章" in main_of(page)
    assert "record-bad" in page.text
    for path in ("/verify", f"/v/{sealed.draft_code}", f"/v/{sealed.code}"):
        kind, heading = answer_to(stranger.http, path, sealed.draft)
        assert (kind, heading) == ("invalid", "不能采信")


def test_a_picture_of_a_seal_is_told_apart(stranger: Client, sealed: Sealed) -> None:
    """A page that looks sealed and is signed by nobody (R61), also with a genuine code on it."""
    copied = pictured(sealed.data)
    told = stranger.verify("像盖过章.pdf", copied)
    assert (told["verdict"], told["signatures"], told["record"]) == ("unsigned", [], None)
    path = f"/v/{sealed.code}"
    assert answer_to(stranger.http, path, copied) == ("unsigned", "没有电子签章")
    page = stranger.http.post(path, files={"file": ("x.pdf", copied)})
    assert "印章图案本身不能证明任何事" in main_of(page)
