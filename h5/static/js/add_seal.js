// One more seal: what sort, its words, the imprint as it will be; sending twice counts once.

import { get, post, requestId } from "./lib/api.js";
import { $, busy, say, showOnly, svgSource } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { data, t } from "./lib/words.js";
import { sealItem } from "./company/imprint.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const PAUSE_MS = 450; // after the last key, before the imprint is drawn again
const MM_ON_SCREEN = 6.2; // CSS px to a millimetre: larger than life, so that every stroke can be checked
const NO_SECOND_SCRIPT = ["invoice"];
const AT_ONCE = ["imprint.no_glyph", "imprint.character"]; // the rest may be cured by typing on
const form = $("form");
const options = [...$("kind").options];
const asked = new URLSearchParams(location.search);
const photo = asked.get("photo"); // an imprint taken from a photo, instead of a drawn one
const free = new Set(); // kinds of which there is one only, and none lives
let request = requestId();
let timer = null;
let latest = 0;
let drawing = Promise.resolve(); // the imprint that is being drawn

const group = () => form.elements.group.value;
const hasUnit = () => ["department", "branch"].includes(group());
const single = () => $("kind").selectedOptions[0]?.dataset.single !== undefined; // the one name seal is the representative's
const hasPerson = () => group() === "name" && !single();
const hasSecond = () => !photo && !hasPerson() && !NO_SECOND_SCRIPT.includes($("kind").value);
const needed = () => (hasUnit() ? "unit" : hasPerson() ? "person_name" : null);

function wanted() {
  const value = (name, holds) => (holds ? $(name).value.trim() : "");
  const second = hasSecond() && $("field-second").open;
  return {
    kind: $("kind").value,
    unit: value("unit", hasUnit()),
    person_name: value("person_name", hasPerson()),
    foreign_text: value("foreign_text", second),
    translation: value("translation", second),
    photo,
  };
}

const offered = (option) => option.dataset.single === undefined || free.has(option.value);

/** A kind of which a company has one is offered where that one is cancelled; a sole trader has no representative. */
function showGroups(company) {
  const gone = (kind) => !company.seals.some((seal) => seal.kind === kind && !["cancelled", "declined"].includes(seal.state));
  const not = company.licence.data.company_type === "个体工商户" ? "representative" : "";
  for (const { value, dataset } of options) if (dataset.single !== undefined && value !== not && gone(value)) free.add(value);
  for (const { value, parentElement: label } of form.elements.group) label.hidden = !options.some((one) => one.dataset.group === value && offered(one));
}

/** The kinds of the chosen group, and the fields that they need. */
function showFields() {
  const kinds = options.filter((option) => option.dataset.group === group() && offered(option));
  if ($("kind").options[0] !== kinds[0] || $("kind").options.length !== kinds.length) {
    $("kind").replaceChildren(...kinds);
    $("kind").selectedIndex = 0;
  }
  $("field-kind").hidden = kinds.length === 1;
  $("field-unit").hidden = !hasUnit();
  if (hasUnit()) {
    $("unit-label").textContent = t(`adding.unit_${group()}`);
    $("unit").placeholder = t(`adding.unit_${group()}_example`);
  }
  $("field-person").hidden = !hasPerson();
  $("field-second").hidden = !hasSecond();
  $("to-photo").href = `/m/photo/${encodeURIComponent(data.company)}?kind=${$("kind").value}`;
}

/** Coming from the photo's page: the kind that was photographed. */
function chooseAsked() {
  const option = options.find((one) => one.value === asked.get("kind"));
  if (option) {
    form.elements.group.value = option.dataset.group;
    showFields();
    $("kind").value = option.value;
  }
  $("from-photo").hidden = !photo;
  $("no-photo").hidden = Boolean(photo);
  showFields();
}

const kindName = () => $("kind").selectedOptions[0].textContent;

function noteOf(shown) {
  const size = { width: shown.width_mm, height: shown.height_mm };
  if (hasPerson() || photo) return t("adding.preview_name", size);
  const nth = shown.ordinal > 1 ? t("adding.preview_nth", { count: shown.ordinal, kind: kindName() }) : "";
  return [nth, t("adding.preview_note", size)].filter(Boolean).join("\n");
}

function showPreview(shown) {
  $("preview").hidden = !shown;
  $("preview-wait").hidden = Boolean(shown);
  $("preview-frame").classList.remove("is-stale");
  $("preview-note").textContent = shown ? noteOf(shown) : "";
  if (!shown) return;
  $("preview").src = svgSource(shown.svg);
  $("preview").alt = t("adding.preview_of", { kind: kindName() });
  $("preview").style.width = `${shown.width_mm * MM_ON_SCREEN}px`;
}

const draw = () => (drawing = drawn());

async function drawn() {
  const mine = (latest += 1);
  const values = wanted();
  if (needed() && !values[needed()]) return showPreview(null);
  try {
    const shown = await post(`${COMPANY}/seal-previews`, values);
    if (mine === latest) showPreview(shown);
  } catch (error) {
    if (mine !== latest) return undefined;
    showPreview(null);
    if (AT_ONCE.includes(error.code)) fieldError(form, error.field, error.text);
    else if (!error.field) say($("form-error"), error.text);
  }
  return undefined;
}

function changed() {
  request = requestId(); // what differs is another request
  say($("form-error"), "");
  $("preview-frame").classList.add("is-stale");
  clearTimeout(timer);
  timer = setTimeout(draw, PAUSE_MS);
}

function showErrors(error) {
  const lost = error.all.filter((one) => !fieldError(form, one.field, one.text));
  if (lost.length) {
    say($("form-error"), lost.map((one) => one.text).join(" "));
    $("form-error").scrollIntoView({ block: "center" });
  }
  goToFirstError(form);
}

function showMade(seal) {
  const held = seal.state === "held";
  $("done-title").textContent = t(held ? "adding.held" : "adding.made");
  $("done-text").textContent = t(held ? "adding.held_text" : "adding.made_text");
  $("collect").hidden = held;
  $("made").replaceChildren(sealItem(seal));
  showOnly($("part-done"), $("part-form"), $("part-done"));
  $("done-title").focus();
}

async function send() {
  clearErrors(form);
  const values = wanted();
  if (needed() && !values[needed()]) {
    fieldError(form, needed(), t("adding.missing"));
    return goToFirstError(form);
  }
  const confirmed = Boolean(values.foreign_text) && $("translation_confirmed").checked;
  clearTimeout(timer);
  await drawing; // of a kind with one seal, no imprint is drawn any more once it is made
  try {
    showMade(await post(`${COMPANY}/seals`, { ...values, request_id: request, translation_confirmed: confirmed }));
  } catch (error) {
    draw();
    showErrors(error);
  }
  return undefined;
}

async function start() {
  const company = await get(COMPANY);
  showGroups(company);
  chooseAsked();
  $("company-name").textContent = company.name;
  if (company.may.includes("add_seal")) return draw();
  form.hidden = true;
  return say($("problem"), t("adding.owner_only"));
}

clearWhenTyped(form);
form.addEventListener("input", changed);
form.addEventListener("change", showFields);
$("field-second").addEventListener("toggle", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), send);
});
start().catch((error) => say($("problem"), error.text ?? String(error)));
