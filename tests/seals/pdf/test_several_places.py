"""One seal in several places of a document: locked stamps in the revision that its signature covers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from auth.errors import Conflict, Invalid
from seals.pdf.preparing import OtherField, Place, PreparedMeta, Protection
from seals.pdf.verdicts import Verdict
from seals.trace import draw_trace
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import (
    contents,
    darkest,
    mupdf_picture,
    page_picture,
    poppler_picture,
    pyhanko,
    red_box_mm,
)
from tests.seals.pdf.parties import mark, prepared, sealed
from tests.seals.pdf.sealing_kit import World, signed_regardless

PLACES = (Place(1, 30, 40), Place(2, 140, 220))
BLANK = samples.unreferenced_secret()
LOCKED = 1 << 2 | 1 << 6 | 1 << 7 | 1 << 9


def annotations(data: bytes, page: int, subtype: str) -> list[dict[str, object]]:
    with pikepdf.open(BytesIO(data)) as pdf:
        found = pdf.pages[page].obj.get("/Annots", [])
        return [
            {"flags": int(each.F), "words": str(each.get("/Contents", ""))}
            for each in found  # type: ignore[union-attr]
            if str(each.Subtype) == subtype
        ]


@pytest.mark.parametrize("rotate", [0, 90])
def test_each_page_shows_the_seal_where_it_was_put(rotate: int) -> None:
    data = samples.contract(pages=3, rotate=rotate)
    wide = (140, 20) if rotate else (140, 220)
    ready = prepared(data, Place(0, 80, 100), also=(PLACES[0], Place(2, *wide)), mark=mark())
    assert red_box_mm(page_picture(ready.data, 1)) == pytest.approx((30, 40, 70, 80), abs=0.5)
    there = (wide[0], wide[1], wide[0] + 40, wide[1] + 40)
    assert red_box_mm(page_picture(ready.data, 2)) == pytest.approx(there, abs=0.5)
    assert contents(ready.data)[1:] == contents(data)[1:]


def test_it_is_ink_in_every_reader(tmp_path: Path) -> None:
    ready = prepared(samples.contract(), Place(0, 20, 20), also=(Place(0, 80, 100),))
    for picture in (
        page_picture(ready.data, dpi=200),
        poppler_picture(tmp_path, ready.data, dpi=200),
        mupdf_picture(tmp_path, ready.data, dpi=200),
    ):
        assert red_box_mm(picture, dpi=200) == pytest.approx((20, 20, 120, 140), abs=0.5)
        assert darkest(picture, (94, 114, 106, 126), dpi=200) < 40


def test_one_signature_covers_all_of_them_and_nobody_can_move_one(world: World) -> None:
    protection = Protection.SOLE
    ours = world.sign(samples.contract(pages=3), place=Place(0, 80, 100), also=PLACES, protection=protection)
    assert [each.verdict for each in world.judge(ours).signatures] == [Verdict.VALID]
    data = sealed(samples.contract(pages=3), Place(0, 80, 100), also=PLACES)
    (status,) = pyhanko(data)
    assert status.bottom_line
    for page in (1, 2):
        (stamp,) = annotations(data, page, "/Stamp")
        assert stamp["flags"] == LOCKED
        assert "红日" in str(stamp["words"])


@pytest.mark.parametrize("how", ["taken away", "moved", "hidden", "blank", "copied"])
def test_who_tampers_with_one_makes_the_seal_false_even_if_he_signs_it(world: World, how: str) -> None:
    def edit(writer: IncrementalPdfFileWriter) -> None:
        page, _ = writer.find_page_for_modification(1)
        annots = page.get_object()["/Annots"]
        stamp = annots[0]
        if how == "taken away":
            del annots[0]
            writer.update_container(annots)
        elif how == "moved":
            stamp["/Rect"][0] = generic.FloatObject(0)
            writer.update_container(stamp)
        elif how == "hidden":
            stamp["/F"] = generic.NumberObject(2)
            writer.update_container(stamp)
        elif how == "blank":
            look = stamp["/AP"]["/N"]
            look._data, look._encoded_data = b"", None
            writer.update_container(look)
        else:
            writer.register_annotation(page, writer.add_object(generic.DictionaryObject(stamp)))

    ours = world.sign(samples.contract(pages=3), also=PLACES)
    alone = IncrementalPdfFileWriter(BytesIO(ours))
    edit(alone)
    changed = BytesIO()
    alone.write(changed)
    for data in (changed.getvalue(), signed_regardless(world, ours, edit=edit)):
        first = world.judge(data).signatures[0]
        assert (first.verdict, first.reasons) == (Verdict.INVALID, ("changed_after_signing",))


def test_another_can_seal_after_it_in_a_prepared_place(world: World) -> None:
    others = [OtherField("乙方", 2, 20, 20)]
    data = samples.contract(pages=3)
    first = world.sign(
        data, place=Place(0, 80, 100), also=PLACES, protection=Protection.LISTED, others=others
    )
    both = world.sign(first, 1, protection=Protection.FOLLOWING, place=None, open_field="乙方")
    assert [each.verdict for each in world.judge(both).signatures] == [Verdict.VALID] * 2


def test_the_mark_gives_way_to_every_one_of_them() -> None:
    ready = prepared(BLANK, Place(0, 20, 20), also=(Place(0, 165, 252),), mark=mark())
    assert darkest(page_picture(ready.data), (5, 270, 27, 292)) < 40  # bottom left, for the right is taken


def test_what_is_kept_of_it_comes_back() -> None:
    meta = prepared(samples.contract(pages=3), also=PLACES).meta
    assert meta.also == PLACES
    assert PreparedMeta.from_json(meta.to_json()) == meta
    old = {name: value for name, value in meta.to_json().items() if name != "also"}
    assert PreparedMeta.from_json(old).also == ()


def test_fifty_places_weigh_little_more_than_one() -> None:
    trace = draw_trace(38, 38, "7K2M9QXA4TRW8HCN", is_round=True)
    inside = tuple(Place(0, 20.1 + each, 20.3 + each * 1.7) for each in range(49))
    one, fifty = (prepared(samples.contract(), also=also, trace=trace) for also in ((), inside))
    assert len(fifty.data) < 2 * len(one.data)


def test_each_must_lie_on_its_page_and_a_signed_document_takes_one() -> None:
    with pytest.raises(Invalid) as off:
        prepared(samples.contract(), also=(Place(0, 171, 100),))
    assert off.value.code == "place.off_page"
    with pytest.raises(Invalid) as nowhere:
        prepared(samples.contract(), also=(Place(1, 20, 20),))
    assert nowhere.value.code == "place.no_page"
    first = sealed(samples.contract(pages=2), protection=Protection.OPEN)
    with pytest.raises(Conflict) as signed:
        prepared(first, by=2, protection=Protection.FOLLOWING, also=(Place(1, 20, 20),))
    assert signed.value.code == "place.also_when_signed"
