"""Table of what lies before a reviewer: columns only, no behaviour. Times are UTC."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from auth.models import ID

__all__ = ["ReviewLease"]


class ReviewLease(Model):
    """One item before one reviewer, staff his role's id, until it is decided, given back or over.

    id: `entry:` or `seal:` with the row's id.
    """

    id = fields.CharField(32, primary_key=True)
    staff = fields.CharField(ID)
    until = fields.DatetimeField()

    class Meta:
        table = "review_lease"
