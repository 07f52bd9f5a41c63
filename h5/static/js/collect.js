// Collecting (领取) the seals that were issued: identity check, PIN, making of the keys, the imprints arrive.

import { get, post } from "./lib/api.js";
import { able, possession } from "./lib/device.js";
import { $, busy, safeLink, say, showOnly } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { startPad } from "./lib/pinpad.js";
import { wait } from "./lib/waiting.js";
import { chooseWay } from "./lib/ways.js";
import { data, t } from "./lib/words.js";
import { sealItem } from "./company/imprint.js";
import { CodeField, enrolment } from "./confirming/code.js";
import { judge } from "./company/pin.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const POLL_MS = 1000;
const ARRIVAL_MS = 260;
const STEPS = ["check", "pin", "make", "done"];
const parts = ["check", "waiting", "pin", "make", "done"].map((name) => $(`part-${name}`));
const show = (name) => showOnly($(`part-${name}`), ...parts);
const code = new CodeField($("pin-form"));
let known = false; // whether the person has a PIN already
let shown = null; // the collection as it is signed
let id = new URLSearchParams(location.search).get("collection");

function markStep(current) {
  const reached = STEPS.indexOf(current);
  for (const item of $("steps").children) {
    const place = STEPS.indexOf(item.dataset.step);
    item.className = place < reached || current === "done" ? "is-past" : place === reached ? "is-now" : "";
    if (place === reached) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

async function begin() {
  const way = await chooseWay();
  if (!way) return;
  try {
    const collection = await post(`${COMPANY}/collections`, { way });
    if (collection.check_url) location.assign(safeLink(collection.check_url));
    else move(collection);
  } catch (error) {
    say($("problem"), error.text);
  }
}

async function arrive() {
  const company = await get(COMPANY);
  const items = company.seals.filter((seal) => seal.state !== "cancelled").map((seal) => sealItem(seal));
  $("seals").replaceChildren(...items);
  items.forEach((item, place) => {
    item.classList.add("arriving");
    item.style.animationDelay = `${place * ARRIVAL_MS}ms`;
  });
}

const lookAgain = () => look().catch((error) => say($("problem"), error.text));
const again = () => setTimeout(lookAgain, POLL_MS);

/** Show the part that belongs to the state of the collection. */
function move(collection) {
  id = collection.id;
  const { state } = collection;
  say($("problem"), "");
  if (state === "checking") {
    markStep("check");
    show("waiting");
    wait({ way: collection.way, url: collection.check_url, until: collection.until }, lookAgain);
  } else if (state === "checked") {
    askPin(collection);
  } else if (state === "making") {
    markStep("make");
    show("make");
    again();
  } else if (state === "collected") {
    markStep("done");
    show("done");
    arrive().catch((error) => say($("problem"), error.text));
  } else {
    markStep("check");
    show("check");
    say($("problem"), collection.reason || t(`collect.${state}`));
  }
}

/** A holder who has a PIN from another company's seals is asked for that one, once. */
function askPin(collection) {
  shown = collection;
  known = collection.pin_known;
  code.prepare(`/collections/${encodeURIComponent(id)}/pin/code`);
  code.show(!able());
  $("pin-title").textContent = t(known ? "collect.pin_known_title" : "collect.pin_title");
  $("pin-text").textContent = t(known ? "collect.pin_known_text" : "collect.pin_text");
  $("pin-form").querySelector("[type=submit]").textContent = t(known ? "collect.pin_use" : "collect.pin_set");
  for (const name of ["pin-rules", "pin-again-field", "pin-warning"]) $(name).hidden = known;
  markStep("pin");
  show("pin");
}

const look = async () => move(await get(`/collections/${encodeURIComponent(id)}`));

function showRules() {
  const rules = judge($("pin").value);
  for (const item of $("pin-rules").children) item.classList.toggle("is-met", rules[item.dataset.rule]);
  return rules.length && rules.digits && rules.strong;
}

async function setPin() {
  clearErrors($("pin-form"));
  if (known) return sendPin();
  if (!showRules()) fieldError($("pin-form"), "pin", t("collect.pin_bad"));
  else if ($("pin").value !== $("pin-again").value) fieldError($("pin-form"), "pin-again", t("collect.pin_differs"));
  else return sendPin();
  return goToFirstError($("pin-form"));
}

/** What the key signs of a collection; the sealer and the issuer build the same. */
const signedOf = ({ id: collection, company_id: company, seals }) => ({ purpose: "collect", collection, company, seals: seals.join(",") });

async function sendPin() {
  if (code.missing()) return goToFirstError($("pin-form"));
  const pin = $("pin").value;
  const proof = await enrolment(code, () => possession(signedOf(shown)));
  if (!proof) return undefined;
  show("make");
  markStep("make");
  try {
    const collection = await post(`/collections/${encodeURIComponent(id)}/pin`, { pin, ...proof });
    $("pin-form").reset();
    move(collection);
  } catch (error) {
    show("pin");
    markStep("pin");
    if (!fieldError($("pin-form"), error.field, error.text)) say($("problem"), error.text);
    goToFirstError($("pin-form"));
  }
  return undefined;
}

async function start() {
  markStep("check");
  if (id) return look();
  const company = await get(COMPANY);
  const issued = company.seals.some((seal) => seal.state === "issued");
  if (!issued && company.seals.length) return move({ id: null, state: "collected" });
  if (!company.collection) return show("check");
  id = company.collection;
  return look();
}

$("start").addEventListener("click", () => busy($("start"), begin));
$("restart").addEventListener("click", () => busy($("restart"), begin));
$("pin").addEventListener("input", showRules);
$("pin-form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.target.querySelector("[type=submit]"), setPin);
});
clearWhenTyped($("pin-form"));
startPad($("pin-form"));
start().catch((error) => say($("problem"), error.text ?? String(error)));
