"""The kinds of paper there are: template, title, prefix of its numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PAPERS", "PaperSpec"]


@dataclass(frozen=True)
class PaperSpec:
    """template: in `templates/`; prefix: of its numbers."""

    zh: str
    en: str
    template: str
    prefix: str


PAPERS: Mapping[str, PaperSpec] = {
    "evidence": PaperSpec("电子签章证据报告", "Evidence report", "evidence.typ", "ZJ"),
    "ledger": PaperSpec("印章使用台账", "Ledger of seal use", "ledger.typ", "TZ"),
}
"""By `PaperKind`."""
