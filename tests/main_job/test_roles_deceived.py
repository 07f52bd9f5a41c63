"""What the roles believe of each other: the issuer checks for itself, the signer takes its work alone."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from auth.errors import DomainError
from auth.models import Company, Event, Licence
from seals import certificate_requests, licensing, pki, sm2
from seals.certificate_requests import Asked
from seals.certificates import SealSubject
from seals.collecting import collect_values
from seals.key_models import CertificateRequest, RequestState
from seals.models import Collection, CollectionState, Seal, SealKey
from server.client import ApiError, DeviceKey
from server.keys import identity_key
from tests.main_job.members import Member
from tests.main_job.role_processes import Roles
from tests.main_job.stage import Stage, until


def asked_for(seal: Seal, **other: object) -> Asked:
    """A request for a seal, with keys that a thief holds himself."""
    info = pki.new_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    values = {"seal": seal.id, "generation": seal.generation + 1, "p256": info.hex()}
    return Asked(**{**values, "sm2": sm2.generate().public.hex(), **other})  # type: ignore[arg-type]


def proof_of(row: Collection, asked: Asked, change: str) -> dict[str, str]:
    """A signature by a key of the thief's own, as a phone would make it, or something less."""
    key = DeviceKey()
    seals = [asked.seal, "0" * 24] if change == "another collection" else [asked.seal]
    made = key.possession(collect_values(row, seals))
    if change == "a code that nobody sent":
        return {"way": "sms", "code": "0" * 24}
    if change == "no signature":
        return {"way": "device", "key": key.public_key, "signature": ""}
    return {"way": "device", "key": made["device_key"], "signature": made["signature"]}


def asking(stage: Stage, member: Member, change: str, checked: bool) -> DomainError | None:
    """Ask in a sealer's name, with its stolen identity key; what was refused, or None."""
    identity = identity_key(stage.server.settings)
    begun = member.phone.begin_collection(member.company)
    if checked:
        httpx.post(begun["check_url"], data={"outcome": "pass"}, trust_env=False)

    async def ask() -> DomainError | None:
        row = await Collection.get(id=begun["id"])
        row.state = CollectionState.MAKING
        await row.save()
        seal = await Seal.filter(company_id=member.company).order_by("number").first()
        assert seal is not None
        asked = asked_for(seal)
        if change == "generation":
            asked = asked_for(seal, generation=seal.generation + 2)
        elif change == "another's seal":
            foreign = await Seal.exclude(company_id=member.company).first()
            assert foreign is not None
            asked = asked_for(foreign)
        elif change == "the company's name":
            await Company.filter(id=member.company).update(name="北京别人有限公司")
        elif change == "the licence":
            licence = await Licence.get(current=member.company)
            licence.data = {**licence.data, "business_scope": "证券"}
            licence.signature = base64.b64encode(identity.sign(licensing._signed_bytes(licence))).decode()
            await licence.save()
        elif change == "no P-256 key":
            asked = asked_for(seal, p256="00")
        try:
            await certificate_requests.ask(
                identity, row, [asked], proof_of(row, asked, change), datetime.now(UTC)
            )
        except DomainError as refusal:
            return refusal
        return None

    return stage.server.database.forge(ask)


@pytest.mark.parametrize(
    ("change", "checked", "code"),
    [
        ("nothing", False, "identity.not_passed"),
        ("generation", True, "collection.state"),
        ("another's seal", True, "collection.state"),
        ("the company's name", True, "collection.not_as_licensed"),
        ("the licence", True, "collection.not_confirmed"),
        ("no P-256 key", True, "pki.key_not_p256"),
        ("another collection", True, "device.signature"),
        ("no signature", True, "device.signature"),
        ("a code that nobody sent", True, "device.missing"),
        ("nothing", True, None),
    ],
)
def test_the_issuer_checks_for_itself_even_what_a_sealer_signed(
    roles_stage: Stage, roles: Roles, roles_owner: Member, change: str, checked: bool, code: str | None
) -> None:
    stage = roles_stage
    with stage.server.member() as member:
        member.found_company()
        with roles.without("work") if change == "the licence" else nullcontext():
            # Which looks at new companies, and would put the licence right before the issuer sees it.
            refusal = asking(stage, member, change, checked)
        assert (refusal.code if refusal is not None else None) == code

        async def told() -> list[Event]:
            return await Event.filter(stream=f"company:{member.company}", kind="seal.certified")

        # Where a thief has sealer's key, database and a check that passed, the owner still sees it.
        assert len(stage.server.database.run(told)) == (0 if code else 2)


def forged(row: CertificateRequest, names: dict[str, SealSubject]) -> dict[str, object]:
    """An answer as the issuer gives it, by an authority of the thief's own."""
    now = datetime.now(UTC)
    authority = pki.make_issuing(pki.make_root(now), now)
    issued = []
    for each in row.asked:
        public = load_der_public_key(bytes.fromhex(each["p256"]))
        end = pki.latest_seal_end(authority, now)
        made = pki.issue_seal_certificate(authority, public, names[each["seal"]], now, end)  # type: ignore[arg-type]
        certificate = base64.b64encode(made.public_bytes(Encoding.DER)).decode()
        parts = {"p256": certificate, "sm2": certificate, "structure": certificate, "version": 4}
        times = {"valid_start": now.isoformat(), "valid_end": end.isoformat()}
        issued.append({"seal": each["seal"], **parts, **times})
    return {"issued": issued}


def test_certificates_of_another_authority_are_not_taken(roles_stage: Stage, roles: Roles) -> None:
    """Whoever writes the database answers in the issuer's place."""
    stage = roles_stage
    roles.stop("issue")
    with stage.server.member() as member, ThreadPoolExecutor(1) as pool:
        member.found_company()

        async def answer() -> bool:
            row = await CertificateRequest.filter(collection__company_id=member.company).first()
            if row is None:
                return False
            seals = await Seal.filter(company_id=member.company)
            subject = {seal.id: SealSubject("某公司", "9" * 18, seal.name, seal.number) for seal in seals}
            return bool(
                await CertificateRequest.filter(id=row.id).update(
                    state=RequestState.ISSUED, answer=forged(row, subject)
                )
            )

        collecting = pool.submit(member.collect, member.company)
        until(lambda: stage.server.database.run(answer))
        refusal = collecting.exception()
        assert isinstance(refusal, ApiError)
        assert refusal.code == "custody.certificate"

        async def keys() -> int:
            return await SealKey.filter(seal__company_id=member.company).count()

        assert stage.server.database.run(keys) == 0
    roles.start("issue")
