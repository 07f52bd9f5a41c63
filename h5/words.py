"""The words people read, in Chinese and English, by key; and which of the two a reader gets.

A key is `group.name`. Templates ask `w("group.name")`; a page hands the groups that its script needs to
the browser, where `t("group.name")` finds them (`static/js/lib/words.js`). `{name}` in a text is a fact
filled in when it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from h5.wording import (
    adding,
    approval,
    asking,
    cards,
    chatting,
    checking,
    closing,
    common,
    company,
    deposits,
    desk,
    devices,
    display,
    entry,
    filing,
    grants,
    installed,
    ledger,
    life,
    login,
    papers,
    passkeys,
    people,
    photo,
    pin,
    roots,
    scanning,
    sealing,
    service,
    service_desk,
    structures,
    succession,
    thread,
    ways,
)

__all__ = ["LANGUAGES", "WORDS", "Language", "choose", "groups", "text"]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh"
# Hebrew to Arabic Extended-A, and their presentation forms; Uyghur names are in there.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
MAX_HEADER = 400  # an Accept-Language header is read up to here; more is no browser's

WORDS: dict[str, tuple[str, str]] = {
    **common.WORDS,
    **login.WORDS,
    **devices.WORDS,
    **display.WORDS,
    **passkeys.WORDS,
    **closing.WORDS,
    **thread.WORDS,
    **cards.WORDS,
    **chatting.WORDS,
    **company.WORDS,
    **entry.WORDS,
    **adding.WORDS,
    **people.WORDS,
    **grants.WORDS,
    **approval.WORDS,
    **installed.WORDS,
    **life.WORDS,
    **asking.WORDS,
    **filing.WORDS,
    **ledger.WORDS,
    **photo.WORDS,
    **papers.WORDS,
    **pin.WORDS,
    **sealing.WORDS,
    **service.WORDS,
    **service_desk.WORDS,
    **scanning.WORDS,
    **checking.WORDS,
    **structures.WORDS,
    **roots.WORDS,
    **succession.WORDS,
    **ways.WORDS,
    **desk.WORDS,
    **deposits.WORDS,
}


def text(key: str, language: Language, **facts: object) -> str:
    """The words of a key with its facts filled in; KeyError when there is no such key."""
    words = WORDS[key][LANGUAGES.index(language)]
    return words.format_map({name: _apart(fact) for name, fact in facts.items()}) if facts else words


def _apart(fact: object) -> object:
    """A name written from right to left turns nothing around it: it is isolated (UAX #9: FSI … PDI)."""
    return f"\u2068{fact}\u2069" if isinstance(fact, str) and _RIGHT_TO_LEFT.search(fact) else fact


def groups(names: Iterable[str], language: Language) -> dict[str, str]:
    """All words of the named groups, key → text, for a page's script."""
    wanted = frozenset(names)
    place = LANGUAGES.index(language)
    return {key: pair[place] for key, pair in WORDS.items() if key.partition(".")[0] in wanted}


def choose(asked: str | None, kept: str | None, accepted: str | None) -> Language:
    """The reader's language: ?lang= first, then the cookie, then Accept-Language, then Chinese."""
    for candidate in (asked, kept):
        if candidate in LANGUAGES:
            return candidate
    return _accepted((accepted or "")[:MAX_HEADER])


def _accepted(header: str) -> Language:
    """The known language of the highest weight in an Accept-Language header (RFC 9110 §12.5.4)."""
    weights: dict[Language, float] = {}
    for item in header.split(","):
        tag, *parameters = (part.strip() for part in item.split(";"))
        primary = tag.partition("-")[0].lower()
        if primary in LANGUAGES:
            weight = _weight(parameters)
            weights[primary] = max(weight, weights.get(primary, 0.0))
    return _heaviest(weights)


def _heaviest(weights: Mapping[Language, float]) -> Language:
    best = max(weights, key=lambda name: weights[name], default=DEFAULT)
    return best if weights.get(best, 0.0) > 0 else DEFAULT


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
