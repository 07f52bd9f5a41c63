"""`ezhang demo`: the main job without a person, over real HTTP, against a temporary server of its own.

Registers a company, collects its seals, seals a contract by a claimed QR code and verifies it, and leaves
the results in ./demo. What a later version of the product brings is named in report.json as `not_yet`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx

from server.client import Client
from server.demo_contract import demo_contract
from server.tls import trusted

__all__ = ["HANDSET", "Demo", "free_port", "run_demo", "temporary_server"]

Json = dict[str, Any]
Value = TypeVar("Value")

FOLDER = Path("demo")
PORTS = range(20_000, 32_000, 3)
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 15.0
NOT_YET: list[str] = []
COMPANY = "北京晨曦精密仪器有限公司"
MOBILE, NAME, ID_NUMBER, PIN = "13800138000", "张晓明", "11010519491231002X", "730519"
HANDSET = "ezhang-demo (iPhone) Mobile"
"""As its browser calls itself: some steps are a phone's."""
SEAL_X_MM, SEAL_Y_MM = 40.0, 205.0


def free_port() -> int:
    """A port P such that P, P+1 and P+2 are free on loopback just now.

    From below the range out of which the system numbers outgoing connections: one of those could take
    a neighbour at any moment.
    """
    while True:
        port = secrets.choice(PORTS)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for offset in range(3):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            return port


