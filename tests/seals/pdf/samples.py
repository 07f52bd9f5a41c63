"""PDF files built by code: honest ones, odd ones, hostile ones. Nothing is read from disk."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from tests.seals.pdf.bricks import PAGE, TREE, chinese_font, page_of_text, raw

A4 = (0, 0, 595.276, 841.89)
HOSTILE_NAMES = (
    "../../etc/passwd.pdf",
    "..\\..\\windows\\system32\\a.pdf",
    "合同\u202efdp.exe",
    "a\x00b.pdf",
    'x";rm -rf /;".pdf',
    "<script>alert(1)</script>.pdf",
    "\r\nSet-Cookie: a=b.pdf",
    "很" * 300 + ".pdf",
    "",
    ".",
)


def contract(
    pages: int = 1,
    *,
    rotate: int = 0,
    media_box: tuple[float, ...] = A4,
    crop_box: tuple[float, ...] | None = None,
    user_unit: float | None = None,
    tail: bytes = b"",
) -> bytes:
    """A contract: each page black with Chinese text from edge to edge. `tail`: more content operators."""
    return save(contract_pdf(pages, rotate, media_box, crop_box, user_unit, tail))


def contract_pdf(
    pages: int = 1,
    rotate: int = 0,
    media_box: tuple[float, ...] = A4,
    crop_box: tuple[float, ...] | None = None,
    user_unit: float | None = None,
    tail: bytes = b"",
) -> Pdf:
    pdf = pikepdf.new()
    font = pdf.make_indirect(chinese_font())
    for number in range(pages):
        box = crop_box or media_box
        content = page_of_text(box, rotate, number) + tail
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array(media_box),
            Contents=pdf.make_stream(content),
            Resources=Dictionary(Font=Dictionary(F1=font)),
        )
        if rotate:
            page.Rotate = rotate
        if crop_box:
            page.CropBox = Array(crop_box)
        if user_unit:
            page.UserUnit = user_unit
        pdf.pages.append(pikepdf.Page(page))
    return pdf


def save(pdf: Pdf, **options: object) -> bytes:
    out = BytesIO()
    pdf.save(out, **{"deterministic_id": True, "fix_metadata_version": False, **options})  # type: ignore[arg-type]
    return out.getvalue()


def changed(change: Callable[[Pdf], None], pages: int = 1) -> bytes:
    """A contract to which something was done."""
    pdf = contract_pdf(pages)
    change(pdf)
    return save(pdf)


# ---------------------------------------------------------------- files that cannot be used


def encrypted(*, opens_without_password: bool = False) -> bytes:
    out = BytesIO()
    user = "" if opens_without_password else "open-sesame"
    contract_pdf().save(out, encryption=pikepdf.Encryption(user=user, owner="owner"))
    return out.getvalue()


def cut_off(share: float = 0.6) -> bytes:
    data = contract(3)
    return data[: int(len(data) * share)]


def cut_off_linearized() -> bytes:
    """Its first part ends with %%EOF by itself; only /L says that the rest is missing."""
    data = save(contract_pdf(40), linearize=True)
    first_end = data.index(b"%%EOF") + 5
    return data[:first_end] + b"\n"


def no_pages() -> bytes:
    return save(pikepdf.new())


def page_loop() -> bytes:
    """The page tree contains itself."""

    def loop(pdf: Pdf) -> None:
        tree = pdf.Root.Pages
        tree.Kids = Array([tree, tree])
        tree.Count = 4

    return changed(loop)


def deep_nesting(depth: int = 20_000) -> bytes:
    nested = b"[" * depth + b"]" * depth
    return raw([b"<</Type/Catalog/Pages 2 0 R/X " + nested + b">>", TREE, PAGE])


@cache
def bomb(mebibytes: int = 300) -> bytes:
    """An object stream that inflates to far more than any honest one."""
    packer = zlib.compressobj(9)
    chunk = b" " * 2**20
    packed = b"".join(packer.compress(chunk) for _ in range(mebibytes)) + packer.flush()
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        len(packed),
        packed,
    )
    return raw([b"<</Type/Catalog/Pages 2 0 R>>", TREE, PAGE, stream], in_stream=(9, 4))


def bad_box(box: bytes = b"[0 0 0 0]") -> bytes:
    return raw([b"<</Type/Catalog/Pages 2 0 R>>", TREE, PAGE.replace(b"[0 0 595 842]", box)])


def wrong_xref() -> bytes:
    """Honest content, cross-references that point nowhere."""
    data = save(contract_pdf(2), object_stream_mode=pikepdf.ObjectStreamMode.disable)
    at = data.rindex(b"startxref")
    return data[:at] + b"startxref\n17\n%%EOF\n"


# ---------------------------------------------------------------- active content


def javascript() -> bytes:
    def add(pdf: Pdf) -> None:
        action = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert('x')"))
        tree = Dictionary(Names=Array([pikepdf.String("a"), pdf.make_indirect(action)]))
        pdf.Root.Names = Dictionary(JavaScript=tree)

    return changed(add)


def hidden_name_javascript() -> bytes:
    """The name is spelt /J#61vaScript, as scanners for the plain word would not see."""
    root = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/J#61vaScript/#4aS(app.alert\\(1\\))>>>>"
    return raw([root, TREE, PAGE])


