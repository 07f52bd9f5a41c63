"""Verify a seal or a signature: the steps of GB/T 38540-2020 §6.3 and §7.3 in their order.

A seal: form, signature value, (5: creation time,) the seal maker's certificate, the seal's period, (5: its
timestamp). A signature: form, signature value, whether the seal lists the signer, then the seal's steps, the
signer's certificate, the time of signing, the document, the timestamp.

Moments. A seal by itself is judged now; the seal in a signature must have been within its period when it was
signed with. The time of signing is the timestamp's where one is trusted, else the signer's word. A maker's
certificate that has ended or been revoked makes a seal of versions 1 and 4 invalid, as GB/T 38540-2020 says;
GM/T 0031-2025 judges it as of the seal's making, and so is version 5.

The first thing that is proven wrong ends the course. What cannot be decided does not, and leaves the answer
`unknown`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from seals.pdf.reports import Verdict
from seals.pdf.revocation import CLOCK_SKEW
from seals.pdf.trust import Trust
from seals.ses.causes import Cause, Step
from seals.ses.certificates import Certificate, Unsupported
from seals.ses.documents import is_the_document, why_not_covered
from seals.ses.listing import lists
from seals.ses.reading import Malformed, Seal, Signature, read
from seals.ses.reports import PictureReport, SesFound, SesReport, StepReport, undecided
from seals.ses.stamping import Found, Stamp, judge
from seals.ses.standing import MAKER, SIGNER, Anchors, Finding, read_certificate

__all__ = ["verify_ses"]

_NEWEST = 5
_RAW_VALUE_BYTES = 64
_log = logging.getLogger(__name__)


def verify_ses(data: bytes, trust: Trust, now: datetime, document: bytes | None = None) -> SesReport:
    """Judge a SESeal or SES_Signature as of `now` (UTC) by `trust`. Never raises for what it is given.

    document: what was signed, whole; a signature without it is `unknown` at best.
    """
    moment = now.astimezone(UTC)
    try:
        return _Course(read(data), trust, moment, document).report()
    except Malformed as malformed:
        return undecided(malformed.cause, moment)
    except Exception as error:  # whatever hostile bytes do to the libraries, the answer is a report
        _log.warning("a seal structure could not be judged: %s", type(error).__name__)
        return undecided(Cause.NOT_JUDGED, moment)


class _Course:
    """One verification: its steps, what they found, what they have learnt for each other."""

    def __init__(self, found: Seal | Signature, trust: Trust, now: datetime, document: bytes | None) -> None:
        self.signature = found if isinstance(found, Signature) else None
        self.seal = found.seal if isinstance(found, Signature) else found
        self.trust, self.now, self.document = trust, now, document
        self.anchors = Anchors(trust, now)
        self.maker: Certificate | None = None
        self.signer: Certificate | None = None
        self.values_right: set[Step] = set()
        self.steps: list[StepReport] = []
        self.causes: list[Cause] = []
        self.notes: list[str] = []
        self.stamp = self._stamp()
        self.seal_stamp = (
            judge(self.seal.timestamp, (self.seal.value,), trust, now) if self.seal.timestamp else None
        )

    def report(self) -> SesReport:
        for step, check in self._plan():
            self._take(step, check)
        verdict = Verdict.VALID
        if self.causes:
            wrong = any(cause.verdict is Verdict.INVALID for cause in self.causes)
            verdict = Verdict.INVALID if wrong else Verdict.UNKNOWN
        reasons = tuple(dict.fromkeys(cause.code for cause in self.causes))
        return SesReport(verdict, reasons, tuple(dict.fromkeys(self.notes)), (self._found(),), self.now)

    def _plan(self) -> list[tuple[Step, Callable[[], None]]]:
        newest = self.seal.version >= _NEWEST
        seal = [
            (Step.SEAL_VALUE, self._seal_value),
            *([(Step.SEAL_CREATION, self._seal_creation)] if newest else []),
            (Step.MAKER_CERTIFICATE, self._maker_certificate),
            (Step.SEAL_PERIOD, self._seal_period),
            *([(Step.SEAL_TIMESTAMP, self._seal_timestamp)] if self.seal.timestamp else []),
        ]
        form: tuple[Step, Callable[[], None]] = (Step.FORMAT, self._certificates)
        if self.signature is None:
            return [form, *seal]
        return [
            form,
            (Step.SIGNATURE_VALUE, self._signature_value),
            (Step.SIGNER_LISTED, self._signer_listed),
            *seal,
            (Step.SIGNER_CERTIFICATE, self._signer_certificate),
            (Step.SIGNING_TIME, self._signing_time),
            (Step.DOCUMENT, self._the_document),
            *([(Step.TIMESTAMP, self._timestamp)] if self.signature.timestamp else []),
        ]

    def _take(self, step: Step, check: Callable[[], None]) -> None:
        if any(cause.verdict is Verdict.INVALID for cause in self.causes):
            self.steps.append(StepReport(step.value, None))
            return
        try:
            check()
            self.steps.append(StepReport(step.value, True))
        except Finding as finding:
            cause = finding.cause
            self.causes.append(cause)
            ok = False if cause.verdict is Verdict.INVALID else None
            self.steps.append(StepReport(step.value, ok, cause.code))

    # ------------------------------------------------------------ form and values

    def _certificates(self) -> None:
        """Form is read already; the certificates in it are part of it."""
        if self.signature is not None:
            self.signer = read_certificate(self.signature.certificate, SIGNER)
        self.maker = read_certificate(self.seal.certificate, MAKER)

    def _signature_value(self) -> None:
        assert self.signature is not None
        self._value(Step.SIGNATURE_VALUE, self.signer, self.signature, Cause.SIGNATURE_VALUE)

    def _seal_value(self) -> None:
        self._value(Step.SEAL_VALUE, self.maker, self.seal, Cause.SEAL_VALUE)

    def _value(self, step: Step, certificate: Certificate | None, of: Seal | Signature, wrong: Cause) -> None:
        assert certificate is not None
        try:
            right = certificate.verify(of.algorithm, of.value, of.signed)
        except Unsupported:
            raise Finding(Cause.ALGORITHM) from None
        if not right:
            raise Finding(wrong)
        self.values_right.add(step)
        if certificate.sm2_key is not None and len(of.value) == _RAW_VALUE_BYTES:
            self.notes.append("raw_value")

    def _signer_listed(self) -> None:
        assert self.signature is not None
        assert self.signer is not None
        listed, with_identity = lists(self.seal, self.signer)
        if not listed:
            raise Finding(Cause.SIGNER_NOT_LISTED)
        if with_identity:
            self.notes.append("digest_with_identity")

    # ------------------------------------------------------------ the seal

    def _seal_creation(self) -> None:
        if self.seal.created_at > self.now + CLOCK_SKEW:
            raise Finding(Cause.TIMES)

    def _maker_certificate(self) -> None:
        assert self.maker is not None
        # GM/T 0031-2025 judges the maker as of the making; GB/T 38540-2020 knows only the present.
        then = self.seal.created_at if self.seal.version >= _NEWEST else self.now
        made = self.seal_stamp.time if self.seal_stamp else None
        self.notes += self.anchors.judge(self.maker, MAKER, then, made or self._proven())

    def _seal_period(self) -> None:
        moment = self._moment() if self.signature else self.now
        if moment < self.seal.valid_start:
            raise Finding(Cause.SEAL_NOT_YET_VALID)
        if moment > self.seal.valid_end:
            raise Finding(Cause.SEAL_EXPIRED)
        if self.now > self.seal.valid_end:
            self.notes.append("seal_expired_since")

    def _seal_timestamp(self) -> None:
        assert self.seal_stamp is not None
        if self.seal_stamp.found is Found.UNTRUSTED:
            raise Finding(Cause.TIMESTAMP_UNTRUSTED)
        stamped = self.seal_stamp.time
        if stamped is None or stamped + CLOCK_SKEW < self.seal.created_at:
            raise Finding(Cause.SEAL_TIMESTAMP)

    # ------------------------------------------------------------ the signer, the time, the document

    def _signer_certificate(self) -> None:
        assert self.signer is not None
        self.notes += self.anchors.judge(self.signer, SIGNER, self._moment(), self._proven())

    def _signing_time(self) -> None:
        moment = self._moment()
        if moment > self.now + CLOCK_SKEW or moment + CLOCK_SKEW < self.seal.created_at:
            raise Finding(Cause.SIGNING_TIME)
        if self.stamp is None:
            self.notes.append("signing_time_claimed")

    def _the_document(self) -> None:
        signature = self.signature
        assert signature is not None
        assert self.signer is not None
        if self.document is None:
            raise Finding(Cause.DOCUMENT_NOT_CHECKED)
        try:
            same, with_identity = is_the_document(
                signature.data_hash,
                signature.property_info,
                self.document,
                self.signer,
                signature.algorithm,
            )
        except Unsupported:
            raise Finding(Cause.ALGORITHM) from None
        if not same:
            raise Finding(Cause.DOCUMENT_HASH)
        if with_identity:
            self.notes.append("hash_with_identity")
        wrong = why_not_covered(signature.property_info, self.document, self.trust, self.now)
        if wrong is not None:
            raise Finding(wrong)

    def _timestamp(self) -> None:
        assert self.signature is not None
        assert self.stamp is not None
        if self.stamp.found is Found.UNTRUSTED:
            raise Finding(Cause.TIMESTAMP_UNTRUSTED)
        claimed = self.signature.time
        if self.stamp.time is None or (claimed is not None and self.stamp.time + CLOCK_SKEW < claimed):
            raise Finding(Cause.TIMESTAMP)

    def _stamp(self) -> Stamp | None:
        signature = self.signature
        if signature is None or signature.timestamp is None:
            return None
        # Version 1 has the token in place of the time, before there is a value: it is of the document's hash.
        stamped = signature.value if signature.time is not None else signature.data_hash
        return judge(signature.timestamp, (stamped,), self.trust, self.now)

    def _moment(self) -> datetime:
        """The time of signing."""
        assert self.signature is not None
        if self.stamp is not None and self.stamp.time is not None:
            return self.stamp.time
        return self.signature.time or self.now

    def _proven(self) -> datetime | None:
        """When the signature is proven to have been there.

        A token of version 1 is of the document, which was there before: it proves nothing of the signing.
        """
        of_signature = self.signature is not None and self.signature.time is not None
        return self._stamp_time() if of_signature else None

    # ------------------------------------------------------------ the answer

    def _found(self) -> SesFound:
        seal, signature = self.seal, self.signature
        picture = seal.picture
        value = Step.SIGNATURE_VALUE if signature else Step.SEAL_VALUE
        return SesFound(
            kind="signature" if signature else "seal",
            version=seal.version,
            signature_valid=value in self.values_right,
            name=seal.name,
            seal_id=seal.seal_id,
            seal_type=seal.type,
            signer=self.signer.name if self.signer else None,
            signer_trusted=SIGNER.name in self.anchors.trusted,
            maker=self.maker.name if self.maker else None,
            maker_trusted=MAKER.name in self.anchors.trusted,
            created_at=seal.created_at,
            valid_start=seal.valid_start,
            valid_end=seal.valid_end,
            signed_at=self._moment() if signature and (signature.time or self._stamp_time()) else None,
            timestamp=self._stamp_time(),
            property_info=signature.property_info if signature else None,
            picture=PictureReport(
                picture.kind, picture.width_mm, picture.height_mm, picture.media, picture.data
            ),
            steps=tuple(self.steps),
        )

    def _stamp_time(self) -> datetime | None:
        return self.stamp.time if self.stamp else None
