"""Sealer roles as processes of their own, each with a folder that holds its own keys and no others."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tortoise.expressions import F

from auth.models import Event
from seals import pki, sm2
from seals.key_models import CertificateRequest, RequestState
from seals.models import Collection, CollectionState, SealKey, Signing, SigningState
from server.demo import PIN, free_port
from tests.main_job.members import Member
from tests.main_job.role_processes import LIMIT_S, OWN, Roles
from tests.main_job.stage import Stage, until

COMPOSE = Path(__file__).parents[2] / "docker" / "compose.yaml"


def test_the_compose_file_gives_each_role_what_it_reads_and_no_more() -> None:
    services = re.split(r"^  (?=\w+:$)", COMPOSE.read_text(), flags=re.MULTILINE)
    told = [(re.search(r"server\.sealer, --roles, \"?([a-z,]+)", each), each) for each in services]
    roles = {found[1]: set(re.findall(r"/data/secrets/([\w./-]+):ro", each)) for found, each in told if found}
    assert ",".join(sorted(roles)) == "issue,sign,work,time"
    for together, given in roles.items():
        own = {name for role in together.split(",") for name in OWN[role]}
        assert given == {"kek" if name.startswith("kek/") else name for name in own}, together


def requests_of(member: Member) -> list[CertificateRequest]:
    """The certificate requests of his company, oldest first."""

    async def rows() -> list[CertificateRequest]:
        return await CertificateRequest.filter(collection__company_id=member.company).order_by("created_at")

    return member.server.database.run(rows)


def test_four_processes_do_the_main_job_together(roles_owner: Member) -> None:
    done, signed = roles_owner.sealed()
    assert done["state"] == "signed"
    verdict = roles_owner.phone.verify("合同.pdf", signed)
    assert [(one["verdict"], one["level"]) for one in verdict["signatures"]] == [("valid", "B-LTA")]
    structure = roles_owner.phone.seal_structure(roles_owner.seal_of("contract"))
    assert roles_owner.phone.verify_seal("合同.esl", structure)["verdict"] == "valid"
    assert [row.state for row in requests_of(roles_owner)] == [RequestState.ISSUED]
    report = roles_owner.phone.evidence_report(done["id"])
    assert roles_owner.phone.verify("证据报告.pdf", report)["verdict"] == "valid"


def test_each_certificate_is_an_event_that_its_owner_sees(roles_owner: Member) -> None:
    async def rows() -> tuple[list[Event], list[SealKey]]:
        stream = f"company:{roles_owner.company}"
        told = await Event.filter(stream=stream, kind="seal.certified").order_by("seq")
        return told, await SealKey.filter(seal__company_id=roles_owner.company)

    told, keys = roles_owner.server.database.run(rows)
    known = {(key.algorithm, key.serial, key.not_after) for key in keys}
    assert len(known) == 10
    assert {
        (event.facts["key"], event.facts["serial"], datetime.fromisoformat(event.facts["until"]))
        for event in told
    } == known
    (card,) = (card for card in roles_owner.phone.thread()["cards"] if card["kind"] == "seal.certified")
    assert "10" in card["title"]
    for key in keys:
        assert any(key.serial in line and key.algorithm in line for line in card["lines"])


def confirmed(owner: Member) -> str:
    asked = str(owner.ask_for()["id"])
    claim, digits = owner.claimed(asked)
    owner.phone.confirm(claim["id"], PIN, digits)
    return asked


def state_of(stage: Stage, signing: str) -> SigningState:
    return stage.server.database.run(lambda: Signing.get(id=signing)).state


def test_collecting_and_the_archive_wait_for_the_issuer_and_nothing_waits_behind_them(
    roles_stage: Stage, roles: Roles, roles_owner: Member
) -> None:
    """Confirmed and keyed without it; what issuers say of the certificates is put in when it is back."""
    with roles_stage.server.member() as newcomer, ThreadPoolExecutor(1) as pool:
        newcomer.found_company()
        roles.stop("issue")
        collecting = pool.submit(newcomer.collect, newcomer.company)
        until(lambda: [row.state for row in requests_of(newcomer)] == [RequestState.ASKED])
        signings = [confirmed(roles_owner) for _ in range(2)]
        until(lambda: [state_of(roles_stage, each) for each in signings] == [SigningState.KEYED] * 2)
        roles.start("issue")
        assert [roles_owner.ended(each)["state"] for each in signings] == ["signed"] * 2
        assert collecting.result()["state"] == "collected"
        assert newcomer.sealed()[0]["state"] == "signed"


@pytest.mark.parametrize("change", ["the keys", "the company", "asked again"])
def test_a_request_made_up_in_the_database_gets_no_certificate(
    roles_stage: Stage, roles_owner: Member, change: str
) -> None:
    """Whoever writes the database has the rows of an earlier request, and no key of a sealer."""
    with roles_stage.server.owner() as other:
        (row,) = requests_of(roles_owner)
        (foreign,) = requests_of(other)
        info = pki.new_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        theirs = {"p256": info.hex(), "sm2": sm2.generate().public.hex()}
        made_up = {
            "the keys": {"asked": [{**each, **theirs} for each in row.asked]},
            "the company": {"asked": foreign.asked, "attestation": foreign.attestation},
            "asked again": {},
        }[change]
        collection = row.collection_id

        async def ask() -> None:
            await Collection.filter(id=collection).update(state=CollectionState.MAKING)
            await CertificateRequest.filter(id=row.id).update(
                state=RequestState.ASKED,
                lease_until=None,
                answer=None,
                fence=F("fence") + 1,
                expires_at=datetime.now(UTC).replace(year=2099),
                **made_up,
            )

        async def told() -> int:
            return await Event.filter(kind="seal.certified").count()

        database = roles_stage.server.database
        before = database.run(told)
        database.run(ask)
        until(lambda: requests_of(roles_owner)[0].state is not RequestState.ASKED)
        (after,) = requests_of(roles_owner)
        assert after.state is RequestState.REFUSED
        assert after.answer is not None
        expected = "collection.state" if change == "asked again" else "custody.not_attested"
        assert after.answer["code"] == expected
        assert database.run(told) == before

        async def restore() -> None:
            await Collection.filter(id=collection).update(state=CollectionState.COLLECTED)
            await CertificateRequest.filter(id=row.id).update(
                asked=row.asked, attestation=row.attestation, state=row.state, answer=row.answer
            )

        database.run(restore)


@pytest.mark.parametrize(
    ("role", "missing"), [("sign", "sealer.json"), ("issue", "issuing.key.pem"), ("time", "tsa.key.pem")]
)
def test_a_role_without_its_own_keys_refuses_to_start(roles: Roles, role: str, missing: str) -> None:
    other = "work" if role != "work" else "time"
    done = subprocess.run(
        [sys.executable, "-P", "-m", "server.sealer", "--roles", role],
        env=roles.environ(other),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 2, done.stderr
    assert missing in done.stderr


def test_time_alone_serves_other_machines(roles: Roles, tmp_path: Path) -> None:
    """As a container of its own: under the name that the others ask, on every address that HOST names."""
    port = free_port()
    changed = {"PORT": str(port), "HOST": "127.0.0.2", "EZHANG_TSA_URL": f"http://timestamps:{port + 2}"}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-P", "-m", "server.sealer", "--roles", "time"]
        child = subprocess.Popen(command, env={**roles.environ("time"), **changed}, stdout=log, stderr=log)
    try:

        def answers() -> bool:
            try:
                return httpx.post(f"http://127.0.0.2:{port + 2}/", trust_env=False).status_code == 415
            except httpx.HTTPError:
                return False

        until(answers)
    finally:
        child.terminate()
        assert child.wait(LIMIT_S) == 0


def test_an_unknown_role_is_refused(roles: Roles) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "server.sealer", "--roles", "sign,everything"],
        env=roles.environ("sign"),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 2
    assert "sign, issue, time, work" in done.stderr
