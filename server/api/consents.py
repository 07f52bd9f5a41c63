"""Consent to the terms of service and the privacy policy: how one stands, accept, withdraw."""

from __future__ import annotations

from sanic import Blueprint, Request

from auth import consents
from auth.consents import ConsentView
from server.api.operation import Body, operation, session
from server.context import now

__all__ = ["consents_api"]

consents_api = Blueprint("consents_api", url_prefix="/api")


class Accepted(Body):
    """The digests of the texts as they were shown."""

    terms: str
    privacy: str


@operation(
    consents_api, "GET", "/consents", "The current texts and my consent", answer=tuple[ConsentView, ...]
)
async def my_consents(request: Request) -> tuple[ConsentView, ...]:
    return await consents.standing(session(request).person_id)


@operation(
    consents_api,
    "POST",
    "/consents",
    "Accept the current texts",
    answer=tuple[ConsentView, ...],
    body=Accepted,
)
async def agree(request: Request, body: Accepted) -> tuple[ConsentView, ...]:
    return await consents.accept(session(request).person_id, body.terms, body.privacy, now())


@operation(consents_api, "POST", "/consents/withdraw", "Withdraw my consent", answer=tuple[ConsentView, ...])
async def withdraw_consent(request: Request) -> tuple[ConsentView, ...]:
    return await consents.withdraw(session(request).person_id, now())
