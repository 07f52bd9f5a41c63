// The page behind a scanned QR (/c) and behind a typed short code (/m/code).

import { post } from "./lib/api.js";
import { $, busy } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "./lib/forms.js";
import { loggedInWith, reloadOnScan, takeToken } from "./lib/fragment.js";
import { t } from "./lib/words.js";
import { showOutcome } from "./confirming/outcome.js";
import { ConfirmView } from "./confirming/view.js";

const KEPT = "ezhang.challenge";
const view = new ConfirmView();

async function byToken() {
  const token = takeToken(KEPT);
  if (!token) return tell(t("confirm.no_token_title"), t("confirm.no_token_text"));
  try {
    if (await loggedInWith(token, KEPT)) await claim({ token });
  } catch (error) {
    tell(t("confirm.ended_title"), error.text);
  }
  return undefined;
}

const tell = (title, text) => {
  $("loading").hidden = true;
  showOutcome({ result: "bad", title, text, actions: [["confirm.type_code", "/m/code"], ["app.back_to_thread", "/m"]] });
};

async function claim(by) {
  const claimed = await post("/challenges/claim", by);
  $("loading").hidden = true;
  view.show(claimed);
}

async function byShortCode(form) {
  clearErrors(form);
  const code = $("short-code").value.replace(/[\s-]/g, "");
  if (!code) return fieldError(form, "short-code", t("code.missing"));
  try {
    await claim({ short_code: code });
    form.hidden = true;
  } catch (error) {
    fieldError(form, "short-code", error.text);
    $("short-code").select();
  }
  return undefined;
}

const form = $("code-form");
if (form) {
  clearWhenTyped(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("[type=submit]"), () => byShortCode(form));
  });
  $("short-code").focus();
} else {
  byToken();
  reloadOnScan();
}
