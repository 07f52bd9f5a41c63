// Following one signing after it was asked for: its QR on the desk, its state everywhere, its end.

import { get, post } from "../lib/api.js";
import { $, busy, h, safeLink, say } from "../lib/dom.js";
import { downloadButton } from "../lib/download.js";
import { follow } from "../lib/live.js";
import { goToSeal, showPages } from "../lib/pages.js";
import { chinaTime } from "../lib/time.js";
import { language, t } from "../lib/words.js";
import { approvalWords, waitsForApproval } from "../confirming/approval.js";
import { closeApproverCode, showApproverCode } from "./approver_code.js";
import { closeChallenge, cover, openChallenge } from "./challenge.js";

const TRACK = ["waiting", "claimed", "confirmed", "signed"];
const ENDED = ["signed", "rejected", "expired", "cancelled", "failed"];

/** Where on the four-step track a signing is; -1 when it ended otherwise. */
function trackPlace({ state, scan }) {
  if (state === "pending") return scan.state === "claimed" ? 1 : 0;
  return { confirmed: 2, keyed: 2, signed: 3 }[state] ?? -1;
}

export class Watch {
  /** options: {desk, confirmHere(signing), again()} */
  constructor(options) {
    this.options = options;
    this.signing = null;
    this.wantsQr = options.desk;
    this.stop = () => {};
    $("approval-code").addEventListener("click", () => this.attempt($("approval-code"), () => showApproverCode(this.signing)));
  }

  start(signing) {
    $("work").hidden = true;
    $("watch").hidden = false;
    $("watch-facts").replaceChildren(...this.facts(signing));
    this.tell(signing);
    showPages($("preview-pages"), signing);
    $("to-seal").textContent = t("signing.to_seal", { page: signing.page + 1 });
    $("to-seal").onclick = () => goToSeal($("preview-pages"), signing);
    if (this.wantsQr && signing.state === "pending" && signing.scan.state !== "claimed" && !waitsForApproval(signing)) this.freshQr();
    const path = `/signings/${encodeURIComponent(signing.id)}`;
    if (!ENDED.includes(signing.state)) {
      this.stop = follow(`/api${path}/events`, { signing: (told) => this.tell(told) }, async () => this.tell(await get(path)));
    }
    $("watch-title").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }

  /** Leave it to another view to show what becomes of the signing. */
  close() {
    this.stop();
    closeChallenge();
    $("watch").hidden = true;
  }

