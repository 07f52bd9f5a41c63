"""What the domain needs from outside: text messages, WeChat, a person's identity, the company registrar.

Implementations live in `server/adapters/`. Every method is asynchronous, keeps its own time limit and
raises `auth.errors.Unavailable` (`sms.unavailable`, `wechat.unavailable` and so on)
when the outside does not answer in time, or answers nonsense; trying again later is then right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

__all__ = [
    "Bank",
    "Check",
    "DecisionState",
    "IdentityResult",
    "IdentityState",
    "IdentityWay",
    "JsSignature",
    "ListedCompany",
    "PushService",
    "RealName",
    "RegisteredChange",
    "RegisteredCompany",
    "RegisteredRepresentative",
    "Registrar",
    "RegistrarApplication",
    "RegistrarDecision",
    "SmallPayment",
    "Sms",
    "Told",
    "WeChat",
    "WeChatAccountService",
    "WeChatMessage",
    "WeChatUser",
]


class IdentityState(StrEnum):
    """PENDING (the person has not finished) → PASSED or REFUSED; both are final."""

    PENDING = "pending"
    PASSED = "passed"
    REFUSED = "refused"


class IdentityWay(StrEnum):
    """How a person is checked: his face; his bank card with his mobile; his ID card, by a clerk at a counter.

    Of the face the person is asked for a consent of its own, and whoever does not give it has the other two.
    """

    FACE = "face"
    BANK = "bank"
    COUNTER = "counter"


class DecisionState(StrEnum):
    """PENDING (on the registrar's desk) → APPROVED or REJECTED; both are final."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Check:
    """A started identity check. url: the page that the person opens on the phone."""

    id: str
    url: str


@dataclass(frozen=True)
class IdentityResult:
    """The outcome of a check, with whom, what for and by which way it was made: compare, do not assume.

    reference: as it was given to `start`. decided_at: when the person finished it, UTC; None while PENDING.
    reason: in Chinese, for the person, when REFUSED; else None.
    """

    state: IdentityState
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    reference: str
    way: IdentityWay
    decided_at: datetime | None
    reason: str | None = None


@dataclass(frozen=True)
class RegistrarApplication:
    """An application to register a company (设立登记申请), all values in their normal forms.

    application_id: ours, stable: submitting it again is the same application. region: 6 digits.
    capital_wan: registered capital in 万元 (10,000 CNY). term_years: None means long-term (长期).
    """

    application_id: str
    company_name: str
    company_type: str
    region: str
    address: str
    capital_wan: Decimal
    business_scope: str
    representative_name: str = field(repr=False)
    representative_id_number: str = field(repr=False)
    representative_mobile: str = field(repr=False)
    term_years: int | None


@dataclass(frozen=True)
class RegisteredCompany:
    """What an approval gives: the data of the business licence beyond those applied for.

    Dates are days in China. valid_until: the last day, or None for long-term.
    authority: the registering authority's name (登记机关).
    """

    uscc: str
    licence_number: str
    company_name: str
    region: str
    authority: str
    established_on: date
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class ListedCompany(RegisteredCompany):
    """A company in the register, whichever way it was registered. company_type: in Chinese.

    capital_wan: registered capital in 万元 (10,000 CNY).
    """

    company_type: str
    address: str
    capital_wan: Decimal
    business_scope: str


@dataclass(frozen=True)
class RegistrarDecision:
    """The registrar's decision. reason: set when REJECTED; company: set when APPROVED."""

    state: DecisionState
    reason: str | None = None
    company: RegisteredCompany | None = None


@dataclass(frozen=True)
class RegisteredChange:
    """That a company's representative or name was changed, or that it was dissolved.

    number: the registrar's, running, of all companies.
    """

    number: int
    uscc: str


@dataclass(frozen=True)
class RegisteredRepresentative:
    """The legal representative in the register now, in normal forms.

    since: the day in China of his registration; licence_number: of the licence that names him;
    company_name, company_type: as registered now, None where the registrar names none, which is no change;
    dissolved_on: the day on which the company itself was struck off (注销登记), or None.
    """

    uscc: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    licence_number: str
    since: date
    dissolved_on: date | None = None
    company_name: str | None = None
    company_type: str | None = None


@dataclass(frozen=True)
class SmallPayment:
    """A payment to a company's account. key: ours, the same for the same payment; cents: fen, 1 to 99.

    name: of the account, the company's registered one; bank: with its branch.
    """

    key: str
    account: str = field(repr=False)
    bank: str
    name: str
    cents: int = field(repr=False)


@dataclass(frozen=True)
class WeChatUser:
    """Whom WeChat names: openid, his identifier towards our one application."""

    openid: str = field(repr=False)


class WeChat(Protocol):
    """Login by WeChat (code2session)."""

    async def code2session(self, code: str) -> WeChatUser:
        """Exchange a login code, good once. Raises Refused `wechat.refused` when WeChat will not have it."""


class Sms(Protocol):
    """A gateway for text messages."""

    async def send(self, mobile: str, text: str) -> None:
        """Hand over one message. Raises Refused `sms.refused` when the gateway will not send it."""


class RealName(Protocol):
    """Checks that a person is who he says: name and number against the register, then the way he chose."""

    async def start(
        self, name: str, id_number: str, mobile: str, return_url: str, reference: str, way: IdentityWay
    ) -> Check:
        """Begin a check; its page leads back to return_url. Raises Refused `realname.refused`.

        At a counter the page shows the code that the clerk asks for; the outcome comes when he has decided.

        reference: what the check is for, kept by the service and told again with the result.
        """

    async def result(self, check_id: str) -> IdentityResult:
        """How the check stands. Raises NotFound `realname.not_found` for an unknown check."""


class Bank(Protocol):
    """The platform's bank."""

    async def pay(self, payment: SmallPayment) -> str:
        """Pay once; returns the bank's reference. Safe to repeat with the same key.

        Raises Refused `bank.refused` when account, bank and name are not one.
        """


class Registrar(Protocol):
    """The company registrar (登记机关)."""

    async def submit(self, application: RegistrarApplication) -> str:
        """Hand in an application; returns the registrar's reference. Safe to repeat.

        Raises Refused `registrar.refused` when the registrar will not take it (not a rejection:
        that is a decision).
        """

    async def result(self, reference: str) -> RegistrarDecision:
        """How the application stands. Raises NotFound `registrar.not_found`."""

    async def company(self, uscc: str) -> ListedCompany:
        """What the register says of a company, by its code; of one that was dissolved too.

        Raises NotFound `registrar.not_found`, Refused `registrar.refused`.
        """

    async def changes(self, after: int) -> tuple[RegisteredChange, ...]:
        """Registered changes of representatives and names with greater numbers, ascending, some at a time.

        Raises Refused `registrar.refused`.
        """

    async def representative(self, uscc: str) -> RegisteredRepresentative:
        """Who represents a company, how it is called, and whether it still is one.

        Raises NotFound `registrar.not_found`, Refused `registrar.refused`.
        """


@dataclass(frozen=True)
class Told:
    """A browser to tell. address: at its push service; public_key, secret: what messages to it are
    encrypted with (RFC 8291).
    """

    id: str
    person_id: str
    device: str
    language: str
    address: str = field(repr=False)
    public_key: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class WeChatMessage:
    """A subscribe message (订阅消息). openid: whom; kind: of event; path: the page of this site."""

    openid: str = field(repr=False)
    kind: str
    path: str
    at: datetime


@dataclass(frozen=True)
class JsSignature:
    """What a page needs to use WeChat's own functions (JS-SDK `wx.config`). timestamp: Unix s."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


class WeChatAccountService(Protocol):
    """WeChat as the operator's own account: messages to people, and signatures for pages."""

    async def notify(self, message: WeChatMessage) -> None:
        """Send a subscribe message; nothing where it is not set up or the person takes none.

        Raises Unavailable `wechat.unavailable`.
        """

    async def sign_page(self, url: str, now: datetime) -> JsSignature | None:
        """The signature for a page, None where it is not set up. Raises Unavailable `wechat.unavailable`."""


class PushService(Protocol):
    """The services by which browsers are told (Web Push), each at the address that it gave."""

    async def send(self, told: Told, kind: str, path: str, tag: str) -> bool:
        """Tell a browser that something of a kind waits at a path of this site; False: it is gone.

        tag: a message with the same tag takes the place of the one before. Raises Unavailable
        `push.unavailable`, Refused `push.refused`.
        """
