"""Files that cannot be sealed: each is refused with its reason, in words, and nothing of it is kept."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from seals.pdf.preparing import Protection
from tests.http.site import Party, Site, refused
from tests.seals.pdf import damage, samples
from tests.seals.pdf.bricks import PAGE, TREE, raw
from tests.seals.pdf.sealing_kit import World, signed_regardless

MEBIBYTE = 2**20


def many_pages(count: int) -> bytes:
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page(page_size=(595, 842))
    out = BytesIO()
    pdf.save(out)
    return out.getvalue()


def grown(data: bytes, size: int) -> bytes:
    """The same document in `size` bytes."""
    return data.replace(b"\n%%EOF", b"\n%" + b"x" * (size - len(data)) + b"\n%%EOF")


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda: b"hello, this is a letter\n", 422, "pdf.not_pdf"),
        (lambda: b"PK\x03\x04 a docx", 422, "pdf.not_pdf"),
        (lambda: b"\x00" * 5000, 422, "pdf.not_pdf"),
        (samples.cut_off, 422, "pdf.truncated"),
        (samples.cut_off_linearized, 422, "pdf.truncated"),
        (lambda: b"%PDF-1.7\n%%EOF\n", 422, "pdf.broken"),
        (samples.encrypted, 422, "pdf.encrypted"),
        (lambda: samples.encrypted(opens_without_password=True), 409, "pdf.restricted"),
        (damage.two_contents, 422, "pdf.shown_differently"),
        (samples.no_pages, 422, "pdf.no_pages"),
        (lambda: many_pages(2000), 413, "pdf.too_many_pages"),
        (lambda: grown(samples.contract(), 51 * MEBIBYTE), 413, "pdf.too_large"),
        (lambda: grown(samples.contract(), 60 * MEBIBYTE), 413, "request.too_large"),
        (samples.page_loop, 422, "pdf.broken"),
        (samples.deep_nesting, 422, "pdf.broken"),
        (lambda: samples.bomb(100), 413, "pdf.too_many_objects"),
        (samples.bad_box, 422, "pdf.page_size"),
        (lambda: samples.layers(printing_differs=True), 409, "pdf.active_content"),
        (lambda: b"", 422, "upload.missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_and_nothing_kept(
    site: Site, a: Party, make: Callable[[], bytes], status: int, code: str
) -> None:
    before = site.state()
    error = refused(lambda: a.client.upload("合同.pdf", make()), status, code)
    assert re.search("请|上限", error.zh), "no word of what to do"
    assert site.state() == before


def test_1000_pages_and_50_mb_are_still_taken(a: Party) -> None:
    assert a.client.upload("厚.pdf", many_pages(1000))["page_count"] == 1000
    assert a.client.upload("大.pdf", grown(samples.contract(), 50 * MEBIBYTE - 4096))["page_count"] == 1


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (samples.javascript, ["javascript"]),
        (samples.hidden_name_javascript, ["javascript", "open_action"]),
        (samples.chained_launch, ["launch"]),
        (samples.xfa, ["xfa"]),
        (samples.embedded_file, ["embedded_files"]),
        (samples.movie, ["multimedia"]),
        (samples.layers, ["layers"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_active_content_is_listed_and_goes_with_consent_only(
    site: Site, a: Party, make: Callable[[], bytes], codes: list[str]
) -> None:
    before = site.state()
    error = refused(lambda: a.client.upload("动态.pdf", make()), 409, "pdf.active_content")
    assert error.facts["active"] == codes
    assert site.state() == before
    kept = a.client.upload("动态.pdf", make(), remove_active=True)
    assert kept["removed"] == codes
    (blob,) = site.column("document", "blob", id=kept["id"])
    stored = (site.data / "blobs" / blob[:2] / blob).read_bytes()
    with pikepdf.open(BytesIO(stored)) as pdf:
        objects = b"".join(item.unparse(resolved=True) for item in pdf.objects)
    for trace in (b"/JavaScript", b"/Launch", b"/XFA", b"/EmbeddedFile", b"/Movie", b"/OCProperties"):
        assert trace not in objects


def test_restrictions_go_with_their_own_consent_and_it_is_on_record(site: Site, a: Party) -> None:
    protected = samples.encrypted(opens_without_password=True)
    refused(lambda: a.client.upload("受限.pdf", protected, remove_active=True), 409, "pdf.restricted")
    kept = a.client.upload("受限.pdf", protected, lift_restrictions=True)
    assert kept["removed"] == ["restrictions"]
    (blob,) = site.column("document", "blob", id=kept["id"])
    assert b"/Encrypt" not in (site.data / "blobs" / blob[:2] / blob).read_bytes()


def test_who_uploads_sees_both_pictures_of_a_page_that_readers_show_differently(a: Party) -> None:
    error = refused(lambda: a.client.upload("x.pdf", damage.two_contents()), 422, "pdf.shown_differently")
    before, after = (base64.b64decode(error.facts[name]) for name in ("before", "after"))
    assert before[:4] == after[:4] == b"\x89PNG"
    assert before != after


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: samples.xfa(dynamic=True), "pdf.dynamic_form"),
        (lambda: samples.form(value="金额", drawn=False), "pdf.form_not_drawn"),
        (lambda: samples.layers(hidden=True), "pdf.hidden_layers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_made_plain_is_refused_even_with_consent(
    site: Site, a: Party, make: Callable[[], bytes], code: str
) -> None:
    before = site.state()
    refused(lambda: a.client.upload("x.pdf", make(), remove_active=True), 422, code)
    assert site.state() == before


@pytest.fixture(scope="module")
def world() -> World:
    """Somebody else's seals, under an authority that we do not know."""
    return World()


