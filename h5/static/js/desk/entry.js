// One application: the form, what the register says of each item, the materials beside them, the decision.

import { get, post } from "../lib/api.js";
import { $, h, say } from "../lib/dom.js";
import { startDesk } from "../desk.js";
import { chinaTime } from "../lib/time.js";
import { data, t, tOr } from "../lib/words.js";
import { decide, refused, startDeciding } from "./deciding.js";
import { opened } from "./proven.js";

const path = `/desk/reviews/entries/${encodeURIComponent(data.entry)}`;
const named = (title, words) => h("div", {}, h("dt", {}, title), h("dd", {}, words));
const fact = (key, words) => named(t(key), words);
const slotName = (slot) => tOr(`desk.slot_${slot.kind}`, slot.kind) + (slot.seal === null ? "" : ` ${slot.seal + 1}`);
const fixed = new Map(); // slot → the field in which its reason stands

/** A seal as it is asked for: its kind, and all that it is to say. */
const wish = (each, place) => h("li", {}, h("b", {}, `${place + 1}. ${data.kinds[each.kind] ?? each.kind}`), ...[
  t(`desk.style_${each.style}`),
  ...["unit", "person_name", "foreign_text", "translation", "width_mm"]
    .filter((name) => each[name]).map((name) => t(`desk.wish_${name}`, { value: each[name] })),
].map((words) => h("span", { class: "staff-wish" }, words)));

function showForm(form, entry) {
  const facts = [
    fact("desk.company", form.company_name),
    fact("desk.uscc", form.uscc),
    fact("desk.company_type", tOr(`register.type_${form.company_type}`, form.company_type)),
    fact("desk.representative", `${form.representative_name} ${form.representative_id_number}`),
    fact("desk.mobile", form.representative_mobile),
    fact("desk.applicant", t(form.applicant === "agent" ? "desk.by_agent" : "desk.by_representative")),
  ];
  if (form.agent_name) facts.push(fact("desk.agent", `${form.agent_name} ${form.agent_id_number} ${form.agent_mobile}`));
  facts.push(
    fact("desk.wanted", h("ul", { class: "staff-wishes" }, ...form.seals.map(wish))),
    ...["superior", "permit"].filter((name) => form[name]).map((name) => named(t(`desk.has_${name}`), t("desk.yes"))),
    fact("desk.verified", entry.verified.length ? entry.verified.map((way) => t(`desk.way_${way}`)).join("、") : t("desk.not_verified")));
  $("form-facts").replaceChildren(...facts);
}

/** The numbers whole: asked for, for each look is recorded. */
async function showNumbers({ form, entry }) {
  const whole = await opened(() => post(`${path}/numbers`));
  showForm({ ...form, ...whole }, entry);
  $("numbers").hidden = true;
}

const said = (check, side) => check.item === "status" && check[side] ? t(`desk.status_${check[side]}`) : check[side];

const check = (each) => h("li", { class: `staff-check staff-${each.outcome}` },
  h("b", {}, t(`desk.item_${each.item}`)),
  h("span", { class: "chip" }, t(`desk.outcome_${each.outcome}`)),
  each.outcome === "different"
    ? h("p", { class: "fine" }, t("desk.differs", { ours: said(each, "ours"), theirs: said(each, "theirs") }))
    : null);

/** A picture comes by POST, for each look is recorded; it is kept by this page alone. */
async function fetched(material, query = "") {
  const answer = await fetch(`/api${path}/materials/${material.id}${query}`, { method: "POST", credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return URL.createObjectURL(await answer.blob());
}

async function openMaterial(material, place) {
  const url = await fetched(material);
  if (material.media_type.startsWith("image/")) {
    const picture = h("img", { src: url, alt: material.name });
    picture.addEventListener("click", () => picture.classList.toggle("staff-large"));
    place.replaceChildren(picture);
  } else {
    place.replaceChildren(h("a", { href: url, download: material.name, class: "button" }, t("desk.open_file", { name: material.name })));
  }
}

/** What was taken off a scan: it is this that seals, not the scan. */
async function openImprint(material, place) {
  place.append(h("p", { class: "fine" }, t("desk.taken_off")),
    h("img", { class: "staff-imprint", src: await fetched(material, "?imprint=1"), alt: t("desk.taken_off") }));
}

function material(slot, repeated) {
  const place = h("div", { class: "staff-picture" });
  const box = h("input", { type: "checkbox", id: `fix-${slot.key}` });
  const why = h("input", { type: "text", maxlength: "200", list: "reasons", placeholder: t("desk.why"), "aria-label": t("desk.why"), hidden: true });
  box.addEventListener("change", () => {
    why.hidden = !box.checked;
    if (box.checked) why.focus();
  });
  fixed.set(slot.key, { box, why });
  const failed = () => place.replaceChildren(h("p", { class: "field-error" }, t("desk.no_picture")));
  if (slot.material) {
    openMaterial(slot.material, place)
      .then(() => slot.material.imprint && openImprint(slot.material, place))
      .catch(failed);
  }
  return h("li", { class: "staff-block" },
    h("h3", {}, slotName(slot)),
    slot.stamped ? h("p", { class: "fine" }, t("desk.stamped")) : null,
    repeated.includes(slot.key) ? h("p", { class: "notice notice-bad" }, t("desk.repeated")) : null,
    slot.material ? place : h("p", { class: "field-error" }, t("desk.no_material")),
    h("label", { class: "choice" }, box, h("span", {}, t("desk.fix"))),
    why);
}

const round = (each) => h("li", {},
  h("b", {}, t("desk.round", { count: each.number })),
  ` ${chinaTime(each.submitted_at)} · ${t(`desk.was_${each.outcome}`)}`,
  h("ul", {}, ...Object.entries(each.returned).map(([key, reason]) => h("li", { class: "fine" }, `${tOr(`desk.slot_${key.split(".")[0]}`, key)}：${reason}`))));

async function show() {
  const found = await opened(() => get(path));
  showForm(found.form, found.entry);
  $("numbers").addEventListener("click", () => showNumbers(found).catch(refused));
  $("checks").replaceChildren(...found.checks.map(check));
  const formSlot = { key: "form", kind: "form", seal: null, stamped: false, material: null };
  const given = found.entry.slots.filter((slot) => slot.material || !slot.optional);
  $("materials").replaceChildren(...given.map((slot) => material(slot, found.repeated)));
  $("numbers").after(formFix(formSlot));
  $("rounds").replaceChildren(...found.entry.rounds.slice(0, -1).map(round));
  $("rounds-block").hidden = found.entry.rounds.length < 2;
  $("review").hidden = false;
}

function formFix(slot) {
  const item = material(slot, []);
  return h("div", { class: "staff-fix" }, ...[...item.children].slice(-2));
}

function returned() {
  const chosen = [...fixed].filter(([, { box }]) => box.checked);
  return Object.fromEntries(chosen.map(([key, { why }]) => [key, why.value.trim()]));
}

$("approve").addEventListener("click", () => decide($("approve"), () => post(`${path}/approve`)));
$("return").addEventListener("click", () => {
  const items = returned();
  if (!Object.keys(items).length) return say($("problem"), t("desk.choose_items"));
  return decide($("return"), () => post(`${path}/return`, { items }));
});
startDesk();
startDeciding(path, "reject");
show().catch(refused);
