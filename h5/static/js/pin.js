// One's own PIN: how it stands, changing it, unlocking it, applying for a new one when it is forgotten.

import { get, post } from "./lib/api.js";
import { $, busy, safeLink, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { note } from "./lib/overlay.js";
import { startPad } from "./lib/pinpad.js";
import { chinaTime } from "./lib/time.js";
import { chooseWay } from "./lib/ways.js";
import { t } from "./lib/words.js";
import { judge } from "./company/pin.js";
import { Proof, toSecond } from "./confirming/proof.js";

const proof = new Proof($("pin-form"));
const BAD = ["ageing", "too_old", "wait", "locked"];

function show(pin) {
  const time = pin.state === "wait" ? pin.wait_until : pin.change_by;
  say($("state"), t(`pins.state_${pin.state}`, { time: time ? chinaTime(time) : "", count: pin.tries_left }));
  $("state").classList.toggle("notice-bad", BAD.includes(pin.state));
  $("part-locked").hidden = pin.state !== "locked";
  $("part-change").hidden = ["none", "locked"].includes(pin.state);
  const { reset } = pin;
  const waits = ["applied", "sent"].includes(reset?.state);
  $("part-forgotten").hidden = pin.state === "none";
  $("apply").hidden = waits;
  say($("reset"), waits ? t("pins.reset_waits") : reset?.state === "rejected" ? t("pins.reset_rejected", { reason: reset.reason ?? "" }) : "");
}

const load = async () => show(await get("/me/pin"));

/** What a device signs to change the PIN that is, in the next minutes; the sealer builds the same. */
async function proven() {
  const [me, pin] = [await get("/me"), await get("/me/pin")];
  const expires = toSecond(pin.sign_until);
  proof.values = { purpose: "change_pin", holder: me.id, since: toSecond(pin.set_at ?? ""), expires };
  return { expires, ...await proof.fields() };
}
const refused = (error) => say($("problem"), error.text ?? String(error));

async function check(purpose) {
  say($("problem"), "");
  const way = await chooseWay();
  if (way) location.assign(safeLink((await post("/identity-checks", { purpose, way })).url));
}

function showRules() {
  const rules = judge($("pin").value);
  for (const item of $("pin-rules").children) item.classList.toggle("is-met", rules[item.dataset.rule]);
  return rules.length && rules.digits && rules.strong;
}

function missing(form) {
  if (!$("old_pin").value) return fieldError(form, "old_pin", t("pins.old_missing"));
  if (!showRules()) return fieldError(form, "pin", t("collect.pin_bad"));
  if ($("pin").value !== $("pin-again").value) return fieldError(form, "pin-again", t("collect.pin_differs"));
  return proof.missing();
}

/** A refusal about the PIN that was typed as the old one belongs under that field. */
const fieldOf = (error) => (error.facts.tries_left === undefined || error.field === "code" ? error.field : "old_pin");

async function change(form) {
  clearErrors(form);
  say($("problem"), "");
  if (missing(form)) return goToFirstError(form);
  try {
    show(await post("/me/pin", { old_pin: $("old_pin").value, pin: $("pin").value, ...await proven() }));
    form.reset();
    showRules();
    note(t("pins.changed"));
  } catch (error) {
    if (error.field !== "code") $("old_pin").value = "";
    proof.refused(error);
    await load();
    if ($("part-change").hidden || !fieldError(form, fieldOf(error), error.text)) refused(error);
    goToFirstError(form);
  }
  return undefined;
}

$("unlock").addEventListener("click", () => busy($("unlock"), () => check("unlock")).catch(refused));
$("apply").addEventListener("click", () => busy($("apply"), () => check("reset")).catch(refused));
$("pin").addEventListener("input", showRules);
$("pin-form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.target.querySelector("[type=submit]"), () => change(event.target)).catch(refused);
});
clearWhenTyped($("pin-form"));
startPad($("pin-form"));
proof.prepare("/me/pin", {}).catch(refused);
load().catch(refused);
