// The second half of the drawer: what was drafted, looked at and confirmed with the PIN and the device or a code.

import { post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "../lib/forms.js";
import { note } from "../lib/overlay.js";
import { startPad } from "../lib/pinpad.js";
import { t } from "../lib/words.js";
import { Proof } from "../confirming/proof.js";

const confirming = $("grant-confirm");
const proof = new Proof(confirming);
let now = null;

/**
 * Show a draft to be confirmed. path: of the draft in the API; values: what the device signs of it; facts:
 * [[key, words]] as the server has it; words: {title, note, send, made, over}, keys; back(problem): to what
 * was filled in; done(): after it is in force.
 */
export async function toConfirm(draft) {
  await proof.prepare(draft.path, draft.values);
  now = draft;
  say($("grant-confirm-title"), t(draft.words.title));
  say($("grant-confirm-note"), draft.words.note ? t(draft.words.note) : "");
  say($("grant-send"), t(draft.words.send));
  $("grant-facts").replaceChildren(...draft.facts.map(([key, words]) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, String(words)))));
  clearErrors(confirming);
  confirming.hidden = false;
  $("pin").focus();
}

/** Nothing is to be confirmed. */
export function leaveConfirm() {
  now = null;
  confirming.reset();
  confirming.hidden = true;
}

async function send() {
  clearErrors(confirming);
  if (!$("pin").value) return fieldError(confirming, "pin", t("grants.pin_missing"));
  if (proof.missing()) return undefined;
  try {
    await post(`${now.path}/confirm`, { pin: $("pin").value, ...await proof.fields() });
    const { words, done } = now;
    $("grant-drawer").close();
    leaveConfirm();
    note(t(words.made));
    await done();
  } catch (error) {
    refused(error);
  }
  return undefined;
}

/** A wrong PIN or code can be tried again; what is gone or has moved on is drafted anew. */
function refused(error) {
  if (error.status === 404) return now.back(t(now.words.over));
  if (error.status === 409) return now.back(error.text);
  if (error.field !== "code") $("pin").value = "";
  proof.refused(error);
  if (!fieldError(confirming, error.field, error.text)) fieldError(confirming, "pin", error.text ?? String(error));
  return goToFirstError(confirming);
}

confirming.addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("grant-send"), send);
});
$("grant-back").addEventListener("click", () => now.back(""));
clearWhenTyped(confirming);
startPad(confirming);
