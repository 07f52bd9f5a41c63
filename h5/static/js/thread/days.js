// Days and times of the conversation, as China counts them, as in any chat: told once, where they change.

import { h } from "../lib/dom.js";
import { t } from "../lib/words.js";

const CHINA_MS = 8 * 3600 * 1000;
const GAP_MIN = 5;

const chinaDay = (ms) => new Date(ms + CHINA_MS).toISOString().slice(0, 10);
const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** "2026-11-30 02:24 +08:00" → its day and time. */
export const split = (at) => ({ day: at.slice(0, 10), time: at.slice(11, 16) });

function dayWords(day) {
  if (day === chinaDay(Date.now())) return t("thread.today");
  if (day === chinaDay(Date.now() - 24 * 3600 * 1000)) return t("thread.yesterday");
  const [year, month, date] = day.split("-");
  if (year !== chinaDay(Date.now()).slice(0, 4)) return t("thread.day_of_year", { year, month, day: date });
  const weekday = t("thread.weekdays").split(" ")[new Date(`${day}T00:00:00Z`).getUTCDay()];
  return t("thread.day", { month: Number(month), day: Number(date), weekday });
}

/** Put a line where a day begins, and show the time where some minutes have passed. */
export function markDays(list) {
  for (const old of list.querySelectorAll(".day")) old.remove();
  let last = { day: "", time: "00:00" };
  for (const item of list.querySelectorAll("[data-at]")) {
    const now = split(item.dataset.at);
    if (now.day !== last.day) item.before(h("li", { class: "day" }, h("h2", { class: "day-name" }, dayWords(now.day))));
    const gap = minutes(now.time) - minutes(last.time);
    item.querySelector(".said-at").hidden = now.day === last.day && gap >= 0 && gap < GAP_MIN;
    if (!item.querySelector(".said-at").hidden) last = now;
  }
}
