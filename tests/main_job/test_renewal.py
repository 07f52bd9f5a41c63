"""The unit is replaced by the command; the sealer renews what is due by the new one."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from auth.models import Event
from seals.archive_models import ArchivedFile
from server.client import Client
from server.revoked_units import revoke_units
from server.secret_files import trust_path
from tests.main_job.members import Member
from tests.main_job.stage import LIMIT_S, Stage, until

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def test_a_sealed_file_gets_a_further_timestamp_by_the_next_unit(stage: Stage, stage_owner: Member) -> None:
    done, sealed = stage_owner.sealed()
    was, run = hashlib.sha256(sealed).hexdigest(), stage.server.database.run
    stage.stop_sealer()
    lost = x509.load_pem_x509_certificate(trust_path(stage.server.settings, "tsa").read_bytes())
    environ = {**os.environ, **stage.server.settings.environment(), **stage.environ}
    command = [sys.executable, "-P", "-m", "server.cli", "rotate-tsa"]
    subprocess.run(command, env=environ, check=True, capture_output=True, timeout=LIMIT_S)
    run(lambda: ArchivedFile.filter(sha256=was).update(renew_at=datetime.now(UTC)))
    stage.start_sealer()
    until(lambda: run(lambda: Event.filter(kind="document.renewed").count()))
    renewed = stage_owner.phone.signed_file(done["id"])
    assert renewed.startswith(sealed)
    told = stage_owner.phone.verify("合同.pdf", renewed)
    assert (told["verdict"], told["notes"]) == ("valid", [])
    stamps = [one for step in told["steps"] for one in step["details"] if one["key"] == "document_timestamp"]
    assert len(stamps) == 2
    assert told["record"]["match"] == "latest"
    code, phone = done["document"]["code"], stage_owner.phone
    assert phone.match(code, hashlib.sha256(renewed).hexdigest())["match"] == "latest"
    assert phone.match(code, was)["match"] == "unrenewed"
    before = phone.verify("合同.pdf", sealed)
    (step,) = [one for one in before["steps"] if one["step"] == "record"]
    assert (step["outcome"], step["codes"]) == ("noted", ["record_unrenewed"])
    # The key of the unit before turns out to be lost: what rests on it alone falls, what was renewed stays.
    stage.stop_sealer()
    since = datetime.now(UTC) + timedelta(seconds=1)  # lists tell whole seconds: after the renewal's
    revoke_units(stage.server.settings, [lost], since)
    stage.start_sealer()
    until(lambda: lost.serial_number in crl_of(phone) and datetime.now(UTC) > since)
    assert phone.verify("合同.pdf", renewed)["verdict"] == "valid"
    fallen = phone.verify("合同.pdf", sealed)
    assert (fallen["verdict"], fallen["reasons"]) == ("unknown", ["no_trusted_time"])


def crl_of(phone: Client) -> set[int]:
    """Serials on the root's list."""
    crl = x509.load_der_x509_crl(phone.http.get("/crl/root.crl").content)
    return {entry.serial_number for entry in crl}
