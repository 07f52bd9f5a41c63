"""The sealer countersigns the heads of the event log's streams, so that a rewritten log is noticed."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.models import HeadSignature, StreamHead

__all__ = ["countersign", "head_bytes"]

AT_ONCE = 500


def head_bytes(stream: str, seq: int, link: str) -> bytes:
    """What is signed for a head."""
    return b"ezhang/head/1\n" + json.dumps([stream, seq, link]).encode()


async def countersign(identity: Ed25519PrivateKey, now: datetime, stream: str | None = None) -> int:
    """Sign one stream's head, or all heads that grew since they were signed last; returns how many."""
    if stream is not None:
        return await _sign(identity, now, await StreamHead.filter(stream=stream))
    done, last = 0, ""
    while heads := await StreamHead.filter(stream__gt=last).order_by("stream").limit(AT_ONCE):
        done, last = done + await _sign(identity, now, heads), heads[-1].stream
    return done


async def _sign(identity: Ed25519PrivateKey, now: datetime, heads: Sequence[StreamHead]) -> int:
    known = HeadSignature.filter(stream__in=[h.stream for h in heads], seq__in=list({h.seq for h in heads}))
    signed = set(await known.values_list("stream", "seq"))
    fresh = [
        HeadSignature(
            stream=head.stream,
            seq=head.seq,
            hash=head.hash,
            at=now,
            signature=base64.b64encode(identity.sign(head_bytes(head.stream, head.seq, head.hash))).decode(),
        )
        for head in heads
        if (head.stream, head.seq) not in signed
    ]
    if fresh:
        await HeadSignature.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
