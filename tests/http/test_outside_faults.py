"""The outside world refuses, hangs, is down or talks nonsense: words for people, nothing half done, then on.

The sandbox's switches, as its front page sets them, and the product through its own interface.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from server.adapters.http import TIMEOUT_S
from server.client import ApiError, Client
from tests.http.site import Party, Site, client_at, in_words, refused

numbers = itertools.count(2000)
Faults = Callable[..., contextlib.AbstractContextManager[None]]


@pytest.fixture(scope="module")
def faults(site: Site) -> Faults:
    """`with faults(sms="down"):` sets what an outside service does, and sets it right again."""
    control = f"http://127.0.0.1:{site.port + 1}/_control"

    @contextlib.contextmanager
    def play(**services: str) -> Iterator[None]:
        def put(wanted: dict[str, str]) -> None:
            httpx.post(control, json={"faults": wanted}, trust_env=False).raise_for_status()

        put(services)
        try:
            yield
        finally:
            put(dict.fromkeys(services, "none"))

    return play


def stored(site: Site, *tables: str) -> dict[str, list[str]]:
    """Those of the tables that hold anything."""
    return {table: rows for table, rows in site.state().items() if table in tables}


# Status and end of the code, for a service that is asked while somebody waits.
ANSWERS = {"refuse": (403, "refused"), "down": (503, "unavailable"), "nonsense": (503, "unavailable")}


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_text_message_that_is_not_sent_is_said_so_and_can_be_asked_for_again(
    site: Site, faults: Faults, fault: str
) -> None:
    party, (status, code) = site.newcomer(next(numbers)), ANSWERS[fault]
    with faults(sms=fault):
        error = refused(lambda: party.client.send_code(party.demo.mobile), status, f"sms.{code}")
    assert "短信服务" in error.zh
    assert ("沙箱设定：短信通道拒发" in error.zh) == (fault == "refuse")
    refused(party.client.me, 401, "session.none")
    party.client.send_code(party.demo.mobile)
    assert party.client.log_in(party.demo.mobile, party.code())


@pytest.mark.parametrize("fault", ANSWERS)
def test_a_wechat_that_fails_logs_nobody_in_and_can_be_begun_again(
    site: Site, faults: Faults, fault: str
) -> None:
    status, code = ANSWERS[fault]
    with client_at(site.url) as phone:
        came = allowed(phone)
        before = stored(site, "session", "person", "wechat_account")
        with faults(wechat=fault):
            error = refused(lambda: phone.enter_wechat(*came), status, f"wechat.{code}")
        assert "微信" in error.zh
        assert stored(site, "session", "person", "wechat_account") == before
        refused(lambda: phone.enter_wechat(*came), 410, "wechat.state")
        assert phone.enter_wechat(*allowed(phone)) == {"bound": False}


def allowed(phone: Client) -> tuple[str, str]:
    """Allow the login on WeChat's page; the code and the state that it leads back with."""
    back = httpx.post(phone.begin_wechat()["url"], data={"user": "乙"}, trust_env=False).headers["location"]
    said = httpx.URL(back).params
    return said["code"], said["state"]


@pytest.fixture(scope="module")
def founder(site: Site) -> Party:
    """Somebody whose seals wait to be collected."""
    number = next(numbers)
    return site.founder(number, "秦书白", f"北京书白{number}号有限公司")


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_an_identity_check_that_cannot_begin_leaves_nothing(
    site: Site, founder: Party, faults: Faults, fault: str
) -> None:
    before = stored(site, "collection")
    with faults(realname=fault):
        begin = founder.client.begin_collection
        error = refused(lambda: begin(founder.company), 503, "realname.unavailable")
    assert "实名核验服务" in error.zh
    assert stored(site, "collection") == before
    assert founder.client.begin_collection(founder.company)["state"] == "checking"


def test_an_identity_check_that_refuses_ends_with_its_reason(founder: Party, faults: Faults) -> None:
    with faults(realname="refuse"):
        begun = founder.client.begin_collection(founder.company)
    told = founder.client.collection(begun["id"])
    assert (told["state"], "沙箱设定：核验不通过" in told["reason"]) == ("refused", True)
    refused(lambda: founder.client.set_pin(begun["id"], founder.pin), 409, "collection.state")


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_an_identity_check_that_is_silent_later_makes_no_key_and_goes_on(
    site: Site, faults: Faults, fault: str
) -> None:
    number = next(numbers)
    party = site.founder(number, "秦书白", f"北京书白{number}号有限公司")
    begun = party.client.begin_collection(party.company)
    httpx.post(begun["check_url"], data={"outcome": "pass"}, trust_env=False)
    with faults(realname=fault):
        refused(lambda: party.client.collection(begun["id"]), 503, "realname.unavailable")
        refused(lambda: party.client.set_pin(begun["id"], party.pin), 503, "realname.unavailable")
    assert site.column("collection", "state", id=begun["id"]) == ["checking"]
    assert {seal["state"] for seal in party.client.company(party.company)["seals"]} == {"issued"}
    assert party.client.set_pin(begun["id"], party.pin)["state"] == "collected"


@pytest.mark.parametrize("fault", ["down", "nonsense"])
def test_a_registrar_that_does_not_answer_is_asked_until_it_does(
    site: Site, faults: Faults, fault: str
) -> None:
    number = next(numbers)
    party = site.person(number, "秦书白")
    with faults(registrar=fault):
        asked = party.client.apply(party.form(f"北京书白{number}号有限公司"))
        # Looked at by a sealer, more than once, and still as it was.
        Client.until(lambda: {"state": _looks(site, asked["id"])}, "often")
        assert party.client.application(asked["id"])["state"] == "submitted"
        assert site.column("company", "id", name=f"北京书白{number}号有限公司") == []
    done = Client.until(lambda: party.client.application(asked["id"]), "approved")
    assert len(party.client.company(done["company_id"])["seals"]) == 5


def _looks(site: Site, application: str) -> str:
    (fence,) = site.column("application", "fence", id=application)
    return "often" if fence >= 2 else "seldom"


def test_services_that_hang_are_given_up_in_words(site: Site, founder: Party, faults: Faults) -> None:
    """All at once, for each takes the whole time limit of an adapter."""
    newcomer, phone = site.newcomer(next(numbers)), client_at(site.url)
    came = allowed(phone)
    before = stored(site, "session", "person", "wechat_account", "collection")
    acts: dict[str, Callable[[], object]] = {
        "sms": lambda: newcomer.client.send_code(newcomer.demo.mobile),
        "wechat": lambda: phone.enter_wechat(*came),
        "realname": lambda: founder.client.begin_collection(founder.company),
    }
    delay = {"delay_s": TIMEOUT_S + 5}
    httpx.post(f"http://127.0.0.1:{site.port + 1}/_control", json=delay, trust_env=False).raise_for_status()
    with faults(**dict.fromkeys(acts, "slow")), ThreadPoolExecutor() as threads:
        errors = dict(zip(acts, threads.map(_error_of, acts.values()), strict=True))
    for service, error in errors.items():
        assert (error.status, error.code) == (503, f"{service}.unavailable")
        assert in_words({"zh": error.zh, "en": error.en})
        assert error.facts["cause"] == "timeout"
    assert stored(site, *before) == before
    assert founder.client.begin_collection(founder.company)["state"] == "checking"
    newcomer.client.send_code(newcomer.demo.mobile)


def _error_of(act: Callable[[], object]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        act()
    return caught.value
