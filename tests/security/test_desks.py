"""Duties are apart: the registrar's desk and the public-security desk decide what they are asked, and reach
nothing in the product but what comes back through the ports.
"""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path
from typing import Any, Protocol

import httpx

import auth.ports
import seals.ports
from server.running import processes
from server.settings import Settings
from tests.http.site import Site
from tests.security.reading import SANDBOX, loaded

PORTS: dict[str, set[str]] = {
    "Sms": {"send"},
    "WeChat": {"code2session"},
    "RealName": {"start", "result"},
    "Registrar": {"submit", "result", "company", "changes", "representative"},
    "PinResets": {"submit", "result"},
    "FilingDesk": {"file_seal", "seal_filing", "apply", "application"},
    "Bank": {"pay"},
    "PushService": {"send"},  # nothing of the product is in a message (ADR 46)
    "WeChatAccountService": {"notify", "sign_page"},
}
REGISTERED = {
    *("uscc", "licence_number", "company_name", "region", "authority"),
    *("established_on", "valid_from", "valid_until"),
}


def test_a_desk_answers_what_it_is_asked_and_says_no_more_than_this() -> None:
    found = {
        name: {each for each in vars(port) if not each.startswith("_")}
        for module in (auth.ports, seals.ports)
        for name, port in vars(module).items()
        if isinstance(port, type) and Protocol in port.__mro__[1:] and port.__module__ == module.__name__
    }
    assert found.pop("Blobs") == {"put", "get", "has", "delete"}  # our own store
    assert found.pop("Statuses") == {"about"}  # whoever a unit's certificate names, of that certificate
    assert found == PORTS

    def fields(kind: Any) -> set[str]:
        return {each.name for each in dataclasses.fields(kind)}

    assert fields(auth.ports.RegistrarDecision) == {"state", "reason", "company"}
    assert fields(auth.ports.RegisteredCompany) == REGISTERED, "a decision names nobody"
    terms = {"company_type", "address", "capital_wan", "business_scope"}
    assert fields(auth.ports.ListedCompany) == REGISTERED | terms, "nor does the register's own page"
    assert fields(auth.ports.RegisteredChange) == {"number", "uscc"}
    named = {"uscc", "name", "id_number", "mobile", "licence_number", "since", "dissolved_on"}
    named |= {"company_name", "company_type"}
    assert fields(auth.ports.RegisteredRepresentative) == named, "asked for, of one company"
    assert fields(seals.ports.PinResetDecision) == {"application_id", "state", "reason"}
    assert fields(seals.ports.FilingAnswer) == {"number", "reference", "state", "reason", "receipt"}
    assert {each.value for each in auth.ports.DecisionState} == {"pending", "approved", "rejected"}


def test_the_desks_know_nothing_of_the_product_and_call_nobody() -> None:
    there = loaded("server.sandbox.app")
    shared = {"server"} | {name for name in there if name.startswith("server.sandbox")}
    assert {name.split(".")[0] for name in there - shared} == {"auth"}
    assert not {name for name in there if "model" in name or name in {"auth.engine", "auth.sessions"}}
    callers = {"httpx", "urllib.request", "http.client", "aiohttp", "requests", "subprocess", "socket"}
    for path in SANDBOX.rglob("*.py"):
        imported: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {each.name for each in node.names}
            if isinstance(node, ast.ImportFrom):
                imported |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
        # The process itself makes the socket that it is called at.
        assert imported & callers <= ({"socket"} if path.name == "__main__.py" else set()), path.name


def test_the_desks_process_is_told_neither_database_nor_folder_of_ours(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path / "data")}
    settings = Settings.from_env({**environ, "EZHANG_DATABASE": "postgres://ezhang:hunter2@db/ezhang"})
    settings = dataclasses.replace(settings, public_url="http://a:8000", sandbox_public_url="http://a:8001")
    (desk,) = [each for each in processes(settings, environ) if each.name == "sandbox"]
    assert not {name for name in desk.env if name.startswith("EZHANG_")}
    assert "hunter2" not in repr((desk.argv, dict(desk.env)))
    assert [each for each in desk.argv if str(tmp_path) in each] == [str(settings.data / "sandbox")]


def test_a_desk_makes_a_company_and_no_key(site: Site) -> None:
    """Registered, licensed, its seals issued: until its owner comes nobody could seal, nobody is in."""
    sessions = len(site.column("session", "id"))
    founder = site.founder(73, "钱若水", "北京若水信息技术有限公司")
    seals_there = site.column("seal", "id", company_id=founder.company)
    assert len(seals_there) == 5
    assert [key for seal in seals_there for key in site.column("seal_key", "id", seal_id=seal)] == []
    assert site.column("seal_wrap", "holder_id", seal_id=seals_there[0]) == []
    assert site.column("member", "id", company_id=founder.company) == []
    assert site.column("company", "representative_id", id=founder.company) == [founder.client.me()["id"]]
    assert len(site.column("session", "id")) == sessions + 1, "the founder's own"


def test_an_officer_who_presses_every_button_changes_nothing_that_was_decided(site: Site) -> None:
    desk = f"http://127.0.0.1:{site.port + 1}"
    founder = site.founder(74, "孙若谷", "北京若谷信息技术有限公司")
    (reference,) = site.column("application", "registrar_reference", id=founder.application)
    before = site.state()
    with httpx.Client(base_url=desk) as officer:
        for path in ("registrar", "public-security"):
            for named in (reference, founder.application, founder.company, "x"):
                for button in ("approve", "reject"):
                    pressed = officer.post(f"/{path}/{named}/{button}", data={"reason": "不予登记"})
                    assert pressed.status_code == 303
    assert site.state() == before
