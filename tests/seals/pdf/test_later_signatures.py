"""Signatures that follow: unknown, broken, or forbidden by the one before."""

from __future__ import annotations

from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm

from seals.pdf.permission import Permission
from seals.pdf.preparing import OtherField, Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import changed
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    SIGNED,
    World,
    fill,
    signed_regardless,
)


def test_a_sneaky_signature_by_an_unknown_signer(world: World, sealed: bytes) -> None:
    """SSA: anybody can make a certificate, and a signature has a look that may cover the amount."""
    stranger = World()
    both = stranger.sign(sealed, 1, protection=Protection.FOLLOWING, place=BESIDE)
    report = world.judge(both)
    assert report.verdict is Verdict.UNKNOWN
    assert report.signatures[0].reasons == ("later_signature_unproven",)
    assert "untrusted_issuer" in report.signatures[1].reasons


def test_a_later_signature_that_is_broken(world: World, sealed: bytes) -> None:
    ready = world.prepare(sealed, world.seals[1], at=SIGNED, place=BESIDE, protection=Protection.FOLLOWING)
    changed(world.judge(fill(ready, b"\x30\x00")))


def test_nothing_may_follow_where_the_signer_said_so(world: World) -> None:
    closed = world.sign(contract(), protection=Protection.SOLE)
    report = world.judge(signed_regardless(world, closed))
    assert report.verdict is Verdict.INVALID
    assert report.signatures[0].reasons == ("change_not_permitted",)
    assert report.signatures[1].verdict is Verdict.VALID


def test_only_the_listed_fields_may_be_signed(world: World) -> None:
    listed = world.sign(contract(), protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 30)])
    report = world.judge(signed_regardless(world, listed))
    assert report.signatures[0].reasons == ("change_not_permitted",)


def test_the_last_listed_signer_closes_the_document(world: World) -> None:
    listed = world.sign(contract(), protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 30)])
    closed = world.sign(listed, 1, protection=Protection.FOLLOWING, place=None, open_field="乙方")
    report = world.judge(signed_regardless(world, closed))
    assert "change_not_permitted" in report.signatures[1].reasons


def test_what_a_signer_may_permit() -> None:
    """ISO 32000-2 tables 236 and 257."""
    free, closed = Permission(), Permission(MDPPerm.NO_CHANGES)
    listed = Permission(MDPPerm.FILL_FORMS)
    locked = Permission(None, (FieldMDPSpec(FieldMDPAction.INCLUDE, ["乙方"]),))
    others = Permission(None, (FieldMDPSpec(FieldMDPAction.EXCLUDE, ["乙方"]),))
    allowed = [
        [permission.allows_signing(field, existed) for field in ("乙方", "丙方") for existed in (True, False)]
        for permission in (free, closed, listed, locked, others)
    ]
    assert allowed == [
        [True, True, True, True],
        [False, False, False, False],
        [True, False, True, False],
        [False, False, True, True],
        [True, True, False, False],
    ]
