// The form of a company that exists already: who, whose seals, which; then its materials, on their own page.

import { get, post, requestId } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { data, t } from "./lib/words.js";

const ELSEWHERE = ["state_organ", "peoples_organisation"];
const TEXTS = ["company_name", "uscc", "representative_name", "representative_id_number", "representative_mobile"];
const AGENT = ["agent_name", "agent_id_number", "agent_mobile"];
const NUMBERS = ["representative_id_number", "representative_mobile", "agent_id_number", "agent_mobile"];
const MAX_SEALS = 12;
const form = $("form");
const wishes = () => [...$("seals").children];
const part = (wish, name) => wish.querySelector(`[data-name="${name}"]`);
const agent = () => form.elements.applicant.value === "agent";
let request = requestId();
let before = null; // the application that is changed

const seal = (count) => t("entry.seal", { count });

/** The owner's own name seal needs no name: it is the representative's. */
function showWish(wish) {
  const kind = part(wish, "kind").selectedOptions[0];
  const field = (name) => wish.querySelector(`[data-field="${name}"]`);
  const own = ["representative", "operator"].includes(kind.value);
  field("unit").hidden = !["department", "branch"].includes(kind.dataset.class);
  field("person_name").hidden = kind.dataset.class !== "name" || own;
  field("foreign_text").hidden = kind.dataset.class === "name" || kind.value === "invoice";
  field("width_mm").hidden = part(wish, "style").value !== "digitised";
  field("translation").hidden = field("foreign_text").hidden || !part(wish, "foreign_text").value.trim();
}

function count() {
  wishes().forEach((wish, place) => {
    wish.querySelector("legend").textContent = seal(place + 1);
    wish.querySelector("[data-remove]").hidden = wishes().length === 1;
  });
  $("add").hidden = wishes().length >= MAX_SEALS;
}

function add(values = {}) {
  const wish = $("seal").content.firstElementChild.cloneNode(true);
  for (const field of wish.querySelectorAll("[data-name]")) {
    field.id = `${field.dataset.name}-${requestId()}`;
    field.closest("label") ?? field.previousElementSibling?.setAttribute("for", field.id);
    const value = values[field.dataset.name];
    if (field.type === "checkbox") field.checked = Boolean(value);
    else if (value) field.value = value;
  }
  wish.querySelector("[data-remove]").addEventListener("click", () => {
    wish.remove();
    count();
  });
  wish.addEventListener("input", () => {
    for (const place of wish.querySelectorAll("[data-error]")) say(place, "");
    showWish(wish);
  });
  $("seals").append(wish);
  showWish(wish);
  count();
  return wish;
}

function show() {
  const elsewhere = ELSEWHERE.includes($("owner_type").value);
  $("elsewhere").hidden = !elsewhere;
  $("rest").hidden = elsewhere;
  $("agent").hidden = !agent();
}

function wishOf(wish) {
  const value = (name) => {
    const field = part(wish, name);
    const hidden = field.closest("[data-field]")?.hidden;
    if (field.type === "checkbox") return !hidden && field.checked;
    return hidden ? "" : field.value.trim();
  };
  const names = ["kind", "style", "unit", "person_name", "foreign_text", "translation", "translation_confirmed", "width_mm"];
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

function body() {
  const typed = [...TEXTS, ...(agent() ? AGENT : [])];
  return {
    request_id: request,
    owner_type: $("owner_type").value,
    company_type: $("company_type").value,
    applicant: form.elements.applicant.value,
    superior: $("superior").checked,
    permit: $("permit").checked,
    ...Object.fromEntries(typed.map((name) => [name, $(name).value.trim()])),
    seals: wishes().map(wishOf),
  };
}

function missing() {
  const needed = [...TEXTS, ...(agent() ? AGENT : [])].filter((name) => !$(name).value.trim());
  const empty = needed.filter((name) => !(before && NUMBERS.includes(name) && (before.applicant === "agent" || !AGENT.includes(name))));
  for (const name of empty) fieldError(form, name, t("entry.required"));
  return empty.length > 0;
}

function wishError(field, words) {
  const [, place, name] = /^seals\.(\d+)\.(\w+)$/.exec(field ?? "") ?? [];
  const wish = place === undefined ? null : wishes()[Number(place)];
  const where = wish?.querySelector(`[data-error="${name}"]`) ?? wish?.querySelector('[data-error="kind"]');
  if (!where) return false;
  say(where, words);
  part(wish, name)?.setAttribute("aria-invalid", "true");
  return true;
}

function showErrors(error) {
  const lost = error.all.filter((one) => !wishError(one.field, one.text) && !fieldError(form, one.field, one.text));
  if (lost.length) {
    say($("form-error"), lost.map((one) => one.text).join(" "));
    $("form-error").scrollIntoView({ block: "center" });
  }
  goToFirstError(form);
}

async function send() {
  clearErrors(form);
  say($("form-error"), "");
  if (missing()) return goToFirstError(form);
  try {
    const saved = before
      ? await post(`/entries/${encodeURIComponent(before.id)}/form`, body())
      : await post("/entries", body());
    location.assign(`/m/apply/${encodeURIComponent(saved.id)}`);
  } catch (error) {
    showErrors(error);
  }
  return undefined;
}

function fill(entry) {
  before = entry;
  for (const name of ["owner_type", "company_type", "company_name", "uscc", "representative_name", "agent_name"]) $(name).value = entry[name];
  for (const name of NUMBERS) if (entry[name]) $(name).placeholder = `${entry[name]} · ${t("entry.kept")}`;
  for (const name of ["superior", "permit"]) $(name).checked = entry[name];
  form.elements.applicant.value = entry.applicant;
  entry.seals.forEach(add);
}

function showMine(entries) {
  $("mine").hidden = !entries.length;
  $("entries").replaceChildren(...entries.map((entry) => h("li", {},
    h("a", { href: `/m/apply/${encodeURIComponent(entry.id)}` }, h("b", {}, entry.company_name), h("span", { class: "fine" }, t(`entry.state_${entry.state}`))))));
}

async function start() {
  if (data.entry) fill(await get(`/entries/${encodeURIComponent(data.entry)}`));
  else {
    add({ kind: "legal_name" });
    showMine(await get("/entries"));
  }
  show();
}

clearWhenTyped(form);
$("add").addEventListener("click", () => part(add({ kind: "contract" }), "kind").focus());
form.addEventListener("input", () => {
  request = requestId();
  show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), send);
});
start().catch((error) => say($("form-error"), error.text ?? t("entry.problem")));
