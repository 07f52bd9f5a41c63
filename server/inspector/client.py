"""Ask the inspector: the functions of `seals` that parse strangers' files, done in its workers.

Refusals of the domain come back as the same classes. All operations are pure, so a request that is cut
off (the inspector was restarted) is simply asked again, for a short while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from auth.errors import Invalid, Unavailable
from seals.pdf.archiving import Archive, ValidationData
from seals.pdf.beginning import MAX_BEGINNING
from seals.pdf.cleaning import Cleaned
from seals.pdf.inspecting import Inspection
from seals.pdf.phrases import Phrase
from seals.pdf.preparing import Prepared
from seals.pdf.reports import Report, unknown
from seals.pdf.trust import Trust
from seals.photo.figures import Wanted
from seals.photo.paper_facts import PaperSeen, Sought
from seals.photo.results import Lifted
from seals.photo.shown import Codes, Shown
from seals.ses.causes import Cause
from seals.ses.reports import SesReport, undecided
from server.inspector.asking import PAPERS, asker
from server.inspector.pool import LIMITS_S, WAIT_S
from server.inspector.protocol import ProtocolError, frame, pack, raise_error, unpack
from server.inspector.subprocesses import read_frame

__all__ = ["RECONNECT_S", "InspectorClient"]

RECONNECT_S = 3.0  # a restart takes about a second; longer and the asker should know
PING_S = 2.0
ANSWER_S = WAIT_S + max(LIMITS_S.values()) + 15.0  # in line, at work, and the transfer both ways
_CHUNK = 256 * 1024
_DELAYS_S = (0.05, 0.1, 0.2, 0.4)  # between attempts, then the last again

_BROKEN_OFF = (OSError, asyncio.IncompleteReadError, ProtocolError)


class InspectorClient:
    """Talks to the inspector at `socket_path`; one connection per request.

    Every method raises what its namesake in `seals.pdf` raises, and Unavailable `inspector.down`,
    `inspector.busy`; Invalid `pdf.too_slow`, `pdf.too_demanding`, `pdf.reader_died` for files that the
    readers cannot cope with.

    papers: what is asked is for a paper that the platform's own key seals (see `pool.py`).
    """

    def __init__(self, socket_path: Path, *, papers: bool = False) -> None:
        self._path, self._papers = socket_path, papers

    async def ping(self) -> bool:
        """Whether the inspector answers at once."""
        try:
            async with asyncio.timeout(PING_S):
                await self._once(frame({"op": "ping"}, []))
        except (*_BROKEN_OFF, TimeoutError):
            return False
        return True

    async def inspect(self, data: bytes) -> Inspection:
        """`seals.pdf.inspecting.inspect`."""
        return cast(Inspection, await self._ask("inspect", Inspection, data=data))

    async def clean(self, data: bytes, remove_active: bool, lift_restrictions: bool = False) -> Cleaned:
        """`seals.pdf.cleaning.clean`."""
        agreed = {"remove_active": remove_active, "lift_restrictions": lift_restrictions}
        return cast(Cleaned, await self._ask("clean", Cleaned, data=data, **agreed))

    async def prepare(self, data: bytes, **options: Any) -> Prepared:
        """`seals.pdf.preparing.prepare`."""
        return cast(Prepared, await self._ask("prepare", Prepared, data=data, **options))

    async def prepare_archive(self, data: bytes, validation: ValidationData) -> Archive:
        """`seals.pdf.archiving.prepare_archive`."""
        return cast(Archive, await self._ask("prepare_archive", Archive, data=data, validation=validation))

    async def page_png(self, data: bytes, page: int, width_px: int, watermark: str | None = None) -> bytes:
        """`seals.pdf.pages.page_png`."""
        options = {"page": page, "width_px": width_px, "watermark": watermark}
        return cast(bytes, await self._ask("page_png", bytes, data=data, **options))

    async def page_webp(self, data: bytes, page: int, width_px: int, watermark: str | None = None) -> bytes:
        """`seals.pdf.pages.page_webp`."""
        options = {"page": page, "width_px": width_px, "watermark": watermark}
        return cast(bytes, await self._ask("page_webp", bytes, data=data, **options))

    async def find_phrases(self, data: bytes, name: str) -> tuple[Phrase, ...]:
        """`seals.pdf.phrases.find_phrases`; a file that stops the readers has none."""
        try:
            found = await self._ask("find_phrases", tuple[Phrase, ...], data=data, name=name)
        except Invalid:
            return ()
        return cast(tuple[Phrase, ...], found)

    async def beginning(self, data: bytes) -> str:
        """`seals.pdf.beginning.beginning`; a file that stops the readers has none."""
        try:
            found = await self._ask("beginning", str, data=data)
        except Invalid:
            return ""
        return cast(str, found)[:MAX_BEGINNING]

    async def verify(self, data: bytes, trust: Trust, now: datetime | None = None) -> Report:
        """`seals.pdf.verdicts.verify`, by default as of now; a file that stops the readers is unknown."""
        moment = now or datetime.now(UTC)
        try:
            return cast(Report, await self._ask("verify", Report, data=data, trust=trust, now=moment))
        except Invalid as refusal:
            return unknown("too_slow" if refusal.code == "pdf.too_slow" else "broken", moment)

    async def verify_ses(
        self, data: bytes, trust: Trust, document: bytes | None = None, now: datetime | None = None
    ) -> SesReport:
        """`seals.ses.verifying.verify_ses`, by default as of now; what stops the readers is unknown."""
        moment = now or datetime.now(UTC)
        arguments = {"data": data, "trust": trust, "document": document, "now": moment}
        try:
            return cast(SesReport, await self._ask("verify_ses", SesReport, **arguments))
        except Invalid:
            return undecided(Cause.TOO_SLOW, moment)

    async def photo(self, data: bytes, wanted: Wanted) -> Lifted:
        """`seals.photo.lifting.lift`; a photo that stops the readers is Invalid `photo.unreadable`."""
        with _of_a_photo():
            return cast(Lifted, await self._ask("photo", Lifted, data=data, wanted=wanted))

    async def look(self, data: bytes) -> Shown:
        """`seals.photo.looking.look`; as `photo`."""
        with _of_a_photo():
            return cast(Shown, await self._ask("look", Shown, data=data))

    async def paper(self, data: bytes, sought: Sought) -> PaperSeen:
        """`seals.photo.papers.look_at_paper`."""
        return cast(PaperSeen, await self._ask("paper", PaperSeen, data=data, sought=sought))

    async def photo_pdf(self, data: bytes) -> bytes:
        """`seals.photo.paging.photo_pdf`; as `photo`."""
        with _of_a_photo():
            return cast(bytes, await self._ask("photo_pdf", bytes, data=data))

    async def read_codes(self, data: bytes) -> Codes:
        """`seals.photo.codes.read_codes`; a photo that stops the readers is Invalid `photo.unreadable`."""
        with _of_a_photo():
            return cast(Codes, await self._ask("read_codes", Codes, data=data))

    async def set_paper(self, paper: str, data: str) -> bytes:
        """`seals.papers.setting.set_paper`."""
        return cast(bytes, await self._ask("set_paper", bytes, paper=paper, data=data))

    async def _ask(self, operation: str, kind: Any, **arguments: Any) -> Any:
        parts: list[bytes] = []
        packed = pack(arguments, parts)
        whom = PAPERS if self._papers else asker.get()
        asked = {"op": operation, "arguments": packed, "asker": whom}
        header, got = await self._answer(frame(asked, parts))
        try:
            if "error" in header:
                raise_error(header["error"])
            return unpack(kind, header.get("result"), got)
        except ProtocolError as error:
            raise _down() from error

    async def _answer(self, request: Sequence[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        loop = asyncio.get_running_loop()
        deadline, attempt = loop.time() + RECONNECT_S, 0
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await self._once(request)
            except TimeoutError as error:
                raise _down() from error
            except _BROKEN_OFF as error:
                delay = _DELAYS_S[min(attempt, len(_DELAYS_S) - 1)]
                if loop.time() + delay > deadline:
                    raise _down() from error
                await asyncio.sleep(delay)
                attempt += 1

    async def _once(self, request: Sequence[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            for piece in request:  # bit by bit, or the transport holds a copy of the whole document
                for start in range(0, len(piece), _CHUNK):
                    writer.write(memoryview(piece)[start : start + _CHUNK])
                    await writer.drain()
            return await read_frame(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _down() -> Unavailable:
    return Unavailable(
        "inspector.down",
        "文件处理服务暂时没有响应，请稍后再试。",
        "The document service does not answer at the moment. Try again shortly.",
        retry_after_s=5,
    )


@contextmanager
def _of_a_photo() -> Iterator[None]:
    """What stops the readers of a photo is told in words about photos."""
    try:
        yield
    except Invalid as refusal:
        if refusal.code.startswith("photo."):
            raise
        raise Invalid(
            "photo.unreadable",
            "这张照片无法处理。请用手机相机重新拍摄一张普通照片后上传。",
            "This photo cannot be processed. Take an ordinary one with the phone's camera and send that.",
            field="file",
        ) from refusal
