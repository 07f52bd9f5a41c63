// One filing: how it stands, its receipt to be compared, and what can be done with it now.

import { get, post } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { note } from "./lib/overlay.js";
import { data, t } from "./lib/words.js";
import { at, chip, fact, why } from "./filing/facts.js";

const PATH = `/filings/${encodeURIComponent(data.filing)}`;
const LOOK_AGAIN_MS = 3000;
const OPEN = ["waiting", "reviewing"];

function facts(filing) {
  return h("li", {},
    h("h2", {}, filing.name, chip(filing)),
    h("dl", { class: "facts" },
      fact("filing.number", filing.number),
      fact("filing.kind", t(`filing.kind_${filing.kind}`)),
      fact("filing.seal", filing.seal_name),
      fact("filing.seal_number", filing.seal_number),
      fact("filing.scope", filing.scope),
      fact("filing.note", filing.note),
      fact("filing.filed_at", at(filing.created_at)),
      fact("filing.decided_at", at(filing.decided_at)),
      fact("filing.reason", filing.reason)));
}

function receipt({ receipt: paper, checked_at: checked }) {
  return h("li", {},
    h("h2", {}, paper.seal_name, checked ? h("span", { class: "chip chip-collected" }, t("filing.checked")) : null),
    h("dl", { class: "facts" },
      fact("filing.receipt_number", paper.number),
      fact("filing.company", paper.company_name),
      fact("filing.uscc", paper.uscc),
      fact("filing.seal_number", paper.seal_number),
      fact("filing.scope", paper.scope),
      fact("filing.filed_by", paper.filed_by),
      fact("filing.valid_from", at(paper.valid_from)),
      fact("filing.valid_until", at(paper.valid_until)),
      fact("filing.maker_reference", paper.maker_reference)));
}

function button(key, work) {
  const made = h("button", { type: "button", class: "button button-main" }, t(key));
  made.addEventListener("click", () => busy(made, work));
  return made;
}

function acts(filing) {
  const to = (key, kind) =>
    h("a", { class: "button", href: `${list(filing)}?kind=${kind}&seal=${encodeURIComponent(filing.seal)}` }, t(key));
  return [
    filing.receipt && !filing.checked_at && filing.may_update ? button("filing.check", check) : null,
    filing.may_update ? to("filing.correct", "correction") : null,
    filing.may_update ? to("filing.update", "update") : null,
    filing.may_renew ? to("filing.renew", "renewal") : null,
    filing.state === "rejected" ? to("filing.again", filing.kind) : null,
    h("a", { class: "button", href: list(filing) }, t("filing.back")),
  ].filter(Boolean);
}

const list = (filing) => `/m/filings/${encodeURIComponent(filing.company)}`;

function draw(filing) {
  $("filing").replaceChildren(facts(filing));
  $("receipt-part").hidden = !filing.receipt;
  if (filing.receipt) $("receipt").replaceChildren(receipt(filing));
  $("check-lead").hidden = Boolean(filing.checked_at) || !filing.may_update;
  say($("due"), filing.update_due.length ? t("filing.due", { why: why(filing) }) : "");
  $("acts").replaceChildren(...acts(filing));
}

async function check() {
  try {
    draw(await post(`${PATH}/check`));
    note(t("filing.checked"));
  } catch (error) {
    say($("problem"), error.text ?? String(error));
  }
}

/** While it is reviewed, look again. */
async function show() {
  const filing = await get(PATH);
  draw(filing);
  if (OPEN.includes(filing.state)) setTimeout(() => show().catch(() => {}), LOOK_AGAIN_MS);
}

show().catch((error) => say($("problem"), error.text ?? String(error)));
