// Collecting a granted seal: identity check, then a PIN of one's own, set now or known already.

import { get, post } from "./lib/api.js";
import { keyToEnrol } from "./lib/device.js";
import { $, busy, safeLink, say, showOnly } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { chinaTime } from "./lib/time.js";
import { data, t } from "./lib/words.js";
import { judge } from "./company/pin.js";

const GRANT = `/grants/${encodeURIComponent(data.grant)}`;
const parts = ["check", "pin", "done"].map((name) => $(`part-${name}`));
const show = (name) => showOnly(name && $(`part-${name}`), ...parts);
const form = $("pin-form");
let known = false;

function showRules() {
  const rules = judge($("pin").value);
  for (const item of $("pin-rules").children) item.classList.toggle("is-met", rules[item.dataset.rule]);
  return rules.length && rules.digits && rules.strong;
}

/** The check was begun in this browser: what comes next is the PIN; the server knows whether it was passed. */
const begun = `granted:${data.grant}`;

async function begin() {
  const check = await post(`${GRANT}/checks`);
  sessionStorage.setItem(begun, "1");
  location.assign(safeLink(check.url));
}

async function setPin() {
  clearErrors(form);
  if (!known && !showRules()) fieldError(form, "pin", t("collect.pin_bad"));
  else if (!known && $("pin").value !== $("pin-again").value) fieldError(form, "pin-again", t("collect.pin_differs"));
  else return sendPin();
  return goToFirstError(form);
}

async function sendPin() {
  try {
    await post(`${GRANT}/pin`, { pin: $("pin").value, device_key: await keyToEnrol() });
    sessionStorage.removeItem(begun);
    form.reset();
    show("done");
  } catch (error) {
    if (error.code === "grant.check") show("check");
    if (!fieldError(form, error.field, error.text)) say($("problem"), error.text);
  }
}

async function start() {
  const grant = await get(GRANT);
  known = grant.pin_known;
  $("seal-name").textContent = grant.seal_name;
  $("until").textContent = t("grants.until", { role: t(`grants.role_${grant.role}`), time: chinaTime(grant.ends_at) });
  for (const name of ["pin-rules", "pin-again-field", "pin-warning"]) $(name).hidden = known;
  $("pin-title").textContent = t(known ? "collect.pin_known_title" : "collect.pin_title");
  if (grant.state === "active") return show("done");
  if (grant.state !== "waiting" || !grant.mine) return say($("problem"), t("grants.collect_ended"));
  return show(sessionStorage.getItem(begun) ? "pin" : "check");
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
start().catch(problem);
