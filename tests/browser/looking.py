"""What a careful eye sees on any page: too wide, controls without a name, text without contrast, focus
that does not show, words of the wrong language."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

__all__ = ["barriers", "chinese_left", "seen", "too_wide", "unseen_focus"]

# WCAG 2.2 A and AA, as axe-core judges them: names of controls, contrast, headings, roles and the like.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
GRAVE = {"serious", "critical"}
HAN = re.compile("[\u3400-\u9fff]")

_WIDTH = "() => document.scrollingElement.scrollWidth"

# Every control is given the focus as the Tab key would; it, or the label around it, must draw a ring.
_FOCUS = """() => {
  const ring = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const all = document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']");
  const modal = document.querySelector("dialog[open]");
  const reached = (one) => !one.disabled && one.checkVisibility() && (!modal || modal.contains(one));
  return [...all].filter(reached).filter((one) => {
    one.focus();
    for (let at = one; at && at !== document.body; at = at.parentElement) if (ring(at)) return false;
    return document.activeElement === one;
  }).map((one) => one.outerHTML.slice(0, 120));
}"""

# All that a reader of English would see or hear, but what is marked as Chinese.
_WORDS = """() => {
  const chinese = (element) => element.closest("[lang|='zh']:not(html)");
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const shown = parent.checkVisibility() && !parent.closest("script, noscript, option");
    if (shown && !chinese(parent)) seen.add(walk.currentNode.data.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (chinese(element)) continue;
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      seen.add(element.getAttribute(name) ?? "");
    }
  }
  seen.add(document.title);
  return [...seen];
}"""


_STILL = """() => Promise.allSettled(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
  .map((one) => one.finished))"""


def too_wide(page: Page, width: int) -> list[str]:
    """How far the page can be scrolled sideways, if it can."""
    page.set_viewport_size({"width": width, "height": 844})
    needs = int(page.evaluate(_WIDTH))
    return [f"at {width} px it is {needs} px wide"] if needs > width else []


def barriers(page: Page) -> list[str]:
    """What axe-core finds serious or critical, once nothing moves or fades any more; looked at again where
    it finds something, for a page may still be filling."""
    page.evaluate(_STILL)
    return _grave(page) and _grave(page)


def _grave(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}: {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def unseen_focus(page: Page) -> list[str]:
    """Controls on which the focus of the keyboard cannot be seen."""
    page.keyboard.press("Tab")  # from now on the browser takes focus for the keyboard's
    return [f"no ring on {html}" for html in page.evaluate(_FOCUS)]


def chinese_left(page: Page, data: Iterable[str]) -> list[str]:
    """Chinese words on an English page that are not data."""
    left = []
    for words in page.evaluate(_WORDS):
        rest = words
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if HAN.search(rest):
            left.append(f"Chinese: {words}")
    return left


def seen(page: Page, name: str) -> None:
    """It has no barriers and fits on every phone; pictures go to the folder EZHANG_PICTURES, if named."""
    wrong = [*barriers(page), *too_wide(page, 320), *too_wide(page, 390)]
    assert not wrong, "\n".join(wrong)
    if folder := os.environ.get("EZHANG_PICTURES"):
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
