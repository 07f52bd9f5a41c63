// What goes with the PIN: the signature of this device's key, or a code by text message where it is not enrolled.

import { post } from "../lib/api.js";
import { able, ownDevice, sign } from "../lib/device.js";
import { $, busy, say } from "../lib/dom.js";
import { clearErrors, fieldError } from "../lib/forms.js";
import { t } from "../lib/words.js";

const SECOND_MS = 1000;

/** A time of the API as it is signed: to the second. */
export const toSecond = (time) => time.slice(0, "2026-01-01T00:00:00".length);

/** What the device signs of a claim; the sealer builds the same from what it is about to sign. */
export const confirmed = ({ id, intent, expires_at: expires, signing }) => ({
  purpose: "confirm",
  challenge: id,
  intent,
  signing: signing.id,
  seal: signing.seal.id,
  sha256: signing.digest_sha256,
  sm3: signing.digest_sm3,
  expires: toSecond(expires),
});

export class Proof {
  constructor(form) {
    this.form = form;
    this.path = "";
    this.values = {};
    this.device = null;
    this.timer = null;
    $("code-send").addEventListener("click", () => busy($("code-send"), () => this.send()).then(() => this.wait()));
  }

  /** Look whether this browser is a device of the person, and ask for a code where it is not. path: of what is confirmed; values: what is signed of it. */
  async prepare(path, values) {
    this.path = path;
    this.values = values;
    say($("code-sent"), "");
    this.until = 0;
    this.wait();
    this.device = await ownDevice().catch(() => null);
    this.byCode(!this.device);
  }

  byCode(needed) {
    $("code-field").hidden = !needed;
    $("code-enrol").hidden = !able();
  }

  async send() {
    try {
      const sent = await post(`${this.path}/code`);
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
    return !this.device && !$("code").value && fieldError(this.form, "code", t("confirm.code_missing"));
  }

  /** The fields that go with the PIN. */
  async fields() {
    if (!this.device) return { code: $("code").value.replace(/\D/g, "") };
    return { device: this.device.id, signature: await sign(this.device, this.values) };
  }

  /** A device that was removed, or is not this person's, leaves the way by text message. */
  refused(error) {
    if (!error.code.startsWith("device.") || !this.device) return;
    this.device = null;
    this.byCode(true);
  }
}
