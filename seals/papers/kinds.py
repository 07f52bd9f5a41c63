"""The kinds of paper there are: template, title, prefix of its numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PAPERS", "PaperSpec"]


@dataclass(frozen=True)
class PaperSpec:
    """template: in `templates/`; prefix: of its numbers; told: whether it is a company's, which sees it."""

    zh: str
    en: str
    template: str
    prefix: str
    told: bool = True


PAPERS: Mapping[str, PaperSpec] = {
    "evidence": PaperSpec("电子签章证据报告", "Evidence report", "evidence.typ", "ZJ", told=False),
    "ledger": PaperSpec("印章使用台账", "Ledger of seal use", "ledger.typ", "TZ", told=False),
    "making": PaperSpec("电子印章制作证书", "Certificate of making", "making.typ", "ZZ"),
    "cancelling": PaperSpec("电子印章注销证书", "Certificate of cancellation", "cancelling.typ", "ZX"),
    "licence": PaperSpec("电子营业执照打印件", "Print of the electronic licence", "licence.typ", "DY"),
    "filing": PaperSpec("电子印章备案回执", "Receipt of a filing", "filing.typ", "HZ"),
    "application": PaperSpec(
        "电子签章系统使用申请表", "Application to use the system", "application.typ", "SQ"
    ),
    "mandate": PaperSpec("企业法定代表人授权委托书", "Authorisation of an agent", "mandate.typ", "WT"),
    "confirmation": PaperSpec("电子签章制作确认书", "Confirmation of making", "confirmation.typ", "QR"),
    "contract": PaperSpec("电子签章服务合同", "Contract of service", "contract.typ", "HT"),
    "needs": PaperSpec("电子签章系统需求说明书", "Statement of needs", "needs.typ", "XQ"),
}
"""By `PaperKind`."""
