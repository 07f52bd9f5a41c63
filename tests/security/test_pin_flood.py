"""Each PIN costs 64 MiB and a fifth of a second of a core, a few at a time: nobody takes all of them."""

from __future__ import annotations

from server.client import ApiError
from server.demo_contract import demo_contract
from tests.http.site import Party, Site

TWO_WINDOWS = 2 * 60 + 2


def test_pins_are_limited_per_person(site: Site, victim: Party) -> None:
    signing = victim.ask(demo_contract("丁方"))["id"]
    claim = victim.client.open_here(signing)
    codes = set()
    for _ in range(TWO_WINDOWS):
        site.change("DELETE FROM throttle WHERE id LIKE 'answers.challenge/%'")  # a limit of its own
        try:
            victim.client.confirm(claim["id"], "12")  # refused for its length, before it costs anything
        except ApiError as error:
            codes.add(error.code)
    site.change("DELETE FROM throttle WHERE id LIKE 'pin.person/%'")
    assert codes == {"pin.format", "rate.limited"}
    assert victim.client.me()
