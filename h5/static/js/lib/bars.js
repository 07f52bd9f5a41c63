// Charts: bars, drawn here; the same numbers stand in a table beside them.

import { h } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 360;
const HEIGHT = 120;
const FOOT = 18;
const HEAD = 14;
const [ROW, WIDE, LEFT, RIGHT] = [26, 640, 210, 60]; // of bars that lie: words left of them, numbers right

function drawn(tag, attributes, words) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (words !== undefined) element.textContent = words;
  return element;
}

/** Uses by week: a bar each, its number above it, the day of its Monday under every third. */
export function bars(weeks, label) {
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "bars" });
  const step = WIDTH / weeks.length;
  const most = Math.max(1, ...weeks.map((week) => week.uses));
  const room = HEIGHT - FOOT - HEAD;
  weeks.forEach((week, place) => {
    const tall = (week.uses / most) * room;
    const left = place * step + step * 0.18;
    const middle = place * step + step / 2;
    picture.append(drawn("rect", { x: left, y: HEIGHT - FOOT - Math.max(1, tall), width: step * 0.64, height: Math.max(1, tall), rx: 2, class: week.uses ? "bar-full" : "bar-none" }));
    if (week.uses) picture.append(drawn("text", { x: middle, y: HEIGHT - FOOT - tall - 3, class: "bar-number" }, String(week.uses)));
    if ((weeks.length - 1 - place) % 3 === 0) picture.append(drawn("text", { x: middle, y: HEIGHT - 4, class: "bar-day" }, week.begin.slice(5)));
  });
  return picture;
}

/** A row of the table by seal: name, bar, number. */
export function barRow(name, uses, most) {
  const picture = drawn("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", class: "bar-across", "aria-hidden": "true" });
  picture.append(drawn("rect", { width: Math.max(1, (uses / most) * 100), height: 6, rx: 2, class: "bar-full" }));
  return h("tr", {}, h("th", { scope: "row" }, name, picture), h("td", {}, String(uses)));
}

/** Bars that lie, each [words, number]; what is no number has its words and no bar; hidden from who cannot see them, whom the table tells the same. */
export function lyingBars(rows) {
  const size = (number) => (Number.isFinite(number) ? number : 0);
  const most = Math.max(1, ...rows.map(([, number]) => size(number)));
  const picture = drawn("svg", { viewBox: `0 0 ${WIDE} ${rows.length * ROW}`, class: "super-chart", "aria-hidden": "true" });
  rows.forEach(([words, number], place) => {
    const y = place * ROW;
    const long = (size(number) / most) * (WIDE - LEFT - RIGHT);
    picture.append(
      drawn("text", { x: LEFT - 8, y: y + 17, "text-anchor": "end" }, words),
      drawn("rect", { x: LEFT, y: y + 4, width: Number.isFinite(number) ? Math.max(1, long) : 0, height: ROW - 9, rx: 3 }),
      drawn("text", { x: LEFT + long + 8, y: y + 17 }, String(number)));
  });
  return picture;
}
