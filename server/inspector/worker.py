"""One worker of the inspector: reads a frame from stdin, does the operation, writes a frame to stdout.

It may be killed at any moment and nothing is lost. Before it reads its first byte it gives up what it
does not need: memory, files, new processes, core dumps. A hostile file that takes it over finds no
secret, no environment and no way to write a file.
"""

from __future__ import annotations

import ctypes
import inspect
import logging
import math
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO, get_type_hints

from auth.errors import DomainError, Invalid
from seals.papers.setting import set_paper, warm_up
from seals.pdf.archiving import prepare_archive
from seals.pdf.beginning import beginning
from seals.pdf.cleaning import clean
from seals.pdf.inspecting import inspect as inspect_pdf
from seals.pdf.pages import page_png, page_webp
from seals.pdf.phrases import find_phrases
from seals.pdf.preparing import prepare
from seals.pdf.verdicts import verify
from seals.photo.codes import read_codes
from seals.photo.lifting import lift
from seals.photo.looking import look
from seals.photo.paging import photo_pdf
from seals.photo.papers import look_at_paper
from seals.ses.verifying import verify_ses
from server.inspector.protocol import (
    LENGTH,
    MAX_HEADER_BYTES,
    ProtocolError,
    error_frame,
    expect,
    frame,
    pack,
    parse_header,
    unpack,
)

__all__ = ["OPERATIONS", "main", "serve"]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "inspect": inspect_pdf,
    "clean": clean,
    "prepare": prepare,
    "prepare_archive": prepare_archive,
    "page_png": page_png,
    "page_webp": page_webp,
    "find_phrases": find_phrases,
    "beginning": beginning,
    "verify": verify,
    "verify_ses": verify_ses,
    "photo": lift,
    "set_paper": set_paper,
    "read_codes": read_codes,
    "look": look,
    "photo_pdf": photo_pdf,
    "paper": look_at_paper,
}

MEMORY_BYTES = 1536 * 2**20  # address space; measured: 0.6 GiB for 48 MiB of PDF with two signatures
CPU_SECONDS = 40  # per operation; over every time limit of the pool, so it acts only when the pool is gone
OPEN_FILES = 64
SPENT_BYTES = 700 * 2**20  # a worker that has once used so much is replaced: the memory does not come back

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def give_up_rights() -> None:
    """Die with the parent, and never gain a right again. Linux only, like the whole product."""
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before the call above
        os._exit(0)
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def limit_cpu() -> None:
    """Give this operation its own seconds of processor time; SIGXCPU ends the worker after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer frames until the source ends."""
    for operation in OPERATIONS.values():  # the first file should not wait for what all files need
        for kind in get_type_hints(operation).values():
            expect(kind)
    _send(sink, frame({"ready": True}, []))
    while request := _receive(source):
        limit_cpu()
        _send(sink, _answer(*request))


def _answer(header: dict[str, Any], parts: list[bytes]) -> list[bytes]:
    try:
        result = _call(header, parts)
    except DomainError as error:
        return error_frame(error)
    except MemoryError:
        return error_frame(
            Invalid(
                "pdf.too_demanding",
                "文件需要的内存过多，无法处理。请简化后重新导出。",
                "The file needs too much memory. Simplify it and export it again.",
            )
        )
    except Exception as error:
        _report(error)
        return error_frame(
            Invalid(
                "pdf.broken",
                "文件不是完好的 PDF。请重新导出后再试。",
                "The file is not a sound PDF. Export it again and retry.",
            )
        )
    out: list[bytes] = []
    body = pack(result, out)
    return frame({"result": body, "spent": _peak_bytes() > SPENT_BYTES}, out)


def _peak_bytes() -> int:
    """The most memory this process has held since it was executed.

    Not `ru_maxrss`: that also counts what the parent held when it forked, so under a parent that was once
    large every worker would count as spent from its first file on.
    """
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _call(header: dict[str, Any], parts: list[bytes]) -> object:
    operation, given = OPERATIONS.get(str(header.get("op"))), header.get("arguments")
    if operation is None or not isinstance(given, dict):
        raise ProtocolError("no such operation")
    hints = get_type_hints(operation)
    known = inspect.signature(operation).parameters
    arguments = {name: unpack(hints[name], value, parts) for name, value in given.items() if name in known}
    if len(arguments) != len(given):
        raise ProtocolError("no such argument")
    return operation(**arguments)


def _report(error: Exception) -> None:
    """Say where it failed, for the log; not the message, which may hold words of the document."""
    where = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{entry.name}:{entry.lineno}" for entry in reversed(where))
    print(f"inspector worker: {type(error).__name__} in {places}", file=sys.stderr, flush=True)


def _receive(source: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    prefix = source.read(LENGTH.size)
    if len(prefix) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(prefix)
    if length > MAX_HEADER_BYTES:
        return None
    header, lengths = parse_header(source.read(length))
    parts = [source.read(part) for part in lengths]
    whole = all(len(part) == size for part, size in zip(parts, lengths, strict=True))
    return (header, parts) if whole else None


def _send(sink: BinaryIO, pieces: list[bytes]) -> None:
    for piece in pieces:
        sink.write(piece)
    sink.flush()


def _log_own_words_only() -> None:
    """The libraries log pieces of the documents they read; our own modules name a kind of error at most."""
    logging.getLogger().addHandler(logging.NullHandler())
    ours = logging.getLogger("seals")
    ours.propagate = False
    ours.addHandler(logging.StreamHandler(sys.stderr))


def main() -> None:
    """Serve on stdin and stdout."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    sys.stderr = os.fdopen(os.dup(2), "w")
    _log_own_words_only()
    # What a C library prints must neither land among the frames nor let a stranger fill the log.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    warm_up()
    give_up_rights()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pool's to handle
    serve(source, sink)


if __name__ == "__main__":
    main()
