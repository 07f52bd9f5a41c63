"""The totals as a table: CSV in UTF-8 with a mark for spreadsheets, or xlsx."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from openpyxl import Workbook

from auth.china import minute
from seals.kinds import SealKind, spec
from seals.service.statistics import OTHER, Counts, Statistics

__all__ = ["FORMS", "to_csv", "to_xlsx"]

Row = tuple[str | int, ...]
HEAD: Row = ("企业数 companies", "待领取 issued", "已领取 collected", "已暂停 suspended", "已注销 cancelled")
LATE = "逾期未领 uncollected"


def _tables(found: Statistics) -> Iterator[tuple[str, list[Row]]]:
    at = ("统计时间 at", minute(found.at))
    yield "地区 districts", [at, ("地区代码 district", *HEAD, LATE), *map(_row, found.districts)]
    kinds = [(_kind(row.key), *_row(row)[1:]) for row in found.kinds]
    yield "印章种类 kinds", [("种类 kind", *HEAD, LATE), *kinds]
    weeks: list[Row] = [(week.monday, _told(week.sealings)) for week in found.weeks]
    yield "每周用印 sealings", [("周一 week from", "用印次数 sealings"), *weeks]
    topics: list[Row] = [(each.topic, each.trainings, each.people) for each in found.topics]
    yield "培训 trainings", [("主题 topic", "场次 trainings", "人次 people"), *topics]
    tickets: list[Row] = [("未答复 open", found.tickets_open), ("逾期 overdue", found.tickets_overdue)]
    yield "投诉反馈 tickets", tickets
    filings: list[Row] = [
        ("已备案 accepted", found.filings_accepted),
        ("待备案 waiting", found.filings_waiting),
        ("逾期 overdue", found.filings_overdue),
    ]
    yield "备案 filings", filings


def _told(number: int | None) -> str | int:
    return "少于 3 家 too few" if number is None else number


def _row(row: Counts) -> Row:
    numbers = (row.issued, row.collected, row.suspended, row.cancelled, row.uncollected)
    return (row.key, row.companies, *numbers)


def _kind(key: str) -> str:
    return "其他 other" if key == OTHER else spec(SealKind(key)).zh


def to_csv(found: Statistics) -> bytes:
    """All tables below each other."""
    out = io.StringIO()
    writer = csv.writer(out)
    for title, rows in _tables(found):
        writer.writerows([(title,), *rows, ()])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(found: Statistics) -> bytes:
    """A sheet for each table."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in _tables(found):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMS: dict[str, tuple[str, Callable[[Statistics], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", to_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
}
