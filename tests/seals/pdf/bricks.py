"""What sample files are built of: hand-written file structure, a Chinese font, a page full of text."""

from __future__ import annotations

from pikepdf import Array, Dictionary, Name

SENTENCE = "甲乙双方经平等协商，就本合同项下货物的买卖事宜达成如下条款，并共同遵守执行。"
TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def raw(objects: list[bytes], in_stream: tuple[int, int] | None = None) -> bytes:
    """A file with a classical or, for objects in streams, a cross-reference stream."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    if in_stream is None:
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        size = len(objects) + 1
        out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
        out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, at)
        return bytes(out)
    number, container = in_stream
    entries = [(1, offset, 0) for offset in offsets] + [(1, at, 0)]
    entries += [(0, 0, 0)] * (number - len(entries) - 1) + [(2, container, 0)]
    table = b"\0\0\0\0\0\xff" + b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + bytes([index]) for kind, place, index in entries
    )
    head = b"<</Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/Length %d>>" % (number + 1, len(table))
    out += b"%d 0 obj\n%sstream\n%s\nendstream\nendobj\n" % (len(offsets) + 1, head, table)
    out += b"startxref\n%d\n%%%%EOF\n" % at
    return bytes(out)


def chinese_font() -> Dictionary:
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType0,
        BaseFont=Name("/STSong-Light"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"GB1", Supplement=4),
        FontDescriptor=Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/STSong-Light"),
            Flags=6,
            FontBBox=[-25, -254, 1000, 880],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=880,
            StemV=93,
        ),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/STSong-Light"),
        Encoding=Name("/UniGB-UTF16-H"),
        DescendantFonts=Array([descendant]),
    )


def page_of_text(box: tuple[float, ...], rotate: int, number: int) -> bytes:
    """Lines that stand upright on the page as shown, from its top-left corner."""
    llx, lly, urx, ury = box
    width, height = urx - llx, ury - lly
    turn = {
        0: (1, 0, 0, 1, llx, lly),
        90: (0, 1, -1, 0, urx, lly),
        180: (-1, 0, 0, -1, urx, ury),
        270: (0, -1, 1, 0, llx, ury),
    }[rotate % 360]
    shown_width, shown_height = (height, width) if rotate in (90, 270) else (width, height)
    size = 12
    lines = max(1, int((shown_height - 20) / (size * 1.5)))
    text = (f"第{number + 1}页 " + SENTENCE * 10)[: max(4, int((shown_width - 20) / size))]
    code = text.encode("utf-16-be").hex().encode()
    matrix = b" ".join(b"%.3f" % value for value in turn)
    rows = b"".join(
        b"1 0 0 1 10 %.2f Tm <%s> Tj\n" % (shown_height - 10 - size * 1.5 * (row + 1) + 6, code)
        for row in range(lines)
    )
    return b"q %s cm BT /F1 %d Tf 0 g\n%sET Q\n" % (matrix, size, rows)
