// The confirm view: exactly what will be sealed, by what, for whom; then digits, PIN, and the answer.

import { get, post } from "../lib/api.js";
import { $, busy, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "../lib/forms.js";
import { follow } from "../lib/live.js";
import { openDrawer } from "../lib/overlay.js";
import { goToSeal, placeWords, showPages } from "../lib/pages.js";
import { startPad } from "../lib/pinpad.js";
import { chinaTime, clock, countdown } from "../lib/time.js";
import { language, t } from "../lib/words.js";
import { approvalWords, waitsForApproval } from "./approval.js";
import { showOutcome } from "./outcome.js";
import { Proof, confirmed } from "./proof.js";

const HEAD = 16;
const TO_PIN = ["pin.locked", "pin.too_old"];
const ENDED = ["signed", "rejected", "expired", "cancelled", "failed"];

export class ConfirmView {
  constructor() {
    this.claim = null;
    this.proof = new Proof($("confirm-form"));
    this.ready = Promise.resolve();
    this.stop = () => {};
    $("confirm-yes").addEventListener("click", () => busy($("confirm-yes"), () => this.ask()));
    $("confirm-no").addEventListener("click", () => openDrawer($("reject-drawer")));
    $("confirm-back").addEventListener("click", () => $("confirm-drawer").close());
    $("reject-back").addEventListener("click", () => $("reject-drawer").close());
    $("confirm-digest").addEventListener("click", () => this.showDigest($("confirm-digest").getAttribute("aria-expanded") === "false"));
    this.onSubmit($("confirm-form"), () => this.confirm());
    this.onSubmit($("reject-form"), () => this.reject());
    clearWhenTyped($("confirm-form"));
    startPad($("confirm-form"), true);
    $("confirm-place").addEventListener("click", () => goToSeal($("confirm-pages"), this.claim.signing));
    $("digits").addEventListener("input", () => $("digits").value.length === 2 && $("pin").focus());
  }

  onSubmit(form, work) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      busy(form.querySelector("[type=submit]"), work);
    });
  }

  show(claim) {
    this.claim = claim;
    this.ready = this.proof.prepare(`/challenges/${encodeURIComponent(claim.id)}`, confirmed(claim));
    const { signing } = claim;
    const facts = {
      document: signing.document.name, count: t("confirm.pages_value", { count: signing.page_count }),
      seal: signing.seal.name, place: placeWords(signing), company: signing.company.name, asker: signing.asker_masked,
      browser: claim.browser, address: claim.address_masked, "opened-at": chinaTime(claim.opened_at), "asked-at": chinaTime(signing.asked_at), "drawer-seal": signing.seal.name,
    };
    for (const [name, words] of Object.entries(facts)) say($(`confirm-${name}`), words);
    const stated = language === "en" ? signing.stated_en : signing.stated_zh;
    $("confirm-stated-row").hidden = !stated;
    say($("confirm-stated"), stated);
    $("confirm-imprint").src = signing.seal.imprint_url;
    $("digits-field").hidden = !claim.needs_digits;
    $("confirm-other-network").hidden = claim.same_network;
    this.tellApproval(signing);
    this.showDigest(false);
    $("outcome").hidden = true;
    $("confirm").hidden = false;
    showPages($("confirm-pages"), signing, signing.digest_sha256);
    this.stop = countdown(claim.expires_at, (left) => this.tick(left));
    scrollTo({ top: 0 });
  }

  /** What needs an approval waits for it; whether the reader is the representative, the server knows. */
  tellApproval(signing) {
    say($("confirm-approval"), approvalWords(signing.approval).join(""));
    $("confirm-approval").classList.toggle("notice-bad", waitsForApproval(signing));
  }

  tick(left) {
    say($("confirm-countdown"), t("confirm.ends_in", { time: clock(left) }));
    if (left === 0) this.end({ result: "bad", title: t("confirm.expired_title"), text: t("confirm.expired_text") });
  }

  hide() {
    this.stop();
    for (const drawer of [$("confirm-drawer"), $("reject-drawer")]) if (drawer.open) drawer.close();
    $("confirm").hidden = true;
  }

  showDigest(whole) {
    const digest = this.claim.signing.digest_sha256;
    $("confirm-digest").setAttribute("aria-expanded", String(whole));
    $("confirm-digest").textContent = whole ? digest : `${digest.slice(0, HEAD)}…`;
  }

  async ask() {
    if (waitsForApproval(this.claim.signing) && await this.stillWaits()) return;
    clearErrors($("confirm-form"));
    $("confirm-form").reset();
    await this.ready;
    openDrawer($("confirm-drawer"));
    (this.claim.needs_digits ? $("digits") : $("pin")).focus();
  }

  /** Whether the approval is still missing; what was given meanwhile is shown. */
  async stillWaits() {
    const { approval } = await get(`/signings/${encodeURIComponent(this.claim.signing.id)}`).catch(() => this.claim.signing);
    this.claim.signing.approval = approval;
    this.tellApproval(this.claim.signing);
    if (!waitsForApproval(this.claim.signing)) return false;
    $("confirm-approval").scrollIntoView({ block: "center" });
    return true;
  }

  end(outcome) {
    this.hide();
    showOutcome(outcome);
  }

  missing() {
    const form = $("confirm-form");
    if (this.claim.needs_digits && !/^\d{2}$/.test($("digits").value)) return fieldError(form, "digits", t("confirm.digits_missing"));
    if (!$("pin").value) return fieldError(form, "pin", t("confirm.pin_missing"));
    return this.proof.missing();
  }

  async confirm() {
    clearErrors($("confirm-form"));
    if (this.missing()) return;
    const pin = $("pin").value;
    const digits = this.claim.needs_digits ? $("digits").value : null;
    try {
      const signing = await post(`/challenges/${encodeURIComponent(this.claim.id)}/confirm`, { digits, pin, intent: this.claim.intent, ...await this.proof.fields() });
      $("confirm-form").reset();
      this.watch(signing);
    } catch (error) {
      this.refused(error);
    }
  }

  /** A wrong PIN can be tried again here; what is gone, taken or moved on has ended this challenge. */
  refused(error) {
    if (error.field !== "code") $("pin").value = "";
    this.proof.refused(error);
    if (error.code.startsWith("approval.")) {
      $("confirm-drawer").close();
      $("confirm-approval").classList.add("notice-bad");
      say($("confirm-approval"), error.text);
      return $("confirm-approval").scrollIntoView({ block: "center" });
    }
    if ([404, 409, 410].includes(error.status)) {
      return this.end({ result: "bad", title: t("confirm.ended_title"), text: error.text });
    }
    if (TO_PIN.includes(error.code)) {
      return this.end({ result: "bad", title: t("confirm.ended_title"), text: error.text, actions: [["confirm.to_pin", "/m/pin"], ["app.back_to_thread", "/m"]] });
    }
    if (!fieldError($("confirm-form"), error.field, error.text)) fieldError($("confirm-form"), "pin", error.text);
    (error.field === "code" ? $("code") : $("pin")).focus();
    return undefined;
  }

  async reject() {
    const chosen = new FormData($("reject-form")).get("why");
    const reason = [chosen, $("reject-text").value.trim()].filter(Boolean).join(t("confirm.reject_join"));
    if (!reason) return say($("reject-error"), t("confirm.reject_missing"));
    try {
      await post(`/challenges/${encodeURIComponent(this.claim.id)}/reject`, { reason });
      this.end({ result: "bad", title: t("confirm.rejected_title"), text: t("confirm.rejected_text") });
    } catch (error) {
      say($("reject-error"), error.text);
    }
    return undefined;
  }

  /** Follow the confirmed signing to its end. */
  watch(signing) {
    this.hide();
    const path = `/signings/${encodeURIComponent(signing.id)}`;
    const stop = follow(`/api${path}/events`, { signing: (told) => tell(told) }, async () => tell(await get(path)));
    let last = null;
    const tell = (told) => {
      if (told.state === last) return;
      last = told.state;
      if (ENDED.includes(told.state)) stop();
      this.tellOutcome(told);
    };
    tell(signing);
  }

  tellOutcome(signing) {
    if (signing.state === "signed") {
      const actions = [["signing.verify", signing.verify_url], ["app.back_to_thread", "/m"]];
      if (signing.file_url) actions.unshift(["signing.download", signing.file_url, true]);
      showOutcome({ result: "good", title: t("confirm.signed_title"), text: t("confirm.signed_text", { document: signing.document.name }), image: signing.seal.imprint_url, actions });
    } else if (ENDED.includes(signing.state)) {
      showOutcome({ result: "bad", title: t(`signing.title_${signing.state}`), text: t(`signing.text_${signing.state}`, { reason: (language === "en" ? signing.reason_en : signing.reason_zh) ?? "", document: signing.document.name, who: "" }) });
    } else {
      showOutcome({ result: "wait", title: t("confirm.working_title"), text: t("confirm.working_text"), actions: [] });
    }
  }
}