def launch() -> bytes:
    return changed(lambda pdf: _link(pdf, Dictionary(S=Name.Launch, F=pikepdf.String("/bin/sh"))))


def chained_launch() -> bytes:
    """A harmless web link whose /Next starts a program."""
    launch_action = Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe"))
    chain = Dictionary(S=Name.URI, URI=pikepdf.String("https://example.com/"), Next=launch_action)
    return changed(lambda pdf: _link(pdf, chain))


def web_link(address: str = "https://example.com/") -> bytes:
    return changed(lambda pdf: _link(pdf, Dictionary(S=Name.URI, URI=pikepdf.String(address))))


def open_action() -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.Named, N=Name.Print)
        pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.URI, URI=pikepdf.String("https://x.example")))

    return changed(add)


def opens_at_page() -> bytes:
    """A plain destination as /OpenAction: harmless."""

    def add(pdf: Pdf) -> None:
        pdf.Root.OpenAction = Array([pdf.pages[1].obj, Name.Fit])

    return changed(add, pages=2)


def xfa(*, dynamic: bool = False) -> bytes:
    def add(pdf: Pdf) -> None:
        form = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp:xdp/>"))
        pdf.Root.AcroForm = form
        if dynamic:
            pdf.Root.NeedsRendering = True

    return changed(add)


def embedded_file(name: str = HOSTILE_NAMES[0]) -> bytes:
    def add(pdf: Pdf) -> None:
        pdf.attachments["x"] = pikepdf.AttachedFileSpec(pdf, b"MZ evil", filename=name)

    return changed(add)


def file_annotation() -> bytes:
    def add(pdf: Pdf) -> None:
        spec = Dictionary(Type=Name.Filespec, F=pikepdf.String("a.exe"))
        spec.EF = Dictionary(F=pdf.make_stream(b"MZ evil"))
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[10, 10, 30, 30], FS=spec)
        pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])

    return changed(add)


def movie() -> bytes:
    def add(pdf: Pdf) -> None:
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Movie, Rect=[10, 10, 99, 99])
        annotation.Movie = Dictionary(F=pikepdf.String("a.avi"))
        pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])

    return changed(add)


def external_stream() -> bytes:
    """Page content that lies in another file."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    stream = b"<</Length 0/F(http://example.com/page)>>stream\n\nendstream"
    return raw([b"<</Type/Catalog/Pages 2 0 R>>", TREE, page, stream])


def layers(*, hidden: bool = False, printing_differs: bool = False, inverted: bool = False) -> bytes:
    """A page with one optional-content layer (a black bar), shown, hidden, or shown only on paper."""

    def add(pdf: Pdf) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String("价格")))
        default = Dictionary(Order=Array([group]))
        if hidden:
            default.OFF = Array([group])
        if printing_differs:
            group.Usage = Dictionary(Print=Dictionary(PrintState=Name.OFF))
            default.AS = Array(
                [Dictionary(Event=Name.Print, Category=Array([Name.Print]), OCGs=Array([group]))]
            )
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=default)
        shown = group
        if inverted:
            shown = pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=group, P=Name.AllOff))
        page = pdf.pages[0]
        page.Resources.Properties = Dictionary(MC0=shown)
        square = pdf.make_stream(b"0 g 0 0 9 9 re f", Subtype=Name.Form, BBox=[0, 0, 9, 9], OC=shown)
        page.Resources.XObject = Dictionary(Sq=square)
        page.contents_add(b"/OC /MC0 BDC 0 g 60 60 200 30 re f EMC /Sq Do", prepend=False)

    return changed(add)


# ---------------------------------------------------------------- forms and comments


def form(
    *,
    value: str = "ABC 123",
    drawn: bool = True,
    rectangle: tuple[float, float, float, float] = (100, 700, 300, 720),
) -> bytes:
    """A filled text field, with its own appearance (a black box) or without any."""

    def add(pdf: Pdf) -> None:
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=pikepdf.String("金额"),
            V=pikepdf.String(value),
            DA=pikepdf.String("/Helv 12 Tf 0 g"),
            Rect=Array(rectangle),
            F=4,
        )
        if drawn:
            look = pdf.make_stream(b"0 g 0 0 200 20 re f", Subtype=Name.Form, BBox=[0, 0, 200, 20])
            field.AP = Dictionary(N=look)
        reference = pdf.make_indirect(field)
        pdf.pages[0].Annots = Array([reference])
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        resources = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(helvetica)))
        pdf.Root.AcroForm = Dictionary(Fields=Array([reference]), DR=resources)

    return changed(add)


def comment() -> bytes:
    def add(pdf: Pdf) -> None:
        look = pdf.make_stream(b"1 1 0 rg 0 0 50 50 re f", Subtype=Name.Form, BBox=[0, 0, 50, 50])
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.Text, Rect=[400, 700, 450, 750], Contents=pikepdf.String("x")
        )
        note.AP = Dictionary(N=look)
        pdf.pages[0].Annots = Array([pdf.make_indirect(note)])

    return changed(add)


def unreferenced_secret() -> bytes:
    """An object nobody refers to, as an editor leaves behind."""
    data = raw([b"<</Type/Catalog/Pages 2 0 R>>", TREE, PAGE, b"(the old price was 1 yuan)"])
    return data


# ---------------------------------------------------------------- parts


def _link(pdf: Pdf, action: Dictionary) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[50, 50, 150, 70], A=action)
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])
