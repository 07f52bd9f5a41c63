// The QR that a phone scans to confirm: shown with short code and two digits, until it ends.

import { post } from "../lib/api.js";
import { $, say, svgSource } from "../lib/dom.js";
import { clock, countdown } from "../lib/time.js";
import { t } from "../lib/words.js";

let stop = () => {};

const grouped = (code) => code.replace(/^(\d{3,4})(\d{3,4})$/, "$1 $2");

/** Ask for a fresh QR, which ends the one before, and show it. */
export async function openChallenge(signing, onEnd) {
  const challenge = await post(`/signings/${encodeURIComponent(signing.id)}/challenge`);
  $("qr").src = svgSource(challenge.qr_svg);
  $("digits-shown").textContent = challenge.digits;
  $("short-code-shown").textContent = grouped(challenge.short_code);
  $("challenge").hidden = false;
  cover(null);
  stop();
  stop = countdown(challenge.expires_at, (left) => {
    $("challenge-countdown").textContent = left ? t("signing.ends_in", { time: clock(left) }) : "";
    if (left === 0) onEnd();
  });
}

/** Lay words over the QR when it is of no more use; null takes them away. */
export function cover(words) {
  $("qr-over").hidden = !words;
  $("qr").classList.toggle("is-over", Boolean(words));
  say($("qr-over"), words ?? "");
  if (words) {
    stop();
    $("challenge-countdown").textContent = "";
  }
}

export function closeChallenge() {
  stop();
  $("challenge").hidden = true;
}
