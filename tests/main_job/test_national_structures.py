"""GB/T 38540 beside the main job: every collected seal is a SESeal, every signing leaves a SES_Signature."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from asn1crypto import pem

from seals import imprint, revocation
from seals.design import Design
from seals.drawing.output import to_palette_png
from seals.keyring import P256, SM2
from seals.kinds import CompanyForm, SealKind, spec
from seals.models import Seal, SealKey, SealState, SesSeal, Signing, Version
from seals.pdf.reports import Verdict
from seals.pdf.trust import Trust
from seals.ses import building
from seals.ses.making import PICTURE_DPI
from seals.ses.reading import Seal as ReadSeal
from seals.ses.reading import Signature, read
from seals.ses.verifying import verify_ses
from seals.sm2 import sm3
from server.demo import PIN
from server.keys import authority, sm2_authority
from tests.main_job.members import Member, Server, contract, refused
from tests.main_job.stage import Stage

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

FIVE = {"legal_name": 1, "finance": 2, "invoice": 3, "contract": 4, "representative": 5}


def trust_of(url: str) -> Trust:
    """What a stranger finds published."""

    def get(path: str) -> bytes:
        return httpx.get(f"{url}{path}", trust_env=False).raise_for_status().content

    def certificate(name: str) -> bytes:
        return bytes(pem.unarmor(get(f"/trust/{name}.pem"))[2])

    return Trust(
        (certificate("sm2-root"), certificate("root")),
        (certificate("sm2-issuing"), certificate("issuing")),
        tuple(get(f"/crl/{name}.crl") for name in revocation.AUTHORITIES),
    )


def now() -> datetime:
    return datetime.now(UTC)


def seal_of(der: bytes) -> ReadSeal:
    found = read(der)
    assert isinstance(found, ReadSeal)
    return found


def signature_of(der: bytes) -> Signature:
    found = read(der)
    assert isinstance(found, Signature)
    return found


def test_every_collected_seal_is_a_structure_that_verifies(sealed_owner: Member) -> None:
    trust = trust_of(sealed_owner.url)
    seals = sealed_owner.phone.company(sealed_owner.company)["seals"]
    assert len(seals) == len(FIVE)
    for seal in seals:
        der = sealed_owner.phone.seal_structure(seal["id"])
        report = verify_ses(der, trust, now())
        assert (report.verdict, report.reasons) == (Verdict.VALID, ())
        found = seal_of(der)
        assert (found.version, found.type, found.name) == (4, FIVE[seal["kind"]], seal["name"])
        assert (found.seal_id, found.picture.kind) == (seal["number"], "PNG")
        assert (found.picture.width_mm, found.picture.height_mm) == (seal["width_mm"], seal["height_mm"])


async def keys_of(seal: str) -> dict[str, SealKey]:
    return {key.algorithm: key for key in await SealKey.filter(seal_id=seal)}


def test_a_seal_has_one_key_for_pdf_and_one_for_its_structure(sealed_owner: Member) -> None:
    seal = sealed_owner.seal_of("finance")
    keys = sealed_owner.server.database.run(lambda: keys_of(seal))
    assert set(keys) == {P256, SM2}
    assert keys[P256].sealed_private != keys[SM2].sealed_private
    found = seal_of(sealed_owner.phone.seal_structure(seal))
    assert found.certificates == (base64.b64decode(keys[SM2].certificate),)
    assert (found.valid_start, found.valid_end) == (keys[SM2].not_before, keys[SM2].not_after)


def test_the_structure_is_the_owners_and_only_of_a_collected_seal(
    server: Server, sealed_owner: Member
) -> None:
    with server.member() as other:
        other.found_company()
        own = refused(lambda: other.phone.seal_structure(other.seal_of("contract")))
        assert (own.status, own.code) == (409, "seal.not_collected")
        assert "领取" in own.zh
        foreign = refused(lambda: other.phone.seal_structure(sealed_owner.seal_of("contract")))
        assert (foreign.status, foreign.code) == (404, "seal.not_found")
        done, _ = sealed_owner.sealed()
        assert refused(lambda: other.phone.ses_signature(done["id"])).code == "signing.not_found"


def test_pictures_to_download_are_for_preview_only(sealed_owner: Member) -> None:
    seal = sealed_owner.seal_of("contract")
    row = sealed_owner.server.database.run(lambda: Seal.get(id=seal))
    drawn = imprint.Imprint(row.width_mm, row.height_mm, row.imprint)
    assert sealed_owner.phone.imprint(seal, "svg").decode() == imprint.to_preview_svg(drawn)
    assert sealed_owner.phone.imprint(seal, "png") == imprint.to_preview_png(drawn, 300)
    inside = seal_of(sealed_owner.phone.seal_structure(seal)).picture.data
    assert inside == to_palette_png(drawn, PICTURE_DPI)


def test_a_signing_leaves_a_signature_over_the_same_bytes(sealed_owner: Member) -> None:
    asked = sealed_owner.ask_for()["id"]
    assert refused(lambda: sealed_owner.phone.ses_signature(asked)).code == "signing.not_signed"
    done = sealed_owner.scan_and_confirm(asked)
    assert done["ses_url"] == f"/api/signings/{asked}/exports/ses"
    assert done["evidence_url"] == f"/api/signings/{asked}/exports/evidence"
    signed, ses = sealed_owner.phone.signed_file(asked), sealed_owner.phone.ses_signature(asked)
    report = verify_ses(ses, trust_of(sealed_owner.url), now(), signed)
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    found = signature_of(ses)
    row = sealed_owner.server.database.run(lambda: Signing.get(id=asked))
    start, end = row.prepared["reserved_start"], row.prepared["reserved_end"]
    assert found.data_hash == sm3(signed[:start] + signed[end : row.prepared["length"]])
    assert found.data_hash.hex() == row.digest_sm3
    assert found.property_info == building.property_of_range(
        row.prepared["field_name"], start, end, row.prepared["length"]
    )
    assert found.time == row.claimed_at.replace(microsecond=0)
    assert found.timestamp is not None
    seal = sealed_owner.phone.seal_structure(sealed_owner.seal_of("contract"))
    assert found.seal == seal_of(seal)
    assert seal in ses, "carried byte for byte"
    assert row.ses_signature is None, "it is kept with the version, once"


def test_of_another_document_the_signature_is_not(sealed_owner: Member) -> None:
    done, signed = sealed_owner.sealed()
    ses = sealed_owner.phone.ses_signature(done["id"])
    changed = signed.replace(b"%PDF-1", b"%PDF-2", 1)
    report = verify_ses(ses, trust_of(sealed_owner.url), now(), changed)
    assert report.verdict is Verdict.INVALID


def test_a_field_with_a_chinese_name_is_named_in_ascii(sealed_owner: Member) -> None:
    """The party before us named the field; propertyInfo holds ASCII only."""
    asked = sealed_owner.ask_for(
        others="known", known=[{"name": "乙方；盖章", "page": 0, "x_mm": 120.0, "y_mm": 205.0}]
    )
    done = sealed_owner.scan_and_confirm(asked["id"])
    assert done["state"] == "signed", done
    first = sealed_owner.phone.signed_file(asked["id"])
    document = sealed_owner.phone.upload("合同.pdf", first, company=sealed_owner.company)
    fields = [field["name"] for field in document["open_fields"]]
    assert len(fields) == 1
    again = sealed_owner.phone.request_signing(
        document["id"], sealed_owner.seal_of("finance"), field=fields[0]
    )
    assert sealed_owner.scan_and_confirm(again["id"])["state"] == "signed"
    signed, ses = sealed_owner.phone.signed_file(again["id"]), sealed_owner.phone.ses_signature(again["id"])
    assert verify_ses(ses, trust_of(sealed_owner.url), now(), signed).verdict is Verdict.VALID
    signature_of(ses).property_info.encode("ascii")


# ---------------------------------------------------------------- version 5


def test_version_5_with_svg_by_setting(stage: Stage) -> None:
    stage.stop_sealer()
    stage.start_sealer(EZHANG_SES_VERSION="5", EZHANG_SES_PICTURE="svg")
    try:
        with stage.server.owner() as owner:
            trust = trust_of(owner.url)
            der = owner.phone.seal_structure(owner.seal_of("contract"))
            assert verify_ses(der, trust, now()).verdict is Verdict.VALID
            found = seal_of(der)
            assert (found.version, found.picture.kind) == (5, "SVG")
            assert found.timestamp is not None
            # What was made as version 5 is signed with as such, whatever the setting is by then.
            stage.stop_sealer()
            stage.start_sealer()
            done, signed = owner.sealed()
            ses = owner.phone.ses_signature(done["id"])
            assert signature_of(ses).version == 5
            assert verify_ses(ses, trust, now(), signed).verdict is Verdict.VALID
    finally:
        stage.stop_sealer()
        stage.start_sealer()


# ---------------------------------------------------------------- rows changed in the database


def test_a_signature_swapped_before_the_file_is_finished_is_not_given_out(
    stage: Stage, stage_owner: Member
) -> None:
    """Between KEYED and SIGNED the row holds it: another one of the same seal, over another document."""
    earlier, _ = stage_owner.sealed()
    other = stage.server.database.run(lambda: Version.get(signing_id=earlier["id"])).ses
    asked = stage_owner.ask_for()["id"]
    claim, digits = stage_owner.claimed(asked)
    stage.stop_sealer()
    stage.start_sealer("keyed")
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(stage_owner.same_session().confirm, claim["id"], PIN, digits)
        stage.wait_for_crash()
        confirming.result()
    row = stage.server.database.run(lambda: Signing.get(id=asked))
    assert row.ses_signature not in {None, other}
    stage.server.database.run(lambda: Signing.filter(id=asked).update(ses_signature=other))
    stage.end_leases()
    stage.start_sealer()
    done = stage_owner.ended(asked)
    assert (done["state"], "自检" in done["reason"]) == ("failed", True)
    row = stage.server.database.run(lambda: Signing.get(id=asked))
    assert (row.ses_signature, row.signature_value) == (None, None)
    assert refused(lambda: stage_owner.phone.ses_signature(asked)).code == "signing.not_signed"


# ---------------------------------------------------------------- revocation


def test_a_revoked_sm2_certificate_is_in_the_sm2_list_and_in_no_other(server: Server) -> None:
    with server.owner() as owner:
        seal = owner.seal_of("contract")
        keys = server.database.run(lambda: keys_of(seal))
        before = trust_of(owner.url)

        async def revoke() -> None:
            settings, soon = server.settings, now() + timedelta(seconds=1)
            await SealKey.filter(id=keys[SM2].id).update(revoked_at=now())
            sm2_issuing = sm2_authority(settings, "sm2-issuing")
            await revocation.publish(revocation.SM2_ISSUING, sm2_issuing, soon)
            await revocation.publish(revocation.ISSUING, authority(settings, "issuing"), soon)

        server.database.run(revoke)
        after = trust_of(owner.url)
        serial = bytes.fromhex(keys[SM2].serial.rjust(40, "0")).lstrip(b"\0")
        holding = [serial in crl for crl in after.crls]
        assert dict(zip(revocation.AUTHORITIES, holding, strict=True)) == {
            "root": False,
            "issuing": False,
            "sm2-root": False,
            "sm2-issuing": True,
        }
        assert not any(serial in crl for crl in before.crls)


# ---------------------------------------------------------------- seals beyond the five


@pytest.fixture
def founder(server: Server) -> Iterator[Member]:
    with server.owner() as owner:
        yield owner


async def add(member: Member, kind: SealKind, number: int, **design: Any) -> str:
    """A further seal, issued as by whoever gives out further seals."""
    first = await Seal.filter(company_id=member.company, kind="contract").get()
    told = {**Design.from_json(first.design).to_json(), "kind": kind.value, "person_name": "", **design}
    told["seal_number"] = f"{first.number[:6]}{9_000_000 + member.number * 20 + number:07d}"
    made = Design.from_json(told)
    drawn = imprint.draw(made)
    row = await Seal.create(
        company_id=member.company,
        kind=kind.value,
        bearer=made.bearer,
        ordinal=made.ordinal,
        name=made.name,
        number=made.seal_number,
        design=made.to_json(),
        width_mm=drawn.width_mm,
        height_mm=drawn.height_mm,
        imprint=drawn.d,
        state=SealState.ISSUED,
        created_at=now(),
    )
    return row.id


def test_seals_added_later_are_collected_with_the_pin_that_is_set(server: Server, founder: Member) -> None:
    async def several() -> list[str]:
        return [
            await add(founder, SealKind.FINANCE, 1, ordinal=2),
            await add(founder, SealKind.DEPARTMENT, 2, unit="研发部"),
            await add(founder, SealKind.FINANCE_HEAD, 3, person_name="赵会计"),
            await add(founder, SealKind.HR, 4),
        ]

    ids = server.database.run(several)
    before = {seal["id"]: seal for seal in founder.phone.company(founder.company)["seals"]}
    assert {before[each]["state"] for each in ids} == {"issued"}
    old = founder.phone.seal_structure(founder.seal_of("contract"))
    assert founder.collect(founder.company)["state"] == "collected"
    trust = trust_of(founder.url)
    names = []
    for each in ids:
        der = founder.phone.seal_structure(each)
        assert verify_ses(der, trust, now()).verdict is Verdict.VALID
        found = seal_of(der)
        assert found.type == spec(SealKind(before[each]["kind"])).ses_type
        names.append(found.name)
    company = founder.company_name
    assert names == [
        f"{company}财务专用章（2）",
        f"{company}研发部章",
        "赵会计财务负责人名章",
        f"{company}人事专用章",
    ]
    assert founder.phone.seal_structure(founder.seal_of("contract")) == old, "what was collected stays"
    document = founder.phone.upload("合同.pdf", contract(), company=founder.company)
    asked = founder.phone.request_signing(document["id"], ids[1], page=0, x_mm=40.0, y_mm=205.0)
    assert founder.scan_and_confirm(asked["id"])["state"] == "signed"
    assert signature_of(founder.phone.ses_signature(asked["id"])).seal.name == f"{company}研发部章"


Change = Callable[[Seal], Awaitable[object]]


async def other_company(seal: Seal) -> None:
    design = replace(Design.from_json(seal.design), company_name="别家有限公司")
    await Seal.filter(id=seal.id).update(design=design.to_json(), name=design.name)


async def other_uscc(seal: Seal) -> None:
    design = replace(Design.from_json(seal.design), uscc="91110105MA01ABCD0X")
    await Seal.filter(id=seal.id).update(design=design.to_json())


async def other_number(seal: Seal) -> None:
    await Seal.filter(id=seal.id).update(number="9" * 13)


async def other_name(seal: Seal) -> None:
    await Seal.filter(id=seal.id).update(name=f"{seal.name}（2）")


async def other_kind(seal: Seal) -> None:
    await Seal.filter(id=seal.id).update(kind="hr")


async def no_design(seal: Seal) -> None:
    await Seal.filter(id=seal.id).update(design={"kind": "department"})


async def other_representative(seal: Seal) -> None:
    """Of a sole trader, as the row says, whose name seal would be another."""
    before = Design.from_json(seal.design)
    design = replace(
        before, kind=SealKind.REPRESENTATIVE, form=CompanyForm.SOLE_TRADER, unit="", person_name="别人"
    )
    row = Seal.filter(id=seal.id)
    await row.update(kind=design.kind.value, bearer=design.bearer, design=design.to_json(), name=design.name)


async def other_form(seal: Seal) -> None:
    design = replace(Design.from_json(seal.design), form=CompanyForm.FOREIGN_INVESTED)
    await Seal.filter(id=seal.id).update(design=design.to_json())


CHANGES: list[Change] = [
    other_company,
    other_uscc,
    other_number,
    other_name,
    other_kind,
    no_design,
    other_representative,
    other_form,
]


@pytest.mark.parametrize(
    "change",
    CHANGES,
    ids=lambda change: change.__name__,
)
def test_a_seal_that_is_not_as_licensed_gets_no_key(
    server: Server, sealed_owner: Member, change: Change
) -> None:
    server.forget_limits()

    async def tampered() -> str:
        await Seal.filter(company_id=sealed_owner.company, state=SealState.ISSUED).delete()
        made = await add(sealed_owner, SealKind.DEPARTMENT, 5, unit="市场部")
        await change(await Seal.get(id=made))
        return made

    seal = server.database.forge(tampered)
    answer = refused(lambda: sealed_owner.collect(sealed_owner.company))
    assert answer.code == "collection.not_as_licensed"
    assert server.database.run(lambda: SealKey.filter(seal_id=seal).count()) == 0
    assert server.database.run(lambda: SesSeal.filter(seal_id=seal).count()) == 0
    server.database.forge(lambda: Seal.filter(id=seal).delete())


def test_the_picture_is_drawn_from_the_design_and_not_taken_from_the_row(server: Server) -> None:
    """Whoever writes rows cannot have the seal maker vouch for another company's imprint."""
    with server.member() as member:
        member.found_company()
        seal = member.seal_of("contract")
        own = server.database.run(lambda: Seal.get(id=seal)).imprint
        other = imprint.draw(Design(SealKind.CONTRACT, "别家有限公司", "91110105MA01ABCD0X", "1101059999999"))
        server.database.forge(lambda: Seal.filter(id=seal).update(imprint=other.d))
        member.collect(member.company)
        found = seal_of(member.phone.seal_structure(seal)).picture.data
        drawn = imprint.Imprint(38, 38, own)
        assert hashlib.sha256(found).digest() == hashlib.sha256(to_palette_png(drawn, PICTURE_DPI)).digest()
