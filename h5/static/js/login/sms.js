// A mobile, then the code that is sent to it.

import { post } from "../lib/api.js";
import { $, busy, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "../lib/forms.js";
import { t } from "../lib/words.js";

const mobileForm = $("mobile-form");
const codeForm = $("code-form");
let resendTimer = null;
let send = async () => {};

const mobile = () => $("mobile").value.replace(/\D/g, "");

function waitToResend(seconds) {
  clearInterval(resendTimer);
  const until = Date.now() + seconds * 1000;
  const step = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    $("again").disabled = left > 0;
    $("again").textContent = left > 0 ? t("login.again_in", { seconds: left }) : t("login.again");
    if (left <= 0) clearInterval(resendTimer);
  };
  resendTimer = setInterval(step, 500);
  step();
}

function show(error, form, field) {
  if (!fieldError(form, error.field ?? field, error.text)) fieldError(form, field, error.text);
}

async function sendCode(form, field) {
  clearErrors(form);
  if (!mobile()) return show({ text: t("login.mobile_missing") }, form, field);
  try {
    const { resend_after_s: seconds } = await post("/login/sms", { mobile: mobile() }, { login: false });
    mobileForm.hidden = true;
    codeForm.hidden = false;
    say($("sent-to"), t("login.sent", { mobile: mobile().replace(/^(\d{3})\d{4}/, "$1****") }));
    waitToResend(seconds);
    $("code").focus();
  } catch (error) {
    show(error, form, field);
    if (error.facts.retry_after_s && !codeForm.hidden) waitToResend(error.facts.retry_after_s);
  }
  return undefined;
}

async function enter() {
  clearErrors(codeForm);
  const code = $("code").value.replace(/\D/g, "");
  if (!code) return show({ text: t("login.code_missing") }, codeForm, "code");
  try {
    await send({ mobile: mobile(), code });
  } catch (error) {
    $("code").select();
    show(error, codeForm, "code");
  }
  return undefined;
}

/** Start the two forms; `onCode({mobile, code})` logs in, and its errors are shown beside the code. */
export function startSms(onCode) {
  send = onCode;
  mobileForm.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(event.submitter ?? mobileForm.querySelector("button"), () => sendCode(mobileForm, "mobile"));
  });
  codeForm.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(codeForm.querySelector("[type=submit]"), enter);
  });
  $("again").addEventListener("click", () => sendCode(codeForm, "code"));
  $("other").addEventListener("click", () => {
    codeForm.hidden = true;
    mobileForm.hidden = false;
    $("mobile").focus();
  });
  clearWhenTyped(mobileForm);
  clearWhenTyped(codeForm);
}
