// The filings of a company: one form to file a seal, or to change, correct or renew its filing, and all so far.

import { get, post, requestId } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { note } from "./lib/overlay.js";
import { data, t } from "./lib/words.js";
import { at, chip, fact, why } from "./filing/facts.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const KINDS = ["update", "correction", "renewal"];
const form = $("form");
const asked = new URLSearchParams(location.search);
const kind = KINDS.includes(asked.get("kind")) ? asked.get("kind") : "first";
let wanted = requestId();

function item(filing) {
  return h("li", {},
    h("h2", {}, filing.name, chip(filing)),
    h("dl", { class: "facts" },
      fact("filing.seal_number", filing.seal_number),
      fact("filing.kind", t(`filing.kind_${filing.kind}`)),
      fact("filing.filed_at", at(filing.created_at)),
      fact("filing.valid_until", at(filing.receipt?.valid_until)),
      fact("filing.reason", filing.reason)),
    filing.update_due.length ? h("p", { class: "notice" }, t("filing.due", { why: why(filing) })) : null,
    h("a", { class: "button", href: `/m/filing/${encodeURIComponent(filing.id)}` }, t("filing.see")));
}

/** The seals to choose from: those without a filing, or the one whose filing is to be changed. */
function choices(found) {
  if (kind === "first") return found.to_file;
  const stands = found.filings.filter((each) => each.may_update && each.seal === asked.get("seal"));
  return stands.map((each) => ({ id: each.seal, name: each.seal_name, number: each.seal_number, filed: each }));
}

/** Without the company, which is the same in all: on a phone the rest would not be seen. */
const short = (seal, { company_name: company }) => `${seal.name.replace(company, "") || seal.name} ${seal.number}`;

function fill(seals) {
  const chosen = seals.find(({ id }) => id === $("seal").value) ?? seals[0];
  if (!chosen) return;
  $("name").value = chosen.filed?.name ?? chosen.name;
  $("scope").value = chosen.filed?.scope ?? "";
}

async function show() {
  const found = await get(`${COMPANY}/filings`);
  const seals = choices(found);
  $("company-name").textContent = found.company_name;
  $("filings").replaceChildren(...found.filings.map(item));
  $("none").hidden = found.filings.length > 0;
  form.hidden = !seals.length;
  $("nothing").hidden = seals.length > 0;
  $("seal").replaceChildren(...seals.map((seal) => h("option", { value: seal.id }, short(seal, found))));
  const asks = asked.get("seal");
  if (seals.some(({ id }) => id === asks)) $("seal").value = asks;
  $("seal").onchange = () => fill(seals);
  fill(seals);
}

const field = (name) => (name === "note" ? "note-text" : name);

async function send() {
  clearErrors(form);
  say($("problem"), "");
  const body = { request_id: wanted, seal: $("seal").value, kind, declared: $("declared").checked };
  for (const name of ["name", "scope", "note"]) body[name] = $(field(name)).value.trim();
  for (const name of ["name", "scope"]) if (!body[name]) fieldError(form, name, t("filing.missing"));
  if (!body.declared) fieldError(form, "declared", t("filing.declare_first"));
  if (form.querySelector(".field-error:not(:empty)")) return goToFirstError(form);
  try {
    const filing = await post(`${COMPANY}/new-filings`, body);
    note(t("filing.sent"));
    return location.assign(`/m/filing/${encodeURIComponent(filing.id)}`);
  } catch (error) {
    wanted = requestId();
    for (const each of error.all ?? []) if (!fieldError(form, each.field, each.text)) say($("problem"), each.text);
    if (!error.all) say($("problem"), String(error));
    return goToFirstError(form);
  }
}

$("form-title").textContent = t(`filing.new_${kind}`);
$("note-field").hidden = kind === "first";
if (kind === "correction") $("note-label").textContent = t("filing.note_correction");
clearWhenTyped(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("send"), send);
});
show().catch((error) => say($("problem"), error.text ?? String(error)));
