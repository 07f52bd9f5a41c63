"""Identity checks finished as a person does it: on the page of the sandbox, or at its counter by the code."""

from __future__ import annotations

import re

import httpx

__all__ = ["COUNTER_CODE", "finish"]

COUNTER_CODE = re.compile(r'id="code">([0-9]{4} [0-9]{4})<')


def finish(url: str, outcome: str = "pass") -> None:
    """Finish the check whose page this is, by whichever way it was begun."""
    code = COUNTER_CODE.search(httpx.get(url, trust_env=False).text)
    if code is None:
        httpx.post(url, data={"outcome": outcome}, trust_env=False)
        return
    desk = httpx.URL(url).copy_with(path="/counter/")
    httpx.post(desk, data={"code": code[1], "outcome": outcome}, trust_env=False)
