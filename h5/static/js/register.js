// The one form that registers a company. The draft outlives a reload; sending twice counts once.

import { post, requestId } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { passing } from "./lib/kept.js";
import { t } from "./lib/words.js";
import { DEFAULT_REGION, REGIONS, provinceOf, regionNamed } from "./company/regions.js";

const DRAFT = "ezhang.register";
const form = $("form");
const REQUIRED = ["company_name", "company_type", "region", "address", "capital_wan", "business_scope",
  "representative_name", "representative_id_number", "representative_mobile"];

function fillCities(code) {
  const [, cities] = REGIONS[Number($("province").value)];
  $("region").replaceChildren(...cities.map(([value, name]) => h("option", { value }, name)));
  if (cities.some(([value]) => value === code)) $("region").value = code;
}

function choose(region) {
  $("province").value = String(provinceOf(region));
  fillCities(region);
}

function fillChoices(draft) {
  $("province").replaceChildren(...REGIONS.map(([name], place) => h("option", { value: String(place) }, name)));
  choose(draft.region ?? DEFAULT_REGION);
}

const showYears = () => {
  $("years-box").hidden = form.elements.term.value !== "years";
};

/** A sole trader has an operator, funds and premises where a company has other words (R14). */
function showTerms() {
  const trader = $("company_type").value === "sole_trader";
  for (const place of form.querySelectorAll("[data-word]")) {
    place.textContent = t(trader ? place.dataset.trader : place.dataset.word);
  }
}

function readDraft() {
  try {
    return JSON.parse(passing.get(DRAFT)) ?? {};
  } catch {
    return {};
  }
}

function keepDraft() {
  const values = Object.fromEntries([...REQUIRED, "term_years"].map((name) => [name, $(name).value]));
  // The ID number is left out of the draft: it is the one thing that must not lie about in a browser.
  delete values.representative_id_number;
  passing.set(DRAFT, JSON.stringify({ ...values, term: form.elements.term.value, request_id: request }));
}

const draft = readDraft();
const request = draft.request_id ?? requestId();
let placeChosen = Boolean(draft.region);

function restore() {
  fillChoices(draft);
  for (const [name, value] of Object.entries(draft)) {
    if (REQUIRED.includes(name) || name === "term_years") $(name).value = value;
  }
  if (draft.term) form.elements.term.value = draft.term;
  showYears();
  showTerms();
}

function missing() {
  const empty = REQUIRED.filter((name) => !$(name).value.trim());
  if (form.elements.term.value === "years" && !$("term_years").value.trim()) empty.push("term_years");
  for (const name of empty) fieldError(form, name, t("register.missing"));
  if (!$("declaration").checked) {
    fieldError(form, "declaration", t("register.declaration_missing"));
    empty.push("declaration");
  }
  return empty.length > 0;
}

/** The address with the place of registration before it, unless it was typed: a licence shows it whole. */
function wholeAddress(typed) {
  const [province, places] = REGIONS[provinceOf($("region").value)];
  const place = places.find(([code]) => code === $("region").value)[1];
  if (!typed || typed.startsWith(province)) return typed;
  return province + (typed.startsWith(place) ? "" : place) + typed;
}

const plain = (text) => text.replace(/[,，\s]/g, "");

function body() {
  const value = (name) => $(name).value.trim();
  return {
    request_id: request,
    ...Object.fromEntries(REQUIRED.map((name) => [name, value(name)])),
    address: wholeAddress(value("address")),
    representative_id_number: value("representative_id_number").toUpperCase().replace(/\s/g, ""),
    representative_mobile: value("representative_mobile").replace(/[\s-]/g, ""),
    capital_wan: plain(value("capital_wan")),
    term_years: form.elements.term.value === "years" ? Number(plain(value("term_years")) || Number.NaN) : null,
    declaration: true,
  };
}

function badNumbers({ capital_wan: capital, term_years: years }) {
  const bad = [];
  if (!/^\d+(\.\d+)?$/.test(capital)) bad.push("capital_wan");
  if (years !== null && !Number.isInteger(years)) bad.push("term_years");
  for (const name of bad.filter((one) => $(one).value.trim())) fieldError(form, name, t("register.not_a_number"));
  return bad.length > 0;
}

/** Words beside each wrong field; what belongs to no field stands above the form. */
function showErrors(error) {
  const lost = error.all.filter((one) => !fieldError(form, one.field, one.text));
  if (lost.length) {
    say($("form-error"), lost.map((one) => one.text).join(" "));
    $("form-error").scrollIntoView({ block: "center" });
  }
  goToFirstError(form);
}

async function send() {
  clearErrors(form);
  say($("form-error"), "");
  const values = body();
  if (missing() | badNumbers(values)) return goToFirstError(form);
  try {
    await post("/applications", values);
    passing.drop(DRAFT);
    location.assign("/m");
  } catch (error) {
    showErrors(error);
  }
  return undefined;
}

restore();
clearWhenTyped(form);
form.addEventListener("input", keepDraft);
form.addEventListener("change", showYears);
$("company_type").addEventListener("change", showTerms);
$("company_name").addEventListener("input", () => {
  const region = regionNamed($("company_name").value.trim());
  if (region && !placeChosen) choose(region);
});
$("region").addEventListener("change", () => (placeChosen = true));
$("province").addEventListener("change", () => {
  placeChosen = true;
  fillCities();
  keepDraft();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), send);
});
