// The ledger of a company's seals: filters, how often which was used, the uses or the acts of keeping.

import { get, post } from "./lib/api.js";
import { $, busy, h, safeLink, say } from "./lib/dom.js";
import { note } from "./lib/overlay.js";
import { chinaTime } from "./lib/time.js";
import { data, language, t } from "./lib/words.js";
import { bars, barRow } from "./lib/bars.js";

const PATH = `/companies/${encodeURIComponent(data.company)}/ledger`;
const TONES = { signed: "good", pending: "wait", confirmed: "wait", keyed: "wait", rejected: "bad", failed: "bad" };
const form = $("form");
let part = "uses";
let next = null;

const either = (row, name) => row[`${name}_${language}`];
const fact = (key, words) => (words ? h("div", {}, h("dt", {}, t(key)), h("dd", {}, words)) : null);
const joined = (...words) => words.filter(Boolean).join(" · ");

/** What is chosen in the form; kinds and outcomes are of uses alone. */
function wanted() {
  const chosen = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  if (part === "acts") for (const name of ["kind", "outcome"]) delete chosen[name];
  return chosen;
}

function sealLine(use) {
  const since = { cancelled: "ledger.gone", frozen: "ledger.stopped" }[use.seal_state];
  return joined(use.seal_name, since ? t(since) : "");
}

function useItem(use) {
  const said = joined(either(use, "kind"), use.amount, use.counterparty);
  const how = joined(use.channel ? t(`ledger.${use.channel}`) : "", use.device);
  return h("li", { class: "ledger-row" },
    h("p", { class: "ledger-head" }, h("strong", {}, sealLine(use)),
      h("span", { class: "ledger-state", "data-tone": TONES[use.state] ?? "past" }, t(`ledger.state_${use.state}`))),
    h("p", { class: "ledger-time" }, chinaTime(use.confirmed_at ?? use.asked_at)),
    use.marks.length ? h("ul", { class: "ledger-marks" }, use.marks.map((mark) => h("li", {}, mark[language]))) : null,
    h("dl", { class: "facts" },
      h("div", {}, h("dt", {}, t("ledger.document")), h("dd", {}, h("a", { href: `/v/${encodeURIComponent(use.code)}` }, use.document))),
      fact("ledger.said", said),
      fact("ledger.by", joined(use.by_masked, either(use, "authority"))),
      fact("ledger.asker", use.asker_masked),
      fact("ledger.approved", use.approved_by_masked),
      fact("ledger.how", how),
      fact("ledger.tries", use.tries ? t("ledger.times", { count: use.tries }) : ""),
      fact("ledger.reason", either(use, "reason"))));
}

function actItem(act) {
  return h("li", { class: "ledger-row" },
    h("p", { class: "ledger-head" }, h("strong", {}, act[language]), h("span", {}, act.by_masked ?? t("ledger.platform"))),
    h("p", { class: "ledger-time" }, chinaTime(act.at)),
    h("dl", { class: "facts" }, fact("ledger.seal", act.seal_name), fact("ledger.for", act.of_masked)));
}

function choices(select, list) {
  const chosen = select.value;
  const first = select.options[0];
  select.replaceChildren(first, ...list.map((each) => h("option", { value: each.id }, each.name)));
  select.value = chosen;
}

function showCounts({ counted, seals }) {
  const names = Object.fromEntries(seals.map((each) => [each.id, each.name]));
  const most = Math.max(0, ...counted.weeks.map((week) => week.uses));
  $("counts-title").textContent = t("ledger.counts", { weeks: counted.weeks.length });
  $("chart").replaceChildren(bars(counted.weeks, t("ledger.chart_week", { most })));
  $("weeks").tBodies[0].replaceChildren(...counted.weeks.map((week) => h("tr", {}, h("td", {}, week.begin), h("td", {}, String(week.uses)))));
  const top = Math.max(1, ...counted.seals.map((each) => each.uses));
  $("by-seal").tBodies[0].replaceChildren(...counted.seals.map((each) => barRow(names[each.seal] ?? "", each.uses, top)));
  $("by-seal-title").hidden = $("by-seal").hidden = !counted.seals.length;
  $("counts").hidden = false;
}

/** Read on from where the list ends, or from its beginning. */
async function read(again) {
  const query = new URLSearchParams({ ...wanted(), part, ...(again || !next ? {} : { before: next }) });
  const found = await get(`${PATH}?${query}`);
  say($("problem"), "");
  const items = part === "uses" ? found.uses.map(useItem) : found.acts.map(actItem);
  if (again) $("rows").replaceChildren();
  $("rows").append(...items);
  next = found.next;
  $("more").hidden = !next;
  $("empty").hidden = $("rows").children.length > 0;
  $("company").textContent = found.company;
  $("own-only").hidden = found.whole;
  if (!found.counted) return;
  choices($("seal"), found.seals);
  choices($("person"), found.people);
  $("person-field").hidden = !found.people.length;
  showCounts(found);
}

const failed = (error) => say($("problem"), error.text ?? String(error));

function fresh() {
  const count = Object.keys(wanted()).length;
  $("filters-said").textContent = count ? t("ledger.filtered", { count }) : t("ledger.filters");
  return read(true).catch(failed);
}

function choosePart(chosen) {
  part = chosen;
  for (const each of ["uses", "acts"]) $(`part-${each}`).setAttribute("aria-pressed", String(each === part));
  for (const field of form.querySelectorAll(".of-uses")) field.hidden = part === "acts";
  return fresh();
}

async function take(formName) {
  try {
    location.assign(safeLink((await post(`${PATH}/exports/${formName}`, wanted())).download_url));
  } catch (error) {
    note(error.text ?? String(error));
  }
}

for (const each of ["uses", "acts"]) $(`part-${each}`).addEventListener("click", () => choosePart(each));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  $("filters").open = false;
  fresh();
});
$("clear").addEventListener("click", () => {
  form.reset();
  fresh();
});
$("more").addEventListener("click", () => busy($("more"), () => read(false)).catch(failed));
$("xlsx").addEventListener("click", () => busy($("xlsx"), () => take("xlsx")));
$("pdf").addEventListener("click", () => busy($("pdf"), () => take("pdf")));
fresh();
