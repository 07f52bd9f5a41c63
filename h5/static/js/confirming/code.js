// The field of a code by text message, which stands in where this browser keeps no key.

import { post } from "../lib/api.js";
import { able } from "../lib/device.js";
import { $, busy, say } from "../lib/dom.js";
import { clearErrors, fieldError } from "../lib/forms.js";
import { t } from "../lib/words.js";

const SECOND_MS = 1000;

export class CodeField {
  constructor(form) {
    this.form = form;
    this.path = "";
    this.until = 0;
    this.timer = null;
    $("code-send").addEventListener("click", () => busy($("code-send"), () => this.send()).then(() => this.wait()));
  }

  /** path: where a code is asked for. */
  prepare(path) {
    this.path = path;
    this.until = 0;
    say($("code-sent"), "");
    this.wait();
  }

  get shown() {
    return !$("code-field").hidden;
  }

  show(needed) {
    $("code-field").hidden = !needed;
    $("code-enrol").hidden = !able();
  }

  async send() {
    try {
      const sent = await post(this.path);
      this.until = Date.now() + sent.resend_after_s * SECOND_MS;
      clearErrors($("code-field"));
      say($("code-sent"), t("confirm.code_sent"));
      $("code").focus();
    } catch (error) {
      if (error.facts.retry_after_s) this.until = Date.now() + error.facts.retry_after_s * SECOND_MS;
      fieldError(this.form, "code", error.text);
    }
  }

  /** Count down to when another code may be asked for. */
  wait() {
    clearInterval(this.timer);
    const step = () => {
      const seconds = Math.ceil((this.until - Date.now()) / SECOND_MS);
      $("code-send").disabled = seconds > 0;
      $("code-send").textContent = seconds > 0 ? t("confirm.code_again", { seconds }) : t("confirm.code_send");
      if (seconds <= 0) clearInterval(this.timer);
    };
    this.timer = setInterval(step, SECOND_MS / 2);
    step();
  }

  /** The error of a missing code, shown; false when nothing is missing. */
  missing() {
    return this.shown && !$("code").value && fieldError(this.form, "code", t("confirm.code_missing"));
  }

  get value() {
    return $("code").value.replace(/\D/g, "");
  }
}

/** What enrols this browser with a PIN, or the code in its place; null where that is still to be asked for. */
export async function enrolment(field, make) {
  const made = field.shown ? null : await make();
  if (made) return made;
  if (field.shown) return { code: field.value };
  field.show(true);
  return null;
}
