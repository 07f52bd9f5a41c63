"""The whole main job with the sealer's keys on a PKCS#11 token: found, collect, sign, verify, rotate."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from seals.models import SealerKey, SealKey
from server.demo import PIN
from server.keys import kek_store, open_token
from server.secret_files import trust_path
from tests.databases import Databases
from tests.main_job.members import Member, refused
from tests.main_job.stage import Stage, staged
from tests.main_job.test_rotation import rotate, versions
from tests.softhsm import SoftTokens


@pytest.fixture(scope="module")
def token_stage(
    databases: Databases,
    forks: ForkServerContext,
    tokens: SoftTokens,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """Web, inspector, sandbox and a sealer whose keys are on a token."""
    folder: Path = tmp_path_factory.mktemp("stage-token")
    with staged(folder, databases.fresh("sqlite"), forks, tokens.fresh().environ) as stage:
        yield stage


@pytest.fixture(scope="module")
def token_owner(token_stage: Stage) -> Iterator[Member]:
    with token_stage.server.owner() as owner:
        yield owner


def test_a_document_sealed_by_keys_of_a_token_is_valid(
    token_stage: Stage, token_owner: Member, tmp_path: Path
) -> None:
    done, signed = token_owner.sealed()
    verdict = token_owner.phone.verify("合同.pdf", signed)
    assert verdict["verdict"] == "valid"
    assert [(one["verdict"], one["level"]) for one in verdict["signatures"]] == [("valid", "B-LTA")]
    structure = token_owner.phone.seal_structure(token_owner.seal_of("contract"))
    assert token_owner.phone.verify_seal("合同.esl", structure)["verdict"] == "valid"
    ses = token_owner.phone.ses_signature(done["id"])
    assert token_owner.phone.verify_seal("合同.ses", ses, signed)["verdict"] == "valid"

    async def certificates() -> list[SealKey]:
        return await SealKey.filter(algorithm="P-256", seal__company_id=token_owner.company)

    settings = token_stage.server.settings
    for row in token_stage.server.database.run(certificates):
        (tmp_path / "seal.der").write_bytes(base64.b64decode(row.certificate))
        chain = ["-CAfile", trust_path(settings, "root"), "-untrusted", trust_path(settings, "issuing")]
        checked = subprocess.run(
            ["openssl", "verify", *map(str, chain), str(tmp_path / "seal.der")],
            capture_output=True,
            text=True,
        )
        assert checked.stdout.endswith(": OK\n"), checked.stderr
    assert not list((settings.data / "secrets").rglob("root.key*"))
    assert not (settings.data / "secrets" / "kek").exists()


def test_the_kek_of_a_token_is_rotated_under_a_running_sealer(
    token_stage: Stage, token_owner: Member
) -> None:
    settings = token_stage.server.settings
    with open_token(settings) as token:
        before = kek_store(settings, token).version
    done = rotate(token_stage)
    assert (done["version"], done["resumed"], done["retired"]) == (before + 1, False, [before])
    assert versions(token_stage) == {before + 1}
    with open_token(settings) as token:
        assert kek_store(settings, token).versions() == [before + 1]
    assert token_owner.sealed()[0]["state"] == "signed"
    # The sealer wraps under the new version without a restart.
    with token_stage.server.owner() as newcomer:
        assert newcomer.sealed()[0]["state"] == "signed"
    assert versions(token_stage) == {before + 1}


def test_a_token_that_lost_the_kek_opens_nothing(token_stage: Stage, token_owner: Member) -> None:
    """Without its KEK the database's keys are closed, whatever else the sealer holds."""
    settings = token_stage.server.settings
    row = token_stage.server.database.run(lambda: SealerKey.all().order_by("-day").first())
    assert row is not None
    with open_token(settings, write=True) as token:
        store = kek_store(settings, token)
        store.destroy(row.kek_version)
        assert store.versions() == []
    asked = token_owner.ask_for()["id"]
    claim, digits = token_owner.claimed(asked)
    refusal = refused(lambda: token_owner.phone.confirm(claim["id"], PIN, digits))
    assert refusal.code == "custody.kek_version"
