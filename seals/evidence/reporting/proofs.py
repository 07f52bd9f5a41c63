"""What proves it: digests, pages, timestamps, certificates, events, and the platform's own verdict now."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.china import second
from auth.tokens import group_code
from seals.certificates import fingerprint
from seals.evidence.proofs import prove
from seals.evidence.reporting.case import Case
from seals.evidence.structures import pdf_parts, unreadable
from seals.life_words import REVOKED_FOR
from seals.models import SealKey
from seals.pdf.preparing import PreparedMeta
from seals.revocation import current_trust
from seals.ses import reading
from seals.signing.archived_files import newest_file
from seals.signing.workshop import Workshop
from seals.sm2 import sm3
from seals.verifying import in_our_records

__all__ = ["MOST_PAGES", "proofs"]

Json = dict[str, Any]

MOST_PAGES = 9
"""Pages shown: the first ones, and the one with the seal."""
_PAGE_PX = 480
_CONTENTS = re.compile(rb"/Contents\s*<([0-9A-Fa-f]+)>")
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError)

_EVENTS = {
    "document.uploaded": "收到文件",
    "document.renewed": "续加时间戳",
    "signing.requested": "发起用印",
    "signing.opened": "出示扫码质询",
    "signing.scanned": "扫码",
    "signing.digits_wrong": "两位数字输错，质询作废",
    "signing.confirmed": "确认用印",
    "signing.keyed": "印章密钥签名",
    "signing.signed": "签署完成并入档",
    "approval.given": "审批通过",
    "approval.refused": "审批不通过",
}
_OUTCOMES = {"skipped": "未进行", "open": "未定", "failed": "不通过"}
_VERDICTS = {"valid": "签名有效，文件自签署以后未被改动", "invalid": "不能采信", "unknown": "无法判定"}


async def proofs(case: Case, workshop: Workshop, identity: Ed25519PublicKey, now: datetime) -> Json:
    """Raises Conflict `evidence.unreadable` where the file or its records are not as they were made."""
    data = await workshop.blobs.get(case.version.sha256)
    original = await workshop.blobs.get(case.document.original)
    newest = await newest_file(case.version)
    renewed = data if newest == case.version.sha256 else await workshop.blobs.get(newest)
    stamps = _stamps(case, data)
    pages, left_out = await _pages(case, workshop)
    events, roots = await _events(case, identity)
    return {
        "document": _document(case, data, original),
        "pages": pages,
        "pages_left_out": left_out,
        "pages_sha256": case.row.prepared_blob,
        "timestamps": [told for _, told in stamps],
        "times": _times(case, stamps),
        "certificates": await _certificates(case, data, workshop),
        "events": events,
        "roots": roots,
        "verdict": await _verdict(renewed, workshop, now),
        "signed_at": stamps[0][1]["at"],
    }


def _document(case: Case, data: bytes, original: bytes) -> Json:
    row = case.document
    return {
        "name": row.name,
        "pages": len(row.inspection["pages"]),
        "code": group_code(row.record_id),
        "version": case.version.number,
        "removed": list(row.removed),
        "original_size": f"{len(original):,}",
        "result_size": f"{len(data):,}",
        "original_sha256": hashlib.sha256(original).hexdigest(),
        "original_sm3": sm3(original).hex(),
        "result_sha256": hashlib.sha256(data).hexdigest(),
        "result_sm3": sm3(data).hex(),
        "range_sha256": case.row.digest_sha256,
        "range_sm3": case.row.digest_sm3,
        "ses_sha256": hashlib.sha256(case.ses).hexdigest(),
    }


async def _pages(case: Case, workshop: Workshop) -> tuple[list[Json], int]:
    count, first = len(case.document.inspection["pages"]), int(case.row.prepared["page"])
    sealed = {int(place["page"]) for place in case.row.places}
    shown = sorted({first, *range(min(count, MOST_PAGES if first < MOST_PAGES else MOST_PAGES - 1))})
    data = await workshop.blobs.get(case.row.prepared_blob)
    pages = []
    for page in shown:
        png = await workshop.inspector.page_png(data, page, _PAGE_PX, None)
        pages.append({"number": page + 1, "svg": _framed(png), "sealed": page in sealed})
    return pages, count - len(shown)


def _framed(png: bytes) -> str:
    """A picture as SVG, the form in which a text can carry one."""
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    coded = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{coded}"/></svg>'
    )


# ---------------------------------------------------------------- timestamps


def _stamps(case: Case, data: bytes) -> list[tuple[datetime, Json]]:
    """Of the signature, the GB/T 38540 signature, and the file as it was archived."""
    meta = PreparedMeta.from_json(case.row.prepared)
    try:
        signer = cms.ContentInfo.load(pdf_parts(data, meta).container)["content"]["signer_infos"][0]
        (stamped,) = [each for each in signer["unsigned_attrs"] if each["type"].native.endswith("token")]
        ses = reading.read(case.ses)
        archive = _CONTENTS.findall(data, meta.length)[-1]
        if not isinstance(ses, reading.Signature) or ses.timestamp is None:
            raise ValueError("no stamped signature")
        tokens = {
            "PDF 签名": stamped["values"][0],
            "国标签章（GB/T 38540）": cms.ContentInfo.load(ses.timestamp),
            "归档后的整个文件": cms.ContentInfo.load(bytes.fromhex(archive.decode())),
        }
        return [_stamp(of, token) for of, token in tokens.items()]
    except (*_UNREADABLE, reading.Malformed) as error:
        raise unreadable() from error


def _stamp(of: str, token: cms.ContentInfo) -> tuple[datetime, Json]:
    signed = token["content"]
    info = signed["encap_content_info"]["content"].parsed
    at: datetime = info["gen_time"].native
    units = [each.chosen for each in signed["certificates"]]
    unit = _named(units[0].subject) if units else ""
    serial = f"{info['serial_number'].native:x}"
    at = at.astimezone(UTC)
    return at, {"of_zh": of, "unit": unit, "serial": serial, "at": second(at)}


def _named(name: asn1_x509.Name) -> str:
    """Unit, code, name and number; the country is the same everywhere."""
    values: Json = name.native
    wanted = ("organization_name", "organization_identifier", "common_name", "serial_number")
    return "，".join(str(values[each]) for each in wanted if each in values)


def _times(case: Case, stamps: Sequence[tuple[datetime, Json]]) -> list[Json]:
    """In the order in which it happened: a timestamp's whole seconds do not tell it among events."""
    rows = [(each.at, _EVENTS.get(each.kind, each.kind), f"事件 {each.seq}") for each in case.told]
    last = len(rows) - 1  # the event that it is signed comes after all timestamps
    rows[last:last] = [(at, f"{told['of_zh']}加盖时间戳", "时间戳") for at, told in stamps]
    return [{"at": second(at), "what_zh": what, "source_zh": source} for at, what, source in rows]


