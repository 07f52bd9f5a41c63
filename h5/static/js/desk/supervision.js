// The desk of supervision: totals as tables, with bars of our own, and guidance.

import { get, post } from "../lib/api.js";
import { lyingBars } from "../lib/bars.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "../lib/forms.js";
import { chinaTime } from "../lib/time.js";
import { data, language, t } from "../lib/words.js";
import { startDesk } from "../desk.js";
import { REGIONS } from "../company/regions.js";
import { guidanceItem } from "./guidance.js";
import { opened, proven } from "./proven.js";

const NUMBERS = ["companies", "issued", "collected", "suspended", "cancelled", "uncollected"];
const PLACES = new Map(REGIONS.flatMap(([province, places]) => places.map(([code, name]) => [code, `${province} ${name}`])));

function table(caption, heads, rows) {
  const head = (words) => h("th", { scope: "col" }, words);
  const line = ([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), ...rest.map((one) => h("td", {}, String(one))));
  return h("div", { class: "super-scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: "super-table" }, h("caption", { class: "sr-only" }, caption),
      h("thead", {}, h("tr", {}, ...heads.map(head))), h("tbody", {}, ...rows.map(line))));
}

function fill(id, caption, heads, rows, number) {
  $(id).replaceChildren(...(rows.length
    ? [h("p", { class: "fine" }, heads[number]), lyingBars(rows.map((row) => [row[0], row[number]])), table(caption, heads, rows)]
    : [h("p", { class: "fine" }, t("desk.super_none"))]));
}

function counts(id, caption, rows, named) {
  const heads = [t("desk.super_key"), ...NUMBERS.map((name) => t(`desk.super_${name}`))];
  const name = (key) => (key === "other" ? t("desk.super_other") : named(key));
  fill(id, caption, heads, rows.map((row) => [name(row.key), ...NUMBERS.map((each) => row[each])]), 3);
}

/** For the authority that filings go to: which are late. */
async function showOverdue() {
  const { filings } = await opened(() => get("/desk/supervision/filings"));
  $("overdue").hidden = !filings.length;
  $("overdue").replaceChildren(table(t("desk.super_overdue"),
    ["number", "seal", "company", "district", "due"].map((name) => t(`desk.super_of_${name}`)),
    filings.map((one) => [one.number, one.seal_number, one.company_name, PLACES.get(one.district) ?? one.district, chinaTime(one.due_at)])));
}

async function show() {
  const desk = await opened(() => get("/desk/supervision"));
  const found = desk.statistics;
  $("authority").textContent = t(`desk.super_${desk.authority}`);
  $("at").textContent = chinaTime(found.at);
  counts("districts", t("desk.super_districts"), found.districts, (key) => PLACES.get(key) ?? key);
  counts("kinds", t("desk.super_kinds"), found.kinds, (key) => data.kinds[key]?.[language] ?? key);
  fill("weeks", t("desk.super_weeks"), [t("desk.super_week"), t("desk.super_sealings")],
    found.weeks.map((week) => [week.monday, week.sealings ?? t("desk.super_few")]), 1);
  fill("topics", t("desk.super_topics"), [t("desk.super_topic"), t("desk.super_trainings"), t("desk.super_people")],
    found.topics.map((one) => [t(`notices.topic_${one.topic}`), one.trainings, one.people]), 2);
  $("tickets").textContent = t("desk.super_tickets_value", { open: found.tickets_open, late: found.tickets_overdue });
  $("filings").textContent = t("desk.super_filings_value",
    { accepted: found.filings_accepted, waiting: found.filings_waiting, late: found.filings_overdue });
  if (desk.views.includes("overdue_filings")) await showOverdue();
  $("guidance").replaceChildren(...desk.guidance.map((one) => guidanceItem(one, null)));
}

async function give() {
  const form = $("form");
  clearErrors(form);
  try {
    await proven(() => post("/desk/supervision/guidance", { addressee: $("addressee").value, text: $("text").value }));
    form.reset();
    await show();
  } catch (error) {
    if (!fieldError(form, error.field, error.text)) say($("problem"), error.text ?? t("passkeys.not_done"));
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("form").querySelector("[type=submit]"), give);
});
clearWhenTyped($("form"));
startDesk();
show().catch((error) => say($("problem"), error.text ?? String(error)));
