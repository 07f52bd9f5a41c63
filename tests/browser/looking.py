"""What a careful eye sees on any page: too wide, controls without a name, text without contrast, focus
that does not show, words of the wrong language."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

__all__ = [
    "at_night",
    "barriers",
    "chinese_left",
    "dim",
    "seen",
    "small_targets",
    "too_wide",
    "torn_by_large_text",
    "unseen_focus",
]

# WCAG 2.2 A and AA, as axe-core judges them: names of controls, contrast, headings, roles and the like.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
TARGET_PX = 44
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


# A control is as large as the places on which a press reaches it: up and down, left and right of its middle.
_TARGETS = """(least) => {
  const modal = document.querySelector("dialog[open]");
  const within = (one) => !modal || modal.contains(one);
  const named = "a[href], button, summary, select, input:not([type=hidden]), textarea";
  const inText = (one) => one.closest(".link-inline, .digest, .box")
    || (one.matches("a") && getComputedStyle(one).display === "inline");
  const small = [];
  for (const one of document.querySelectorAll(named)) {
    if (one.disabled || !one.checkVisibility() || !within(one) || inText(one)) continue;
    const seen = one.closest("label") ?? one;
    seen.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = seen.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hits = (at, top) => {
      const hit = document.elementFromPoint(at, top);
      return hit !== null && (seen === hit || seen.contains(hit) || one.contains(hit));
    };
    if (!hits(x, y)) continue;
    const reach = (dx, dy) => {
      let far = 0;
      while (far < least && hits(x + dx * (far + 1), y + dy * (far + 1))) far += 1;
      return far;
    };
    const [width, height] = [reach(-1, 0) + reach(1, 0) + 1, reach(0, -1) + reach(0, 1) + 1];
    if (width >= least && height >= least) continue;
    small.push(`${width} × ${height} px: ${one.outerHTML.slice(0, 110)}`);
  }
  return small;
}"""

# Twice the size, by the object model, which the policy allows: as in a browser set to larger letters.
_TWICE = "() => (document.documentElement.style.fontSize = '212.5%')"
_ONCE = "() => (document.documentElement.style.fontSize = '')"

# Controls that lie on each other, and words that are cut off without a sign of it.
_TORN = """() => {
  const modal = document.querySelector("dialog[open]");
  const root = modal ?? document.querySelector("main") ?? document.body;
  const all = [...root.querySelectorAll("a[href], button, select, input:not(.sr-only), textarea, summary")]
    .filter((one) => one.checkVisibility() && !one.closest(".stage, .pages, .quick"))
    .map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  const fixed = (one) => one.closest(".confirm-bar, .dock") !== null;
  const over = [];
  all.forEach(([one, a], place) => {
    for (const [other, b] of all.slice(place + 1)) {
      if (one.contains(other) || other.contains(one) || fixed(one) !== fixed(other)) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const names = [one, other].map((each) => each.outerHTML.slice(0, 80)).join(" and ");
      if (wide > 4 && high > 4) over.push(`on each other: ${names}`);
    }
  });
  const cut = [...root.querySelectorAll("*")].filter((one) => {
    if (!one.checkVisibility() || one.matches(".sr-only, svg *, input, select, textarea")) return false;
    const { overflowX, textOverflow } = getComputedStyle(one);
    return overflowX === "hidden" && textOverflow !== "ellipsis" && one.scrollWidth > one.clientWidth + 1
      && !one.closest(".stage, .picture");
  }).map((one) => `cut off: ${one.outerHTML.slice(0, 110)}`);
  const wide = modal && modal.scrollWidth > modal.clientWidth + 1;
  if (wide) cut.push(`the drawer is ${modal.scrollWidth} px wide`);
  return [...over, ...cut];
}"""


def too_wide(page: Page, width: int, height: int = 844) -> list[str]:
    """How far the page can be scrolled sideways, if it can."""
    page.set_viewport_size({"width": width, "height": height})
    needs = int(page.evaluate(_WIDTH))
    return [f"at {width} px it is {needs} px wide"] if needs > width else []


def barriers(page: Page) -> list[str]:
    """All that axe-core finds, once nothing moves or fades any more; looked at again where it finds
    something, for a page may still be filling."""
    page.evaluate(_STILL)
    return _axe(page, RULES) and _axe(page, RULES)


def dim(page: Page) -> list[str]:
    """What axe-core finds too weak to be read; `barriers` looks for it with all else."""
    page.evaluate(_STILL)
    return _axe(page, CONTRAST) and _axe(page, CONTRAST)


def at_night(page: Page, judge: Callable[[Page], list[str]]) -> list[str]:
    """What somebody finds of the page in dark."""
    page.emulate_media(color_scheme="dark")
    try:
        return [f"in dark: {wrong}" for wrong in judge(page)]
    finally:
        page.emulate_media(color_scheme="light")


def _axe(page: Page, rules: dict[str, Any]) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("async (rules) => (await axe.run(rules)).violations", rules)
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))}: {node['html'][:160]}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def torn_by_large_text(page: Page) -> list[str]:
    """What does not hold with letters twice as large, upright, narrow and on its side."""
    page.evaluate(_TWICE)
    try:
        wrong = []
        for width, height in ((390, 844), (320, 844), (844, 390)):
            wrong += too_wide(page, width, height)
            wrong += [f"at {width} × {height} px, {each}" for each in page.evaluate(_TORN)]
        return [f"with large text: {each}" for each in wrong]
    finally:
        page.evaluate(_ONCE)


def small_targets(page: Page) -> list[str]:
    """Controls that a finger may miss; links within a sentence are as high as its lines (WCAG 2.5.8)."""
    return [f"small: {each}" for each in page.evaluate(_TARGETS, TARGET_PX)]


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