  facts(signing) {
    const rows = [
      ["signing.document", signing.document.name],
      ["signing.seal", signing.seal.name],
      ["signing.company", signing.company.name],
      ["signing.asked_at", chinaTime(signing.asked_at)],
      ["signing.digest", signing.digest_sha256],
    ];
    return rows.map(([key, value]) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, value)));
  }

  tell(signing) {
    const was = this.signing;
    this.signing = signing;
    const { state, scan } = signing;
    const waits = state === "pending";
    const held = waits && waitsForApproval(signing);
    const ready = signing.may_confirm ? "ready" : "others";
    const phase = held ? "approval" : waits && !this.wantsQr ? ready : waits ? `scan_${scan.state}` : state;
    const reason = (language === "en" ? signing.reason_en : signing.reason_zh) ?? "";
    const facts = { who: scan.by_masked ?? "", reason, document: signing.document.name };
    $("watch").dataset.state = state;
    say($("watch-title"), t(`signing.title_${phase}`, facts));
    say($("watch-text"), t(`signing.text_${phase}`, facts));
    this.showEnd(signing);
    this.showTrack(held ? -1 : trackPlace(signing));
    this.showApproval(signing);
    if (!waits || held) closeChallenge();
    else if (this.wantsQr) this.showScan(scan);
    const looks = (one) => JSON.stringify([one?.state, one?.scan.state, one?.approval?.given, one?.may_confirm]);
    if (looks(was) !== looks(signing)) this.showActions();
    if (was && waitsForApproval(was) && !held && waits && this.options.desk) this.freshQr();
    if (ENDED.includes(state)) this.stop();
  }

  /** Whose approval it waits for, or who gave it; the code leads an approver to it. */
  showApproval({ state, approval }) {
    const open = state === "pending" && Boolean(approval);
    $("approval-note").hidden = !open;
    if (!open || approval.given) closeApproverCode();
    if (!open) return;
    $("approval-note").classList.toggle("is-given", approval.given);
    $("approval-words").replaceChildren(...approvalWords(approval).map((words) => h("span", {}, words)));
    $("approval-code").hidden = approval.given;
  }

  /** The preview shows bytes that are not signed, so it goes once the signing has ended. */
  showEnd({ state, seal }) {
    $("block-preview").hidden = ENDED.includes(state);
    $("watch-imprint").hidden = state !== "signed";
    if (state === "signed") $("watch-imprint").src = seal.imprint_url;
  }

  showTrack(place) {
    $("track").hidden = place < 0 || (!this.wantsQr && place === 0);
    for (const item of $("track").children) {
      const own = TRACK.indexOf(item.dataset.track);
      item.className = own < place || place === 3 ? "is-past" : own === place ? "is-now" : "";
    }
  }

  showScan(scan) {
    const over = { claimed: "signing.over_claimed", expired: "signing.over_expired", dead: "signing.over_dead" }[scan.state];
    $("challenge").dataset.scan = scan.state;
    cover(over ? t(over) : null);
  }

  async freshQr() {
    say($("watch-error"), "");
    this.wantsQr = true;
    try {
      await openChallenge(this.signing, () => this.qrEnded());
      this.tell({ ...this.signing, scan: { state: "waiting", by_masked: null, expires_at: null } });
    } catch (error) {
      say($("watch-error"), error.text);
    }
  }

  qrEnded() {
    if (this.signing.state === "pending" && this.signing.scan.state === "waiting") {
      this.tell({ ...this.signing, scan: { ...this.signing.scan, state: "expired" } });
    }
  }

  button(key, main, work) {
    const button = h("button", { type: "button", class: main ? "button button-main" : "button" }, t(key));
    button.addEventListener("click", () => this.attempt(button, work));
    return button;
  }

  attempt(button, work) {
    return busy(button, async () => {
      say($("watch-error"), "");
      try {
        await work();
      } catch (error) {
        say($("watch-error"), error.text);
      }
    });
  }

  link(key, href) {
    return h("a", { class: "button", href: safeLink(href) }, t(key));
  }

  pendingActions() {
    const { scan, may_confirm: own } = this.signing;
    const useless = ["expired", "dead", "none"].includes(scan.state);
    const path = `/signings/${encodeURIComponent(this.signing.id)}`;
    const cancel = async () => this.tell(await post(`${path}/cancel`));
    if (waitsForApproval(this.signing)) return [this.button("signing.cancel", false, cancel)];
    return [
      this.options.desk || !own ? null : this.button("signing.here", true, () => this.options.confirmHere(this.signing)),
      this.wantsQr && useless ? this.button("signing.fresh_qr", this.options.desk, () => this.freshQr()) : null,
      this.wantsQr ? null : this.button("signing.show_qr", !own, () => this.freshQr()),
      this.button("signing.cancel", false, cancel),
    ];
  }

  showActions() {
    const { state, file_url: file, ses_url: ses, report_url: report, evidence_url: evidence, verify_url: verify } = this.signing;
    let actions = [];
    if (state === "pending") actions = this.pendingActions();
    if (state === "signed") {
      actions = [
        file ? downloadButton("signing.download", file, { class: "button button-main" }) : null,
        ses ? downloadButton("signing.download_ses", ses, { class: "button" }) : null,
        report ? downloadButton("signing.download_report", report, { class: "button" }) : null,
        evidence ? downloadButton("signing.download_evidence", evidence, { class: "button" }) : null,
        verify ? this.link("signing.verify", verify) : null,
      ];
    }
    if (ENDED.includes(state)) actions.push(this.button("signing.another", state !== "signed", () => this.options.again()));
    $("watch-actions").replaceChildren(...actions.filter(Boolean));
  }
}
