// What was checked, in the order it must hold: folded, and what an expert wants to see folded once more.

import { h, icon } from "../lib/dom.js";
import { chinaTime } from "../lib/time.js";
import { language, t, tOr } from "../lib/words.js";

const MARKS = { passed: "tick", noted: "tick", failed: "cross", open: "question", skipped: "minus" };
const TIMES = new Set(["timestamp", "document_timestamp"]);
const STATES = new Set(["status_then", "status_now", "seal_now"]);

function shownValue(key, value) {
  if (TIMES.has(key)) return chinaTime(value);
  if (!STATES.has(key)) return value;
  return value.split(", ").map((state) => tOr(`verdict.status_${state}`, state)).join(" · ");
}

function detail({ of, key, value }) {
  return h("li", {}, [of, tOr(`verdict.detail_${key}`, key), shownValue(key, value)].filter(Boolean).join(" · "));
}

function details(list) {
  if (!list.length) return null;
  return h("details", {}, h("summary", {}, t("verdict.details")), h("ul", { class: "check-details" }, list.map(detail)));
}

function step(one) {
  return h("li", { "data-state": one.outcome }, icon(MARKS[one.outcome]),
    h("div", {}, h("strong", {}, `${one.number}. ${one.title[language]}`), h("p", {}, one.text[language]), details(one.details)),
    h("small", {}, t(`verdict.outcome_${one.outcome}`)));
}

/** The list of a report; nothing for an answer without one. */
export function stepList(steps) {
  if (!steps?.length) return null;
  return h("details", { class: "checked" },
    h("summary", {}, t("verdict.steps", { count: steps.length })), h("ol", { class: "check-steps" }, steps.map(step)));
}
