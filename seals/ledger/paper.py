"""The ledger as a paper of the platform (PDF): its data for `ledger.typ`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.china import second
from auth.models import Company
from seals.export_models import Export
from seals.ledger.acts import ActView, acts
from seals.ledger.uses import UseView, uses
from seals.ledger.wanting import Wanted, view
from seals.ledger.words import CHANNELS_ZH, STATES_ZH, wanted_zh
from seals.paper_models import Paper
from seals.papers.heading import heading
from seals.signing.workshop import Workshop

__all__ = ["MAX_ROWS", "ledger_data"]

MAX_ROWS = 500
"""Of uses, and of acts; the newest."""


async def ledger_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`: what its asker sees, by the filters that he chose."""
    asked = await Export.get(id=paper.subject)
    wanted = Wanted(**(asked.wanted or {}))
    his = await view(paper.company_id or "", paper.asker_id, now)
    used = await uses(his, wanted, None, MAX_ROWS + 1, workshop.records)
    kept = await acts(his, replace(wanted, kind="", outcome=""), None, MAX_ROWS + 1, workshop.records)
    company = await Company.get(id=paper.company_id)
    return json.dumps(
        {
            "paper": heading(paper, now, workshop),
            "company": {"name": company.name, "uscc": company.uscc},
            "wanted": wanted_zh(wanted),
            "whole": his.all,
            "cut": max(len(used), len(kept)) > MAX_ROWS,
            "most": MAX_ROWS,
            "uses": [_use(each) for each in used[:MAX_ROWS]],
            "acts": [_act(each) for each in kept[:MAX_ROWS]],
        },
        ensure_ascii=False,
    )


def _use(use: UseView) -> dict[str, object]:
    return {
        "at": second(use.confirmed_at or use.asked_at),
        "seal": use.seal_name,
        "document": use.document,
        "code": use.code,
        "said": "　".join(each for each in (use.kind_zh, use.amount, use.counterparty) if each),
        "asker": use.asker_masked,
        "by": use.by_masked or "",
        "authority": use.authority_zh,
        "approved": use.approved_by_masked or "",
        "how": "　".join(each for each in (CHANNELS_ZH.get(use.channel, ""), use.device) if each),
        "state": STATES_ZH[use.state],
        "reason": use.reason_zh or "",
        "tries": use.tries,
        "marks": [mark.zh for mark in use.marks],
    }


def _act(act: ActView) -> dict[str, object]:
    return {
        "at": second(act.at),
        "what": act.zh,
        "seal": act.seal_name,
        "by": act.by_masked or "平台",
        "of": act.of_masked or "",
    }
