// Collecting a granted seal: identity check, then a PIN of one's own, set now or known already.

import { get, post } from "./lib/api.js";
import { able, possession } from "./lib/device.js";
import { $, busy, safeLink, say, showOnly } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { startPad } from "./lib/pinpad.js";
import { chinaTime } from "./lib/time.js";
import { wait } from "./lib/waiting.js";
import { chooseWay } from "./lib/ways.js";
import { data, t } from "./lib/words.js";
import { judge } from "./company/pin.js";
import { CodeField, enrolment } from "./confirming/code.js";

const GRANT = `/grants/${encodeURIComponent(data.grant)}`;
const parts = ["check", "waiting", "pin", "done"].map((name) => $(`part-${name}`));
const show = (name) => showOnly(name && $(`part-${name}`), ...parts);
const form = $("pin-form");
const code = new CodeField(form);
let known = false;
let signed = {}; // what the key signs; the sealer builds the same

function showRules() {
  const rules = judge($("pin").value);
  for (const item of $("pin-rules").children) item.classList.toggle("is-met", rules[item.dataset.rule]);
  return rules.length && rules.digits && rules.strong;
}

async function begin() {
  const way = await chooseWay();
  if (way) location.assign(safeLink((await post(`${GRANT}/checks`, { way })).url));
}

/** The check that was begun last, wherever: while it is under way it is waited for, once passed the PIN comes. */
async function follow(id) {
  const check = await get(`/identity-checks/${encodeURIComponent(id)}`);
  signed.check = check.id;
  if (check.state === "passed") return show("pin");
  if (check.state === "pending") {
    show("waiting");
    return wait(check, () => follow(id).catch(problem));
  }
  show("check");
  return say($("problem"), check.reason ?? t(`identity.${check.state}`));
}

async function setPin() {
  clearErrors(form);
  if (!known && !showRules()) fieldError(form, "pin", t("collect.pin_bad"));
  else if (!known && $("pin").value !== $("pin-again").value) fieldError(form, "pin-again", t("collect.pin_differs"));
  else return sendPin();
  return goToFirstError(form);
}

async function sendPin() {
  if (code.missing()) return goToFirstError(form);
  const proof = await enrolment(code, () => possession(signed));
  if (!proof) return undefined;
  try {
    await post(`${GRANT}/pin`, { pin: $("pin").value, ...proof });
    form.reset();
    show("done");
  } catch (error) {
    if (error.code === "grant.check") show("check");
    if (!fieldError(form, error.field, error.text)) say($("problem"), error.text);
  }
  return undefined;
}

async function start() {
  const grant = await get(GRANT);
  signed = { purpose: "join", grant: grant.id, seal: grant.seal_id };
  code.prepare(`${GRANT}/pin/code`);
  code.show(!able());
  known = grant.pin_known;
  $("seal-name").textContent = grant.seal_name;
  $("until").textContent = t("grants.until", { role: t(`grants.role_${grant.role}`), time: chinaTime(grant.ends_at) });
  for (const name of ["pin-rules", "pin-again-field", "pin-warning"]) $(name).hidden = known;
  $("pin-title").textContent = t(known ? "collect.pin_known_title" : "collect.pin_title");
  if (grant.state === "active") return show("done");
  if (grant.state !== "waiting" || !grant.mine) return say($("problem"), t("grants.collect_ended"));
  return grant.check ? follow(grant.check) : show("check");
}

const problem = (error) => say($("problem"), error.text ?? String(error));
$("start").addEventListener("click", () => busy($("start"), begin).catch(problem));
$("restart").addEventListener("click", () => busy($("restart"), begin).catch(problem));
$("pin").addEventListener("input", showRules);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), setPin);
});
clearWhenTyped(form);
startPad(form);
start().catch(problem);