# ---------------------------------------------------------------- certificates


async def _certificates(case: Case, data: bytes, workshop: Workshop) -> list[Json]:
    meta = PreparedMeta.from_json(case.row.prepared)
    ses = reading.read(case.ses)
    if not isinstance(ses, reading.Signature):
        raise unreadable()
    seal, units = base64.b64decode(case.key.certificate), pdf_parts(data, meta).units
    sm2 = await SealKey.get_or_none(
        serial=f"{x509.load_der_x509_certificate(ses.certificate).serial_number:x}"
    )
    under = "由平台根证书签发"
    listed = [
        ("印章证书（P-256），签署 PDF", seal, _status(case.key)),
        ("印章证书（SM2），签署国标签章", ses.certificate, _status(sm2)),
        *(("时间戳服务", unit, "随时间戳收录") for unit in units),
        *(("印章证书的签发机构", der, under) for der in workshop.chain),
        ("根证书", workshop.root, "自签；请与另行公布的根证书核对"),
        *(("时间戳服务的根证书", der, "由该服务公布") for der in workshop.stamp_roots),
    ]
    return [_certificate(what, der, status) for what, der, status in listed]


def _certificate(what: str, der: bytes, status: str) -> Json:
    read, plain = x509.load_der_x509_certificate(der), asn1_x509.Certificate.load(der)
    return {
        "for_zh": what,
        "subject": _named(plain.subject),
        "issuer": _named(plain.issuer),
        "serial": f"{read.serial_number:x}",
        "from": second(read.not_valid_before_utc),
        "until": second(read.not_valid_after_utc),
        "sha256": fingerprint(der),
        "status_zh": status,
    }


def _status(key: SealKey | None) -> str:
    if key is None:
        return ""
    then = "签署时有效，未被吊销"
    if key.revoked_at is None:
        return f"{then}；出具本报告时也未被吊销"
    why = REVOKED_FOR[key.revoked_for] if key.revoked_for else ""
    return f"{then}；之后于 {second(key.revoked_at)} 吊销{f'（{why}）' if why else ''}，不影响此前的签署"


# ---------------------------------------------------------------- events and verdict


async def _events(case: Case, identity: Ed25519PublicKey) -> tuple[list[Json], list[Json]]:
    proven = await prove(case.told, identity)
    roots = {each.root.number: each.root for each in proven.values() if each is not None}
    told = []
    for event in case.told:
        proof = proven[event.seq]
        root = None if proof is None else proof.root.number
        what = _EVENTS.get(event.kind, event.kind)
        told.append(
            {"seq": event.seq, "what_zh": what, "at": second(event.at), "hash": event.hash, "root": root}
        )
    return told, [
        {
            "number": root.number,
            "day": root.day,
            "sha256": root.sha256,
            "at": second(root.stamped_at) if root.stamped_at else "",
        }
        for _, root in sorted(roots.items())
    ]


async def _verdict(data: bytes, workshop: Workshop, now: datetime) -> Json:
    report = await workshop.inspector.verify(data, await current_trust(workshop))
    told = (await in_our_records(data, "", report, now)).report.to_json()
    return {
        "zh": _VERDICTS.get(told["verdict"], "无法判定"),
        "steps": [
            {
                "number": step["number"],
                "title_zh": step["title"]["zh"],
                "good": step["outcome"] in {"passed", "noted"},
                "outcome_zh": _OUTCOMES.get(step["outcome"], "通过"),
                "text_zh": step["text"]["zh"],
            }
            for step in told["steps"]
        ],
    }
