// One application of a company that exists: its materials one by one, its verification, submitted and taken back.

import { get, post, upload } from "./lib/api.js";
import { $, busy, h, safeLink, say } from "./lib/dom.js";
import { clearErrors, fieldError, goToFirstError } from "./lib/forms.js";
import { orderButton } from "./lib/orders.js";
import { chinaTime } from "./lib/time.js";
import { chooseWay } from "./lib/ways.js";
import { data, t } from "./lib/words.js";
import { hideCode, showCode, slotTitle, submitHere } from "./entering/claims.js";

const ENTRY = `/entries/${encodeURIComponent(data.entry)}`;
const OPEN = ["draft", "submitted", "returned"];
const FILES = "image/jpeg,image/png,image/webp,application/pdf,.pdf";
const form = $("form");
const address = new URLSearchParams(location.search);
let shown = null;

const atApplicant = () => ["draft", "returned"].includes(shown.state);
const kindName = (kind) => data.kinds[kind] ?? kind;

const lookOf = (slot) => (slot.kind === "imprint_scan" ? "imprint" : /_id_/.test(slot.kind) ? "card" : "sheet");

// Materials that are a form to be signed: of which the platform has one, filled in with this application.
const TEMPLATES = { authorisation: "mandate", making_confirmation: "confirmation" };
const template = (name) => orderButton(t(`orders.${name}`), `${ENTRY}/forms/${name}`);

const wanting = (slot) => !slot.material || Boolean(slot.returned);

function picker(slot, key, camera) {
  const only = camera || slot.kind === "imprint_scan" ? "image/jpeg,image/png,image/webp" : FILES;
  const input = h("input", { type: "file", class: "sr-only", accept: only, id: `${camera ? "camera" : "file"}-${slot.key}` });
  if (camera) input.setAttribute("capture", "environment");
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) send(slot, file);
  });
  return h("label", { class: camera && wanting(slot) && !slot.optional ? "button button-main" : "button" }, h("span", {}, t(key)), input);
}

function stateOf(slot) {
  if (slot.returned) return h("p", { class: "slot-bad" }, t("entry.returned", { reason: slot.returned }));
  if (!slot.material) return null;
  const open = h("a", { href: safeLink(slot.material.file_url), download: "" }, t("entry.open"));
  return h("p", { class: "slot-state" }, t("entry.given", { name: slot.material.name }), " ", open);
}

function slotItem(slot) {
  const look = lookOf(slot);
  const item = h("li", { class: "slot", id: `slot-${slot.key}` },
    h("h3", {}, slotTitle(slot, shown)),
    h("p", { class: "fine" }, t(`entry.w_${slot.kind}`)));
  const state = stateOf(slot);
  item.classList.toggle("is-given", Boolean(slot.material && !slot.returned));
  item.classList.toggle("is-returned", Boolean(slot.returned));
  if (atApplicant() && slot.kind !== "design_draft" && wanting(slot)) {
    item.append(h("div", { class: "slot-how" },
      h("img", { src: data.pictures[look], alt: t("entry.example"), width: "72" }), h("p", { class: "fine" }, t(`entry.how_${look}`))));
  }
  if (state) item.append(state);
  item.append(h("p", { class: "field-error", role: "alert" }), h("p", { class: "fine slot-progress", role: "status" }));
  if (atApplicant()) item.append(h("div", { class: "slot-acts" }, picker(slot, slot.material ? "entry.again" : "entry.camera", true), picker(slot, "entry.choose", false), TEMPLATES[slot.kind] ? template(TEMPLATES[slot.kind]) : null));
  return item;
}

async function send(slot, file) {
  const item = $(`slot-${slot.key}`);
  const told = item.querySelector(".slot-progress");
  say(item.querySelector(".field-error"), "");
  try {
    await upload(`${ENTRY}/materials/${slot.key}`, file, {}, (share) => say(told, t(share < 1 ? "entry.sending" : "entry.working")));
    await refresh();
    $(`slot-${slot.key}`).querySelector("input").focus({ preventScroll: true });
  } catch (error) {
    say(told, "");
    say(item.querySelector(".field-error"), error.text ?? t("entry.problem"));
    item.scrollIntoView({ block: "nearest" });
  }
}

