"""The answer about a file that a browser without scripts sent by a form, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable

from sanic import Request

from auth.china import second
from auth.tokens import check_code, group_code
from h5.views import Bilingual, CheckedFile, CheckedSignature
from seals import verifying
from seals.pdf.reports import REASONS, SignatureReport, Verdict
from seals.pdf.steps import Step
from seals.verifying import Verification
from server.api.documents import uploaded_file
from server.api.operation import address, it
from server.context import now

__all__ = ["checked_file"]

KIND_OF_MATCH = {
    "latest": "valid",
    "unrenewed": "valid",
    "continued": "valid",
    "unarchived": "earlier",
    "earlier": "earlier",
}


async def checked_file(request: Request, code: str | None) -> CheckedFile:
    """Validate what was sent. code: of the record it should be of; None where any file may be checked.

    Raises Invalid `upload.missing`, `code.malformed`; TooLarge, TooMany.
    """
    asked = None if code is None else check_code(code)
    name, data = uploaded_file(request)
    done = await verifying.verify(data, name, address(request), now(), it(request).workshop)
    kind, words = _headline(done, asked)
    own = {each for one in done.report.signatures for each in (*one.reasons, *one.notes)}
    looked = [step for step in done.report.steps if step.step in (Step.RECORD, Step.SEAL)]
    about = dict.fromkeys(
        [*done.report.reasons, *done.report.notes, *(each for step in looked for each in step.codes)]
    )
    return CheckedFile(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        words=words,
        reasons=_words(each for each in about if each not in own),
        signatures=tuple(_signature(one) for one in done.report.signatures),
        code=group_code(done.code) if done.code else "",
    )


def _headline(done: Verification, asked: str | None) -> tuple[str, str]:
    """Kind and words; green only for what is valid, and of the record that was asked about."""
    verdict = done.report.verdict
    if verdict is not Verdict.VALID:
        return verdict.value, f"verdict.{verdict.value}"
    if asked is None:
        earlier = done.record is not None and done.record.match == "earlier"
        return ("earlier", "verdict.earlier") if earlier else ("valid", "verdict.valid")
    if done.record is None or done.code != asked:
        return "unknown", "record.other"
    return KIND_OF_MATCH[done.record.match], f"record.{done.record.match}"


def _signature(one: SignatureReport) -> CheckedSignature:
    return CheckedSignature(
        verdict=one.verdict.value,
        company=one.company,
        uscc=one.uscc,
        seal_name=one.seal_name,
        signed_at_text=second(one.signed_at) if one.signed_at else None,
        reasons=_words((*one.reasons, *one.notes)),
    )


def _words(codes: Iterable[str]) -> tuple[Bilingual, ...]:
    return tuple(Bilingual(*REASONS[code]) for code in codes)
