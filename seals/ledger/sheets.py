"""A ledger as a spreadsheet (xlsx): two sheets, China's time, Chinese.

What people typed is text in it: a cell that begins as a formula would is stored as a string, and besides gets
an apostrophe before it, so that no copy of it as CSV is a formula either.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from auth.china import CHINA, second
from auth.models import Company
from auth.privacy import RecordsKey
from seals.ledger.acts import ActView, acts
from seals.ledger.uses import UseView, uses
from seals.ledger.wanting import View, Wanted
from seals.ledger.words import CHANNELS_ZH, STATES_ZH, wanted_zh

__all__ = ["MAX_ROWS", "cell_text", "workbook"]

MAX_ROWS = 5000
"""Of each sheet; the newest. Who wants older ones chooses a period."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MAX_CELL = 2000

USES: Sequence[tuple[str, int, Callable[[UseView], object]]] = (
    ("申请时间（北京时间）", 22, lambda use: _time(use.asked_at)),
    ("印章", 34, lambda use: use.seal_name),
    ("文件", 34, lambda use: use.document),
    ("验真码", 18, lambda use: use.code),
    ("文件种类", 14, lambda use: use.kind_zh),
    ("金额", 16, lambda use: use.amount),
    ("相对方", 26, lambda use: use.counterparty),
    ("申请人", 10, lambda use: use.asker_masked),
    ("确认人", 10, lambda use: use.by_masked),
    ("确认时间（北京时间）", 22, lambda use: _time(use.confirmed_at)),
    ("权限来源", 18, lambda use: use.authority_zh),
    ("审批人", 10, lambda use: use.approved_by_masked),
    ("方式", 16, lambda use: CHANNELS_ZH.get(use.channel, "")),
    ("设备", 22, lambda use: use.device),
    ("结果", 10, lambda use: STATES_ZH[use.state]),
    ("原因", 30, lambda use: use.reason_zh),
    ("未通过次数", 12, lambda use: use.tries),
    ("提示", 46, lambda use: "；".join(mark.zh for mark in use.marks)),
)
ACTS: Sequence[tuple[str, int, Callable[[ActView], object]]] = (
    ("时间（北京时间）", 22, lambda act: _time(act.at)),
    ("事项", 26, lambda act: act.zh),
    ("印章", 34, lambda act: act.seal_name),
    ("办理人", 12, lambda act: act.by_masked or "平台"),
    ("被授权人", 12, lambda act: act.of_masked),
)


def _time(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def cell_text(value: object) -> str | int:
    """What stands in a cell: a number of ours, or text that nothing takes for a formula."""
    if isinstance(value, int):
        return value
    text = "".join(c for c in str(value or "")[:MAX_CELL] if unicodedata.category(c)[0] != "C")
    return f"'{text}" if text.lstrip().startswith(FORMULA) else text


async def workbook(his: View, wanted: Wanted, now: datetime, records: RecordsKey) -> tuple[str, bytes]:
    """Name and bytes of the file; what he sees and wants, as it was then or is by now."""
    used = await uses(his, wanted, None, MAX_ROWS, records)
    kept = await acts(his, wanted, None, MAX_ROWS, records)
    company = (await Company.get(id=his.company_id)).name
    head = f"{company}　用印台账　{wanted_zh(wanted)}　导出于 {second(now)}"
    data = await asyncio.to_thread(_written, head, used, kept)
    return f"用印台账-{now.astimezone(CHINA):%Y%m%d-%H%M}.xlsx", data


def _written(head: str, used: Sequence[UseView], kept: Sequence[ActView]) -> bytes:
    book = Workbook(write_only=True)
    _sheet(book, "用印登记", head, USES, used)
    _sheet(book, "保管登记", head, ACTS, kept)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(
    book: Workbook,
    title: str,
    head: str,
    columns: Sequence[tuple[str, int, Callable[..., object]]],
    rows: Sequence[object],
) -> None:
    sheet = book.create_sheet(title)
    for place, (_, width, _) in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.freeze_panes = "A3"
    cut = f"（只列最近 {MAX_ROWS} 条，更早的请选择时间段导出）" if len(rows) == MAX_ROWS else ""
    sheet.append([_cell(sheet, f"{head}{cut}", bold=True)])
    sheet.append([_cell(sheet, name, bold=True) for name, _, _ in columns])
    for row in rows:
        sheet.append([_cell(sheet, value(row)) for _, _, value in columns])


def _cell(sheet: object, value: object, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=cell_text(value))
    if isinstance(cell.value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
