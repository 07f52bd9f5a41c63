"""The applicant's side of a small payment (R112): ask for it, see how it stands, type what arrived.

The amount, 0.01 to 0.99 CNY, is in no row: it is computed from the row's id under the records key, so a
database that was read does not tell it, and a payment that is sent again after a crash is of the same amount.
Three of ninety-nine may be tried, each counted before it is looked at; then another payment is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F, Q

from auth import bank_accounts, events, throttling
from auth.engine import transaction
from auth.errors import Conflict, Invalid
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_id
from seals.deposits.models import BankDeposit, DepositState
from seals.entry import seeing, verified
from seals.entry.models import OPEN, EntryApplication, EntryWay

__all__ = ["MOST_TRIES", "DepositView", "amount_of", "answer", "ask", "look", "place", "tell"]

AMOUNT_LIFE = timedelta(days=7)
MOST_TRIES = 3
AMOUNTS = 99  # fen
DEPOSITS_PER_COMPANY = Limit("deposit.company", 3, 86_400)
"""By each person: nobody uses up what another, perhaps the owner, may ask for."""
DEPOSITS_PER_PERSON = Limit("deposit.person", 5, 86_400)
ANSWERS_PER_PERSON = Limit("deposit.answer", 20, 600)


@dataclass(frozen=True)
class DepositView:
    """The newest payment of an application. state: as `DepositState`, `none` before the first.

    account_masked: its last four digits; tries_left, expires_at: while it is SENT; reason: the bank's.
    """

    company_name: str
    state: str
    account_masked: str
    tries_left: int
    expires_at: datetime | None
    reason: str | None


def place(row_id: str, column: str) -> str:
    """Where a sealed value belongs."""
    return f"bank_deposit.{column}:{row_id}"


def amount_of(row_id: str, records: RecordsKey) -> int:
    """The amount of a payment, in fen."""
    return int(records.index(row_id, "bank_deposit.amount"), 16) % AMOUNTS + 1


async def look(application_id: str, session: SessionView, now: datetime) -> DepositView:
    """How the newest payment stands. Raises NotFound `entry.not_found`."""
    return await _view(await seeing.own(application_id, session.person_id), now)


async def _view(application: EntryApplication, now: datetime) -> DepositView:
    row = await BankDeposit.filter(application_id=application.id).order_by("-created_at", "-id").first()
    if row is None:
        return DepositView(application.company_name, "none", "", 0, None, None)
    sent = row.state is DepositState.SENT
    late = sent and row.expires_at is not None and row.expires_at <= now
    return DepositView(
        application.company_name,
        (DepositState.EXPIRED if late else row.state).value,
        f"****{row.tail}",
        MOST_TRIES - row.tries if sent and not late else 0,
        row.expires_at if sent else None,
        row.reason,
    )


async def ask(
    application_id: str, account: str, bank: str, session: SessionView, now: datetime, records: RecordsKey
) -> DepositView:
    """Have a payment made to an account that the company has under its registered name.

    Raises NotFound `entry.not_found`; Invalid on the fields; Conflict `entry.state`, `deposit.open`; TooMany.
    """
    application = await seeing.own(application_id, session.person_id)
    number, bank = bank_accounts.account_number(account), bank_accounts.bank_name(bank)
    if application.state not in OPEN or not application.uscc:
        raise _not_open()
    await _require_none_open(application, now)
    await throttling.count(DEPOSITS_PER_PERSON, session.person_id, now)
    whose = records.index(f"{application.uscc}/{session.person_id}", "deposit.company")
    await throttling.count(DEPOSITS_PER_COMPANY, whose, now)
    row_id = new_id()
    try:
        async with transaction():
            mine = BankDeposit.filter(live=application.id)
            await mine.filter(_of_no_use(application, now)).update(
                state=DepositState.EXPIRED, live=None, ended_at=now
            )
            await BankDeposit.create(
                id=row_id,
                application_id=application.id,
                person_id=session.person_id,
                uscc=application.uscc,
                company_name=application.company_name,
                live=application.id,
                account_sealed=records.seal(number, place(row_id, "account")),
                bank_sealed=records.seal(bank, place(row_id, "bank")),
                tail=number[-4:],
                state=DepositState.WAITING,
                created_at=now,
            )
    except IntegrityError:
        raise _open() from None
    return await _view(application, now)


def _of_no_use(application: EntryApplication, now: datetime) -> Q:
    """A payment whose days are over, or that was made to another company than the form names now."""
    other = ~Q(uscc=application.uscc) | ~Q(company_name=application.company_name)
    return Q(state=DepositState.SENT) & (Q(expires_at__lte=now) | other)


async def _require_none_open(application: EntryApplication, now: datetime) -> None:
    """Before anything is counted; the unique column holds it against parallel requests."""
    if await BankDeposit.filter(live=application.id).exclude(_of_no_use(application, now)).exists():
        raise _open()


def _open() -> Conflict:
    return Conflict(
        "deposit.open",
        "已有一笔打款在办理中，请等待到账后填写金额。",
        "A payment is on its way already. Type its amount when it has arrived.",
    )


def _not_open() -> Conflict:
    return Conflict(
        "entry.state",
        "该申请已办结或已撤回，不需要打款验证。",
        "This application is closed; no payment is needed.",
    )


async def answer(
    application_id: str, amount: str, session: SessionView, now: datetime, records: RecordsKey
) -> DepositView:
    """Type the amount that arrived; the right one verifies the company for its application.

    Raises NotFound `entry.not_found`; Invalid `deposit.amount_format`, `deposit.amount_wrong` (facts:
    tries_left); Conflict `deposit.over`, `deposit.failed`, `deposit.other_company`, `entry.state`,
    `entry.changed`; TooMany.
    """
    application = await seeing.own(application_id, session.person_id)
    typed = bank_accounts.cents(amount)
    await throttling.count(ANSWERS_PER_PERSON, session.person_id, now)
    row = await BankDeposit.get_or_none(live=application.id, state=DepositState.SENT, expires_at__gt=now)
    # Counted before it is compared, so that parallel answers cannot exceed the limit.
    tried = row is not None and await BankDeposit.filter(
        id=row.id, state=DepositState.SENT, tries__lt=MOST_TRIES
    ).update(tries=F("tries") + 1)
    if row is None or not tried:
        raise _over()
    if typed != amount_of(row.id, records):
        await _wrong(row, now)
    if (row.uscc, row.company_name) != (application.uscc, application.company_name):
        raise _other_company()
    await _pass(row, application, now)
    return await _view(application, now)


def _other_company() -> Conflict:
    return Conflict(
        "deposit.other_company",
        "打款后申请表上的企业已更改，这笔打款不能证明现在的企业。请重新申请打款。",
        "The form names another company than it did when this was paid. Ask for another payment.",
    )


def _over() -> Conflict:
    return Conflict(
        "deposit.over",
        "没有等待填写金额的打款，或已超过 7 天、已填错 3 次。请重新申请打款。",
        "No payment waits for its amount, or 7 days or 3 tries are over. Ask for another payment.",
    )


async def _wrong(row: BankDeposit, now: datetime) -> None:
    left = MOST_TRIES - (await BankDeposit.get(id=row.id)).tries
    if left > 0:
        raise Invalid(
            "deposit.amount_wrong",
            f"金额不符，还可填写 {left} 次。请向财务人员核对银行流水。",
            f"This is not the amount; {left} more tries. Check the bank's record of incoming payments.",
            field="amount",
            tries_left=left,
        )
    async with transaction():
        if await _end(row, DepositState.FAILED, now):
            await tell(row, "deposit.failed", f"person:{row.person_id}", now)
    raise Conflict(
        "deposit.failed",
        f"金额已填错 {MOST_TRIES} 次，本次打款作废。请重新申请打款。",
        f"The amount was wrong {MOST_TRIES} times, so this payment counts no more. Ask for another.",
    )


async def _end(row: BankDeposit, state: DepositState, now: datetime) -> int:
    mine = BankDeposit.filter(id=row.id, live=row.application_id, state=DepositState.SENT)
    return await mine.update(state=state, live=None, ended_at=now)


async def _pass(row: BankDeposit, application: EntryApplication, now: datetime) -> None:
    by = f"person:{row.person_id}"
    async with transaction():
        if not await _end(row, DepositState.PASSED, now):
            raise _over()
        await verified.record_here(application, EntryWay.DEPOSIT, row.id, by, now)


async def tell(row: BankDeposit, kind: str, actor: str, now: datetime) -> None:
    """An event in the applicant's conversation; last in the transaction."""
    await events.append(
        events.person_stream(row.person_id),
        kind,
        actor=actor,
        subject=f"bank_deposit:{row.id}",
        now=now,
        facts={"application": row.application_id, "tail": row.tail},
    )
