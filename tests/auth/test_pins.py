"""Which PINs are refused, and that the refusal never tells the PIN."""

from __future__ import annotations

import pytest

from auth.errors import Invalid
from auth.pins import check_pin

MOBILE = "13867420951"
ID_NUMBER = "11010519870423002X"


@pytest.mark.parametrize("pin", ["824619", "730591", "90731528", "82461973059164827301"])
def test_good_pins(pin):
    assert check_pin(pin, (MOBILE, ID_NUMBER)) == pin


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "pin.length"),
        ("82461", "pin.length"),
        ("824619730591648273015", "pin.length"),
        ("82461a", "pin.format"),
        ("８２４６１９", "pin.format"),
        ("824 619", "pin.format"),
        ("824619\n", "pin.format"),
    ],
)
def test_pins_of_wrong_form(pin, code):
    with pytest.raises(Invalid, check=lambda e: e.code == code and e.field == "pin"):
        check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    [
        "000000", "88888888",  # repeats
        "123456", "654321", "890123", "13579135", "9876543210",  # runs, also through zero
        "121212", "123123", "82468246", "112211",  # repeated groups, two digits only
        "123321", "111999", "123789", "111222333",  # several runs
        "112233", "998877", "010203", "102030",  # runs woven together
        "147258", "5201314", "168168",  # common
    ],
)  # fmt: skip
def test_weak_pins(pin):
    with pytest.raises(
        Invalid, check=lambda e: e.code == "pin.weak" and e.facts["why"] == "pattern"
    ) as caught:
        check_pin(pin)
    assert pin not in f"{caught.value} {caught.value.zh} {caught.value.en} {caught.value.facts}"


@pytest.mark.parametrize(
    "pin",
    [
        "420951",  # tail of the mobile
        "386742",  # middle of the mobile
        "13867420951",
        "13867420951204",  # the mobile with something after it
        "870423", "19870423",  # birthday
        "230487", "23041987", "042387", "04231987",  # birthday in another order
        "987042", "110105", "042300",  # other parts of the identity number
    ],
)  # fmt: skip
def test_pins_taken_from_what_others_know_of_the_holder(pin):
    assert check_pin(pin) == pin  # good for anybody else
    with pytest.raises(Invalid, check=lambda e: e.code == "pin.weak" and e.facts["why"] == "personal"):
        check_pin(pin, (MOBILE, ID_NUMBER))
