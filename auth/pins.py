"""Which PINs are allowed: 6 to 20 digits (architecture §6), none that is guessed first.

The PIN never appears in a message, a fact or an exception's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from auth.errors import Invalid

__all__ = ["PIN_MAX", "PIN_MIN", "check_form", "check_pin"]

PIN_MIN = 6
PIN_MAX = 20
# A run this long in common with a mobile, an identity number or a birthday makes a PIN weak.
SHARED_RUN = 6
DISTINCT_DIGITS_MIN = 3
STEADY_RUN_MIN = 3
STEADY_STEPS = frozenset({0, 1, 2, 8, 9})  # modulo 10: equal, up or down by one or two

# Heads of published lists of leaked six- to eight-digit PINs that no rule below finds: keypad shapes
# and numbers that sound like words (5201314 = 我爱你一生一世).
COMMON = frozenset(
    {
        "147258", "147852", "159357", "159753", "258369", "258456", "369258", "753951", "741852", "963852",
        "147258369", "159357456", "789456123", "741852963", "135246", "246135", "142536", "168168", "520131",
        "521314", "1314520", "1314521", "5201314", "5211314", "131420", "201314", "584520", "168888",
    }
)  # fmt: skip


def check_form(pin: str) -> None:
    """Raises Invalid `pin.format` for what cannot be anybody's PIN; it needs no try."""
    if not re.fullmatch(rf"[0-9]{{{PIN_MIN},{PIN_MAX}}}", pin):
        raise Invalid(
            "pin.format",
            f"口令为 {PIN_MIN} 至 {PIN_MAX} 位数字。",
            f"The PIN has {PIN_MIN} to {PIN_MAX} digits.",
            field="pin",
        )


def check_pin(pin: str, avoid: Iterable[str] = ()) -> str:
    """Return the PIN if it may be set, else raise Invalid `pin.format`, `pin.length` or `pin.weak`.

    avoid: what others know of the holder: mobile, identity number, dates (any text; its digits count).
    A PIN that shares six digits in a row with one of them, or with a birthday in any order of day,
    month and year, is weak. So are repeats, runs, repeated groups, two runs woven together, and
    a handful of common ones.
    """
    if not re.fullmatch(r"[0-9]*", pin):
        raise Invalid("pin.format", "用印口令只能由数字组成。", "A PIN consists of digits only.", field="pin")
    if not PIN_MIN <= len(pin) <= PIN_MAX:
        raise Invalid(
            "pin.length",
            f"用印口令应为 {PIN_MIN} 至 {PIN_MAX} 位数字。",
            f"A PIN has {PIN_MIN} to {PIN_MAX} digits.",
            field="pin",
            minimum=PIN_MIN,
            maximum=PIN_MAX,
        )
    if _is_regular(pin) or pin in COMMON:
        raise Invalid(
            "pin.weak",
            "这个口令太容易被猜到（如重复、连续或常见数字），请换一个。",
            "This PIN is too easy to guess (repeats, runs or a common number); please choose another.",
            field="pin",
            why="pattern",
        )
    if any(_shares_run(pin, known) for text in avoid for known in _known_digits(text)):
        raise Invalid(
            "pin.weak",
            "用印口令不能取自您的手机号、身份证号或生日，请换一个。",
            "A PIN must not come from your mobile number, identity number or birthday;"
            " please choose another.",
            field="pin",
            why="personal",
        )
    return pin


def _is_regular(pin: str) -> bool:
    """Few distinct digits, a repeated group (121212), steady runs (123321), or two woven (112233, 010203)."""
    woven = len(pin) % 2 == 0 and _is_steady(pin[::2]) and _is_steady(pin[1::2])
    return len(set(pin)) < DISTINCT_DIGITS_MIN or pin in (pin + pin)[1:-1] or _is_steady(pin) or woven


def _is_steady(pin: str) -> bool:
    """Whether the PIN falls wholly into runs of at least three digits with one step each (135, 987, 111)."""
    steps = [(int(b) - int(a)) % 10 for a, b in pairwise(pin)]
    start = 0
    while start < len(pin):
        end = start + 1
        while end < len(pin) and steps[end - 1] == steps[start] and steps[start] in STEADY_STEPS:
            end += 1
        if end - start < STEADY_RUN_MIN:
            return False
        start = end
    return True


def _known_digits(text: str) -> list[str]:
    """The digits of a text and, where it holds a date YYYYMMDD, that date in the usual other orders."""
    digits = re.sub(r"[^0-9]", "", text)
    orders = [digits]
    for year, month, day in re.findall(r"(?=((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-2][0-9]|3[01]))", digits):
        orders += [day + month + year, month + day + year, day + month + year[2:], month + day + year[2:]]
    return orders


def _shares_run(pin: str, known: str) -> bool:
    return any(pin[i : i + SHARED_RUN] in known for i in range(len(pin) - SHARED_RUN + 1))