@contextlib.contextmanager
def temporary_server(
    data: Path, environ: dict[str, str] | None = None, host_name: str = "127.0.0.1"
) -> Iterator[str]:
    """`ezhang run` on loopback with its own data folder; yields the base URL once it is ready.

    host_name: of the loopback, in its public address.
    """
    port = free_port()
    url = f"http://{host_name}:{port}"
    env = {
        **os.environ,
        "EZHANG_PROFILE": "development",
        "EZHANG_DATA": str(data),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": url,
        **(environ or {}),
    }
    log = data.parent / f"{data.name}.log"
    with log.open("ab") as out:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "server.cli", "run"], env=env, stdout=out, stderr=out
        )
        try:
            _wait_ready(url, child, log)
            yield url
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _wait_ready(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and child.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health/ready", verify=trusted(), trust_env=False).status_code == 200:
                return
        time.sleep(0.1)
    tail = log.read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the server did not become ready; its log ends:\n{tail}")


class Demo:
    """One person doing the main job with the client; each step is a method."""

    def __init__(self, url: str, mobile: str = MOBILE) -> None:
        self.url = url
        self.mobile = mobile
        self.phone = Client(url)
        self.phone.http.headers["user-agent"] = HANDSET
        self.sandbox = f"http://127.0.0.1:{int(url.rsplit(':', 1)[1]) + 1}"

    def close(self) -> None:
        """Close the client."""
        self.phone.close()

    def sms_code(self) -> str:
        """The newest code in the sandbox's inbox."""
        inbox = f"{self.sandbox}/api/sms/messages"
        answer = httpx.get(inbox, params={"mobile": self.mobile}, verify=trusted(), trust_env=False)
        return str(answer.json()["messages"][0]["code"])

    def log_in(self, client: Client | None = None) -> Json:
        """Log in by the code from the inbox."""
        client = client or self.phone
        client.send_code(self.mobile)
        return client.log_in(self.mobile, self.sms_code())

    def register(self, company: str = COMPANY, name: str = NAME, id_number: str = ID_NUMBER) -> str:
        """Apply, wait for the registrar; returns the company's id."""
        application = self.phone.apply(
            {
                "request_id": str(uuid.uuid4()),
                "company_name": company,
                "company_type": "limited",
                "region": "110105",
                "address": "北京市朝阳区望京街 10 号院 3 号楼 1801 室",
                "capital_wan": "500",
                "business_scope": "精密仪器的技术开发、制造、销售；货物进出口。",
                "representative_name": name,
                "representative_id_number": id_number,
                "representative_mobile": self.mobile,
                "term_years": None,
                "declaration": True,
            }
        )
        done = Client.until(lambda: self.phone.application(application["id"]), "approved", "rejected")
        if done["state"] != "approved":
            raise RuntimeError(f"the registrar rejected: {done['reason']}")
        return str(done["company_id"])

    def licence_signed(self, company: str) -> Json:
        """Wait until the sealer has signed the licence."""
        return Client.until(lambda: self.phone.company(company)["licence"], "valid")

    def checked(self, company: str) -> str:
        """Begin to collect, and pass the sandbox's identity check; the collection's id."""
        collection = self.phone.begin_collection(company)
        httpx.post(collection["check_url"], data={"outcome": "pass"}, verify=trusted(), trust_env=False)
        Client.until(lambda: self.phone.collection(collection["id"]), "checked")
        return str(collection["id"])

    def collect(self, company: str, pin: str = PIN) -> Json:
        """Pass the check and set the PIN; the keys are made."""
        return self.phone.set_pin(self.checked(company), pin)

    def seal_id(self, company: str, kind: str) -> str:
        """The id of a company's seal of a kind."""
        return str(next(s["id"] for s in self.phone.company(company)["seals"] if s["kind"] == kind))

    def ask(self, name: str, data: bytes, company: str, kind: str = "contract", **place: Any) -> Json:
        """Upload and ask for a seal; returns the signing."""
        document = self.phone.upload(name, data, company=company)
        asked = {"page": 0, "x_mm": SEAL_X_MM, "y_mm": SEAL_Y_MM, **place}
        return self.phone.request_signing(document["id"], self.seal_id(company, kind), **asked)

    def scan_and_confirm(self, signing: str, pin: str = PIN) -> Json:
        """Show the QR code, claim it on the phone, compare the digits, enter the PIN."""
        shown = self.phone.open_challenge(signing)
        claim = self.phone.claim(token=shown["url"].partition("#")[2])
        self.phone.confirm(claim["id"], pin, shown["digits"], claim["intent"])
        return Client.until(
            lambda: self.phone.signing(signing), "signed", "failed", "rejected", "expired", "cancelled"
        )


def _write(folder: Path, demo: Demo, took: dict[str, float]) -> None:
    def step(name: str, act: Callable[[], Value]) -> Value:
        begun = time.monotonic()
        result = act()
        took[name] = round(time.monotonic() - begun, 3)
        return result

    step("log_in", demo.log_in)
    company = step("register", demo.register)
    step("licence", lambda: demo.licence_signed(company))
    step("collect", lambda: demo.collect(company))
    (folder / "seals").mkdir()
    for seal in demo.phone.company(company)["seals"]:
        (folder / "seals" / f"{seal['kind']}.svg").write_bytes(demo.phone.imprint(seal["id"], "svg"))
        (folder / "seals" / f"{seal['kind']}.png").write_bytes(demo.phone.imprint(seal["id"], "png"))
        (folder / "seals" / f"{seal['kind']}.esl").write_bytes(demo.phone.seal_structure(seal["id"]))
    contract = demo_contract(COMPANY)
    (folder / "contract.pdf").write_bytes(contract)
    signing = step("ask", lambda: demo.ask("设备采购合同.pdf", contract, company))
    done = step("confirm_and_sign", lambda: demo.scan_and_confirm(signing["id"]))
    if done["state"] != "signed":
        raise RuntimeError(f"signing ended as {done['state']}: {done['reason']}")
    signed = demo.phone.signed_file(signing["id"])
    (folder / "contract.signed.pdf").write_bytes(signed)
    (folder / "contract.ses").write_bytes(demo.phone.ses_signature(signing["id"]))
    step("verify_seal", lambda: _verify_structures(folder, demo.phone))
    verdict = step("verify", lambda: demo.phone.verify("contract.signed.pdf", signed))
    if verdict["verdict"] != "valid":
        raise RuntimeError(f"the sealed file does not verify: {verdict['reasons']}")
    (folder / "evidence.pdf").write_bytes(
        step("evidence_report", lambda: demo.phone.evidence_report(signing["id"]))
    )
    report = demo.phone.verify("evidence.pdf", (folder / "evidence.pdf").read_bytes())
    if report["verdict"] != "valid":
        raise RuntimeError(f"the evidence report does not verify: {report['reasons']}")
    (folder / "verify.txt").write_text(f"{demo.url}/v/{done['document']['code']}\n")
    (folder / "trust").mkdir()
    # A seal structure carries its maker's certificate only, so its issuer's stands below the root.
    for name, parts in (("root.pem", ["root"]), ("sm2-root.pem", ["sm2-root", "sm2-issuing"])):
        pem = b"".join(demo.phone.http.get(f"/trust/{part}.pem").raise_for_status().content for part in parts)
        (folder / "trust" / name).write_bytes(pem)


def _verify_structures(folder: Path, phone: Client) -> None:
    """Every seal that was downloaded, and the signature together with the signed contract."""
    document = (folder / "contract.signed.pdf").read_bytes()
    signature = folder / "contract.ses"
    for path in (*sorted((folder / "seals").glob("*.esl")), signature):
        of = document if path == signature else None
        verdict = phone.verify_seal(path.name, path.read_bytes(), of)
        if verdict["verdict"] != "valid":
            raise RuntimeError(f"{path.name} does not verify: {verdict['reasons']}")


def run_demo(folder: Path = FOLDER) -> int:
    """Do it all; exit status 0 when ./demo holds a sealed and verified contract."""
    begun = time.monotonic()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    took: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="ezhang-demo-") as home,
        temporary_server(Path(home) / "data") as url,
        contextlib.closing(Demo(url)) as demo,
    ):
        took["start"] = round(time.monotonic() - begun, 3)
        _write(folder, demo, took)
    total = round(time.monotonic() - begun, 3)
    steps = [{"step": name, "seconds": seconds} for name, seconds in took.items()]
    report = {"steps": steps, "total_seconds": total, "not_yet": NOT_YET}
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    for line in steps:
        print(f"{line['step']:>18}  {line['seconds']:7.3f} s")
    print(f"{'total':>18}  {total:7.3f} s")
    print(f"{folder}/contract.signed.pdf  {folder}/contract.ses  {folder}/evidence.pdf")
    print(f"{folder}/seals/  {folder}/report.json")
    print("自行验证 · check it yourself:")
    print(f"  .venv/bin/ezhang verify {folder}/contract.signed.pdf --root {folder}/trust/root.pem")
    return 0