def test_a_file_signed_by_others_is_followed_and_not_touched(a: Party, world: World) -> None:
    theirs = world.sign(samples.contract())
    document = a.client.upload("对方已签.pdf", theirs)
    assert (document["signed"], document["version"], document["removed"]) == (True, 0, [])
    _, ours = a.sign(theirs, "对方已签.pdf")
    assert ours.startswith(theirs), "the earlier revision stays byte for byte"
    verdicts = [each["verdict"] for each in a.client.verify("x.pdf", ours)["signatures"]]
    assert verdicts == ["unknown", "valid"]


def test_a_file_declared_final_takes_no_further_seal(site: Site, a: Party, world: World) -> None:
    final = a.client.upload("定稿.pdf", world.sign(samples.contract(), protection=Protection.SOLE))
    assert final["certification"] == 1
    before = site.state()
    place = {"page": 0, "x_mm": 20.0, "y_mm": 20.0}
    refused(lambda: a.client.request_signing(final["id"], a.seal(), **place), 409, "pdf.final")
    assert site.state() == before


def test_our_own_final_version_takes_no_further_seal(a: Party, b: Party) -> None:
    _, signed = a.sign(samples.contract(), others="none")
    document = b.client.upload("已盖章.pdf", signed)
    place = {"page": 0, "x_mm": 20.0, "y_mm": 20.0}
    refused(lambda: b.client.request_signing(document["id"], b.seal(), **place), 409, "pdf.final")


def test_a_signed_file_with_scripts_is_refused_whatever_is_agreed(site: Site, a: Party, world: World) -> None:
    signed = signed_regardless(world, samples.javascript())
    before = site.state()
    for remove in (False, True):
        upload = lambda remove=remove: a.client.upload("x.pdf", signed, remove_active=remove)  # noqa: E731
        assert refused(upload, 422, "pdf.signed_and_active").facts["active"] == ["javascript"]
    assert site.state() == before


def test_an_older_version_cannot_be_sealed_again(site: Site, a: Party, b: Party) -> None:
    _, first = a.sign(samples.contract(), others="unknown")
    b.sign(first, x_mm=120.0)
    before = site.state()
    refused(lambda: a.client.upload("旧.pdf", first), 409, "document.newer_version")
    assert site.state() == before


def test_objects_nobody_refers_to_do_not_stay(site: Site, a: Party) -> None:
    kept = a.client.upload("合同.pdf", samples.unreferenced_secret())
    (blob,) = site.column("document", "blob", id=kept["id"])
    assert b"1 yuan" not in (site.data / "blobs" / blob[:2] / blob).read_bytes()
    assert raw([b"<</Type/Catalog/Pages 2 0 R>>", TREE, PAGE])  # the sample without the left-over is sound
