// The phone's page behind the QR code of a PC's login: who asks, from where; two digits, yes or no.

import { post } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "./lib/forms.js";
import { loggedInWith, reloadOnScan, takeToken } from "./lib/fragment.js";
import { chinaTime, clock, countdown } from "./lib/time.js";
import { t } from "./lib/words.js";
import { showOutcome } from "./confirming/outcome.js";

const KEPT = "ezhang.login";
const form = $("scanned-form");
let claim = null;
let stop = () => {};

function finish(result, title, text, actions) {
  stop();
  $("loading").hidden = true;
  $("scanned").hidden = true;
  showOutcome({ result, title, text, actions });
}

const refused = (error) => finish("bad", t("scanned.ended_title"), error.text ?? String(error));

function show() {
  const facts = {
    browser: claim.browser, address: claim.address_masked,
    "asked-at": chinaTime(claim.asked_at), host: claim.host,
  };
  for (const [name, words] of Object.entries(facts)) say($(`scanned-${name}`), words);
  $("other-network").hidden = claim.same_network;
  $("loading").hidden = true;
  $("scanned").hidden = false;
  stop = countdown(claim.expires_at, (left) => {
    say($("scanned-countdown"), t("scanned.ends_in", { time: clock(left) }));
    if (left === 0) finish("bad", t("scanned.ended_title"), t("scanned.expired_text"));
  });
  $("digits").focus();
}

const answer = (what, body) => post(`/logins/${encodeURIComponent(claim.id)}/${what}`, body);

async function confirm() {
  clearErrors(form);
  const digits = $("digits").value.trim();
  if (!/^\d{2}$/.test(digits)) return fieldError(form, "digits", t("scanned.digits_missing"));
  try {
    await answer("confirm", { digits, intent: claim.intent });
    finish("good", t("scanned.done_title"), t("scanned.done_text"), [["app.back_to_thread", "/m"], ["scanned.logins", "/m/sessions"]]);
  } catch (error) {
    refused(error);
  }
  return undefined;
}

async function cancel() {
  await answer("cancel");
  finish("bad", t("scanned.cancelled_title"), t("scanned.cancelled_text"));
}

async function start() {
  const token = takeToken(KEPT);
  if (!token) return finish("bad", t("scanned.ended_title"), t("scanned.no_token_text"));
  if (await loggedInWith(token, KEPT)) {
    claim = await post("/logins/claim", { token });
    show();
  }
  return undefined;
}

clearWhenTyped(form);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), confirm);
});
$("scanned-cancel").addEventListener("click", () => busy($("scanned-cancel"), cancel).catch(refused));
reloadOnScan();
start().catch(refused);
