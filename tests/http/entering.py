"""A company that is in the register already, and what its applicant sends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from zlib import crc32

import httpx
from PIL import Image

from auth.engine import close_database, open_database
from auth.identifiers import uscc_check
from auth.privacy import RecordsKey
from seals.kinds import SealKind
from server.adapters.registrar import HttpRegistrar
from server.client import Json
from server.secret_files import records_key
from server.settings import Settings
from tests.http.site import Party, Site
from tests.seals.photo.papers import card, jpeg, sheet
from tests.seals.photo.photos import Damage, known, photo, to_jpeg

__all__ = ["begun", "code_of", "decide", "enter", "entry_form", "fill_all", "material", "verified"]

T = TypeVar("T")


def code_of(number: int) -> str:
    """A company's code, one for each number."""
    return uscc_check("91110105", f"MA9{number:05d}")


def begun(party: Party, number: int) -> dict[str, str]:
    """Ids of a draft with one file in it, of a company of that number."""
    entry = party.client.begin_entry(entry_form(party, f"北京第{number}号旧企业有限公司", code_of(number)))
    made = party.client.give_material(
        entry["id"], "licence_copy", "执照.jpg", material("licence_copy", f"{number}")
    )
    return {"entry": entry["id"], "material": made["id"], "slot": "licence_copy"}


def enter(party: Party, number: int, company: str, **changes: str) -> str:
    """Have the sandbox's clerk enter a company that this person represents; returns its code."""
    uscc = code_of(number)
    form = {
        "company_name": company,
        "uscc": uscc,
        "licence_number": f"1101050020180514{number:04d}",
        "company_type": "有限责任公司",
        "region": "110105",
        "address": "北京市朝阳区建国路 88 号",
        "capital_wan": "300",
        "business_scope": "计算机系统服务。",
        "term_years": "",
        "representative_name": party.name,
        "representative_id_number": party.id_number,
        "representative_mobile": party.demo.mobile,
        "established_on": "2018-05-14",
        **changes,
    }
    answer = httpx.post(f"{party.demo.sandbox}/companies", data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return uscc


def entry_form(party: Party, company: str, uscc: str, *seals: Json, **changes: Any) -> Json:
    """The form of an applicant who represents the company himself."""
    return {
        "owner_type": "enterprise",
        "company_name": company,
        "uscc": uscc,
        "company_type": "limited",
        "representative_name": party.name,
        "representative_id_number": party.id_number,
        "representative_mobile": party.demo.mobile,
        "applicant": "representative",
        "seals": list(seals) or [{"kind": "legal_name"}],
        **changes,
    }


def material(slot: str, whose: str) -> bytes:
    """A good photo for a slot; whose: stands on it, so that no two companies' are one file."""
    if slot.startswith("imprint_scan"):
        mine = known(SealKind.LEGAL_NAME, f"{whose}商贸中心（有限合伙）")  # like nobody's: else it is held
        return to_jpeg(photo(mine, Damage(tilt=4, turn=6), (1200, 900)))
    title = f"{whose}{crc32(slot.encode()) % 1000}"
    picture: Image.Image = card(title) if "_id_" in slot else sheet(title, 8)
    return jpeg(picture)


def fill_all(party: Party, entry: Json, whose: str) -> Json:
    """Give what is missing; the application after that."""
    for slot in entry["missing"]:
        party.client.give_material(entry["id"], slot, f"{slot}.jpg", material(slot, whose))
    return party.client.entry(entry["id"])


def verified(party: Party, entry: str) -> Json:
    """The representative passes his identity check, which is recorded."""
    check = party.client.begin_entry_check(entry)
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    return party.client.use_entry_check(check["id"])


def decide(site: Site, act: Callable[[RecordsKey, HttpRegistrar], Awaitable[T]]) -> T:
    """Do what a reviewer's desk does, beside the running server."""
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})

    async def run() -> T:
        registrar = HttpRegistrar(f"http://127.0.0.1:{site.port + 1}", allow_stand_in=True)
        await open_database(f"sqlite://{site.database}")
        try:
            return await act(records_key(settings), registrar)
        finally:
            await close_database()
            await registrar.aclose()

    return asyncio.run(run())