function roundItem(round) {
  const reasons = Object.entries(round.returned).map(([key, reason]) => h("li", {}, `${t(`entry.m_${key.split(".")[0]}`)}：${reason}`));
  return h("li", {},
    h("b", {}, t("entry.round", { count: round.number, time: chinaTime(round.submitted_at) })),
    h("span", {}, [t(`entry.outcome_${round.outcome}`), round.reason].filter(Boolean).join("：")),
    reasons.length ? h("ul", {}, ...reasons) : "");
}

function show(entry) {
  if (shown && shown.digest !== entry.digest) hideCode();
  shown = entry;
  const open = OPEN.includes(entry.state);
  $("head").hidden = false;
  $("company").textContent = entry.company_name;
  $("state").textContent = t(`entry.state_${entry.state}`);
  say($("reason"), entry.reason);
  $("reason").hidden = !entry.reason;
  $("kinds").textContent = entry.seals.map((wish) => kindName(wish.kind)).join(" · ");
  $("edit").hidden = !atApplicant();
  $("on-phone").hidden = !atApplicant();
  $("collect").hidden = entry.state !== "approved" || entry.applicant !== "representative";
  $("collect").href = `/m/collect/${encodeURIComponent(entry.company_id ?? "")}`;
  $("part-materials").hidden = false;
  const returned = entry.slots.filter((slot) => slot.returned); // first, for they are what is to be done
  $("slots").replaceChildren(...returned.map(slotItem), ...entry.slots.filter((slot) => !slot.returned).map(slotItem));
  $("part-verify").hidden = !open && !entry.verified.length;
  if (entry.verified.length) say($("verified"), entry.verified.map((way) => t(`entry.verified_${way}`)).join(" "));
  $("verify").hidden = !open || entry.verified.length > 0;
  $("verify-deposit").hidden = !open || entry.verified.length > 0;
  form.hidden = !atApplicant();
  const missing = entry.missing.length ? t("entry.missing", { count: entry.missing.length }) : "";
  $("lacking").textContent = [missing, entry.verified.length ? "" : t("entry.unverified")].filter(Boolean).join(" ");
  $("part-history").hidden = !entry.rounds.length;
  $("rounds").replaceChildren(...entry.rounds.map(roundItem));
  $("form-paper").hidden = !open; // a form of what is over is signed by nobody
  $("part-withdraw").hidden = !open;
}

const refresh = async () => show(await get(ENTRY));

async function act(does) {
  say($("problem"), "");
  clearErrors(form);
  try {
    show(await does());
    $("company").focus();
  } catch (error) {
    if (fieldError(form, error.field, error.text)) return goToFirstError(form);
    say($("problem"), error.text ?? t("entry.problem"));
    $("problem").scrollIntoView({ block: "center" });
  }
  return undefined;
}

async function verify() {
  const way = await chooseWay();
  if (!way) return;
  try {
    location.assign(safeLink((await post(`${ENTRY}/checks`, { way })).url));
  } catch (error) {
    say($("problem"), error.text ?? t("entry.problem"));
  }
}

/** Back from the identity check: what it has shown is recorded, once. */
async function takeCheck() {
  const check = address.get("check");
  if (!check) return;
  history.replaceState(null, "", location.pathname);
  try {
    show(await post(`/entry-checks/${encodeURIComponent(check)}/use`));
  } catch (error) {
    say($("problem"), error.text ?? t("entry.check_failed"));
  }
}

/** On a PC a code, by which a phone submits; the ticks are on the phone's page. */
async function code() {
  say($("problem"), "");
  try {
    await showCode(shown, (found) => {
      show(found);
      $("company").focus();
    });
    $("on-phone").hidden = true; // one code at a time for a phone to see
    $("code").scrollIntoView({ block: "center" });
  } catch (error) {
    say($("problem"), error.text ?? t("entry.problem"));
    $("problem").scrollIntoView({ block: "center" });
  }
}

$("form-paper").append(template("application"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), $("code") ? code : () => act(() => submitHere(shown, form)));
});
for (const id of ["declaration", "will"]) $(id)?.addEventListener("change", () => say($(`${id}-error`), ""));
$("verify").addEventListener("click", () => busy($("verify"), verify));
$("withdraw").addEventListener("click", () => busy($("withdraw"), () => act(() => post(`${ENTRY}/withdraw`))));
refresh().then(takeCheck).catch((error) => say($("problem"), error.text ?? t("entry.problem")));
