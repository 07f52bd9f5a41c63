"""What a challenge and a PIN are bound to: every part of it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from auth.models import ChallengePurpose
from seals import custody
from seals.models import Signing
from seals.signing.offering import confirm_info
from seals.signing.opening import intent

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PREPARED = {"page": 0, "x_mm": 40.0, "y_mm": 205.0, "field_name": "Seal1"}
STATED = {"document_kind": "contract", "amount": "100.00", "counterparty": "甲公司"}
ROW = {
    "id": "signing",
    "seal_id": "seal",
    "key_id": "key",
    "digest_sha256": "01",
    "digest_sm3": "02",
    "prepared": PREPARED,
    "claimed_at": NOW,
    "request": STATED,
}
AGAIN = {"page": 1, "x_mm": 40.0, "y_mm": 205.0}
PLACES = [{"page": 1}, {"x_mm": 40.5}, {"y_mm": 204.0}, {"also": [AGAIN]}, {"also": [AGAIN, AGAIN]}]


class Row(SimpleNamespace):
    """A signing without a database."""

    places = Signing.places


def row(**changed: object) -> Any:
    return Row(**{**ROW, **changed})


def moved(where: Mapping[str, object]) -> Any:
    return row(prepared={**PREPARED, **where})


@pytest.mark.parametrize(
    "other",
    [
        row(id="x"),
        row(seal_id="x"),
        row(digest_sha256="x"),
        row(digest_sm3="x"),
        row(claimed_at=NOW + timedelta(seconds=1)),
        moved({"field_name": "Seal2"}),
        *(row(request={**STATED, name: "x"}) for name in STATED),
        *map(moved, PLACES),
    ],
)
def test_an_intent_is_of_one_signing_seal_place_time_and_content(other: Any) -> None:
    assert intent(row(), ChallengePurpose.SIGNING) == intent(row(), ChallengePurpose.SIGNING)
    assert intent(other, ChallengePurpose.SIGNING) != intent(row(), ChallengePurpose.SIGNING)


def test_an_intent_is_of_one_purpose() -> None:
    assert len({intent(row(), purpose) for purpose in ChallengePurpose}) == len(ChallengePurpose)


def info(
    signing: Any = None,
    holder: str = "person",
    sha256: str = "01",
    sm3: str = "02",
    challenge: dict[str, object] | None = None,
    seal: dict[str, object] | None = None,
    grant: str = "",
) -> bytes:
    asked = SimpleNamespace(**{"id": "challenge", "intent": "intent", "expires_at": NOW, **(challenge or {})})
    used = SimpleNamespace(**{"id": "seal", "generation": 1, **(seal or {})})
    values = confirm_info(signing or row(), asked, used, holder, sha256, sm3, grant)  # type: ignore[arg-type]
    return custody.offer_info(values)


def test_a_pin_is_given_for_one_intent_and_every_part_of_it_counts() -> None:
    others = [
        info(signing=row(id="x")),
        info(signing=row(key_id="x")),
        *(info(signing=moved(place)) for place in PLACES),
        info(holder="x"),
        info(sha256="x"),
        info(sm3="x"),
        info(challenge={"id": "x"}),
        info(challenge={"intent": "x"}),
        info(challenge={"expires_at": NOW + timedelta(seconds=1)}),
        info(seal={"id": "x"}),
        info(seal={"generation": 2}),
        info(grant="x"),
    ]
    assert info() == info()
    assert len({info(), *others}) == len(others) + 1


def test_the_digests_are_those_given_and_not_the_rows() -> None:
    """The sealer passes what it computed from the stored bytes."""
    assert info(signing=row(digest_sha256="x", digest_sm3="y")) == info()
