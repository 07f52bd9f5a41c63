"""Fix the bytes of a signing: which base, which seal, where, how protected (architecture §5.1)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash

from auth.errors import Conflict
from seals.access_codes import access_code, group_access
from seals.imprint import Imprint
from seals.keyring import P256
from seals.kinds import SealClass, SealKind, spec
from seals.life import Change, remade
from seals.mark import draw_mark
from seals.models import Document, Seal, SealKey, SealState
from seals.pdf.preparing import OtherField, Place, PreparedMeta, Protection
from seals.signing.workshop import Workshop
from seals.trace import draw_trace

__all__ = [
    "PreparedRow",
    "base_of",
    "changed",
    "digests",
    "live_key",
    "prepare",
    "require_collected",
    "require_unexpired",
    "seal_imprint",
    "signed_range_sha256",
]

_PROTECTIONS = {"none": Protection.SOLE, "known": Protection.LISTED, "unknown": Protection.OPEN}


@dataclass(frozen=True)
class PreparedRow:
    """The columns of a signing that fixing the bytes gives."""

    base_blob: str
    base_version: int
    prepared_blob: str
    prepared: dict[str, Any]
    digest_sha256: str
    digest_sm3: str
    key_id: str
    claimed_at: datetime


def base_of(document: Document) -> tuple[str, int]:
    """The bytes a new signature of this document would go onto."""
    return document.blob, document.version


def require_collected(seal: Seal) -> None:
    """Raises Conflict unless the seal can sign: issued, collected and not suspended."""
    if seal.state in (SealState.HELD, SealState.DECLINED):
        raise Conflict(
            "seal.not_issued",
            "该印章尚未发放，不能用印。请在「我的印章」查看原因，或改用其他印章。",
            "This seal has not been issued and cannot sign. See the reason among your seals, or use another.",
        )
    if seal.state is SealState.ISSUED:
        raise Conflict(
            "seal.not_collected",
            "该印章尚未领取，不能用印。请先在手机上领取。",
            "This seal has not been collected and cannot sign. Collect it on the phone first.",
        )
    if seal.state is SealState.CANCELLED:
        again = seal.ended_for is not None and remade(Change(seal.ended_for), seal)
        raise Conflict(
            "seal.cancelled",
            f"该印章已注销，不能用印。请改用其他印章{'；重新制作的，领取后使用新的印章' if again else ''}。",
            "This seal is cancelled and cannot sign. Use another"
            f"{', or its successor once collected' if again else ''}.",
        )
    if seal.state is not SealState.COLLECTED:
        raise Conflict(
            "seal.frozen",
            "该印章已暂停使用，不能用印。请法定代表人在「我的印章」恢复，或改用其他印章。",
            "This seal is suspended and cannot sign. Its representative resumes it; or use another.",
        )


def require_unexpired(key: SealKey, now: datetime) -> None:
    """Raises Conflict `seal.expired` unless the seal's certificate is good for longer."""
    if key.not_after <= now:
        raise Conflict(
            "seal.expired",
            "该印章的证书已到期，不能用印。请在「我的印章」续期后重新领取。",
            "This seal's certificate has expired, so it cannot sign. Renew it among your seals, then collect "
            "it anew.",
        )


async def live_key(seal: Seal) -> SealKey:
    """The key of the seal's present generation."""
    return await SealKey.get(seal_id=seal.id, generation=seal.generation, algorithm=P256)


def seal_imprint(seal: Seal) -> Imprint:
    """The seal's imprint as issued."""
    return Imprint(width_mm=seal.width_mm, height_mm=seal.height_mm, d=seal.imprint)


def _trace(seal: Seal, code: str) -> Imprint:
    """The document's code around the seal's shape; name seals are square, all others round or oval."""
    is_round = spec(SealKind(seal.kind)).seal_class is not SealClass.NAME
    return draw_trace(seal.width_mm, seal.height_mm, code, is_round=is_round)


def changed() -> Conflict:
    """The bytes, or what is asked about them, are not those that somebody looked at."""
    return Conflict(
        "signing.changed",
        "待签文件与扫码时不一致，已拒绝。",
        "The file is not the one that was scanned; refused.",
    )


def signed_range_sha256(data: bytes, meta: PreparedMeta) -> str:
    """SHA-256 over the signed byte range, in hex: the same before and after the signature is filled in."""
    digest = hashlib.sha256(memoryview(data)[: meta.reserved_start])
    digest.update(memoryview(data)[meta.reserved_end :])
    return digest.hexdigest()


def digests(prepared: bytes, meta: PreparedMeta) -> tuple[str, str]:
    """SHA-256 and SM3 over the signed byte range, computed from the bytes themselves, in hex."""
    parts = (prepared[: meta.reserved_start], prepared[meta.reserved_end :])
    sha, sm3 = hashlib.sha256(), Hash(SM3())
    for part in parts:
        sha.update(part)
        sm3.update(part)
    return sha.hexdigest(), sm3.finalize().hex()


async def prepare(
    document: Document, seal: Seal, request: dict[str, Any], now: datetime, workshop: Workshop
) -> PreparedRow:
    """Prepare and store the bytes. Raises what `seals.pdf.preparing.prepare` raises."""
    require_collected(seal)
    key = await live_key(seal)
    require_unexpired(key, now)
    base, version = base_of(document)
    data = await workshop.blobs.get(base)
    signed = version > 0 or bool(document.inspection["signatures"])
    mark = None
    if not version:
        # Version 0 of a record has no mark of ours yet; later versions carry the first one.
        url = f"{workshop.public_url}/v/{document.record_id}"
        access = access_code(document.record_id, workshop.records) if request.get("printed") else None
        mark = draw_mark(url, document.record_id, access and group_access(access))
    others = [] if signed else [OtherField(**other) for other in request["known"]]
    prepared = await workshop.inspector.prepare(
        data,
        certificate_der=base64.b64decode(key.certificate),
        chain_der=list(workshop.chain),
        imprint=seal_imprint(seal),
        place=None if request["field"] else Place(request["page"], request["x_mm"], request["y_mm"]),
        protection=Protection.FOLLOWING if signed else _PROTECTIONS[request["others"]],
        claimed_at=now,
        mark=mark,
        trace=_trace(seal, document.record_id),
        open_field=request["field"],
        others=others,
        also=[Place(**place) for place in request.get("also", ())],
    )
    sha256, sm3 = digests(prepared.data, prepared.meta)
    return PreparedRow(
        base,
        version,
        await workshop.blobs.put(prepared.data),
        asdict(prepared.meta),
        sha256,
        sm3,
        key.id,
        now,
    )
