"""Words of a company's papers: the list, a print of the licence, their cards and what their codes lead to."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "papers.title": ("企业文书", "Papers"),
    "papers.to": ("企业文书", "Papers"),
    "papers.lead": (
        "平台为本企业出具的文书，带编号和二维码，由平台盖章，可像其他文件一样验真。",
        "What the platform issued to this company: numbered, with a QR code, sealed by the platform, and "
        "verified like any document.",
    ),
    "papers.none": (
        "还没有文书。印章领取后，制作证书会出现在这里。",
        "None yet. The certificate of making appears here once the seals are collected.",
    ),
    "papers.number": ("编号", "Number"),
    "papers.made_at": ("出具时间", "Issued"),
    "papers.purpose": ("用途", "Purpose"),
    "papers.valid_until": ("有效期至", "Good until"),
    "papers.take": ("下载 PDF", "Download the PDF"),
    "papers.verify": ("查看验真页", "Its verification page"),
    "papers.state_waiting": ("点击下载即出具", "Made when you download it"),
    "papers.state_failed": ("未能出具，可再试", "Not made; try again"),
    "papers.state_good": ("有效", "In force"),
    "papers.state_over": ("已有变化", "Changed since"),
    "papers.state_made": ("已出具", "Issued"),
    "papers.forms": ("表格和合同", "Forms and contract"),
    "papers.forms_text": (
        "按登记信息预填，打印后签字、盖章。要写明某位人员权限的授权委托书，请在人员页面生成。",
        "Filled in with the registered data, to be printed, signed and sealed. An authorisation that states "
        "what a member may do is made on the page of people.",
    ),
    "papers.form_application": ("使用申请表", "Application"),
    "papers.form_mandate": ("授权委托书", "Authorisation"),
    "papers.form_confirmation": ("制作确认书", "Confirmation of making"),
    "papers.form_contract": ("服务合同", "Contract of service"),
    "papers.form_needs": ("需求说明书", "Statement of needs"),
    "print.open": ("打印执照", "Print the licence"),
    "print.text": (
        "生成一份 A4 打印件（PDF），印有用途和日期的水印，对方扫码即可核验；过期后验真页会显示已失效。",
        "Makes an A4 PDF with purpose and day across it. The other side scans its code; after its end the "
        "verification page says that it has expired.",
    ),
    "print.purpose": ("用途", "Purpose"),
    "print.purpose_example": ("例如：投标资格审查", "e.g. qualification for a tender"),
    "print.purpose_common": ("常用用途", "Common purposes"),
    "print.bid": ("投标资格审查", "投标资格审查"),
    "print.bank": ("银行开户", "银行开户"),
    "print.contract": ("签订合同", "签订合同"),
    "print.tax": ("办理税务", "办理税务"),
    "print.days": ("有效期", "Good for"),
    "print.days_value": ("{days} 天", "{days} days"),
    "print.make": ("生成并下载", "Make and download"),
    "orders.making": ("正在生成，约需几秒", "Being made; it takes seconds"),
    "orders.application": ("申请表（已预填）", "Application, filled in"),
    "orders.mandate": ("授权委托书模板（已预填）", "Authorisation, filled in"),
    "orders.confirmation": ("制作确认书模板（已预填）", "Confirmation, filled in"),
    "print.made": (
        "打印件已生成，可在企业文书中再次下载。",
        "Made. It can be fetched again from Papers.",
    ),
    "record.paper_holds": ("现状", "Now"),
    "card.paper_number": ("编号：{number}", "Number: {number}"),
    "card.paper_made": ("{title}已出具", "{title} issued"),
    "card.paper_made_text": (
        "由平台盖章，扫描其中的二维码可核验。",
        "Sealed by the platform; scan its QR code to verify it.",
    ),
    "card.paper_exported": ("下载了{title}", "{title} downloaded"),
    "card.do_paper": ("下载 PDF", "Download the PDF"),
    "card.do_made_paper": ("制作证书", "Certificate of making"),
    "card.do_cancelled_paper": ("注销证书", "Certificate of cancellation"),
    "card.do_papers": ("企业文书", "Papers"),
}
