// Log in by the phone: a QR code that renews itself while the page is looked at, and what becomes of it.

import { get, post } from "../lib/api.js";
import { $, busy, say, svgSource } from "../lib/dom.js";
import { secondsLeft } from "../lib/time.js";
import { t } from "../lib/words.js";

const LOOK_MS = 1000;
const RENEWALS = 5; // by itself; a page that nobody looks at must not show codes for ever

let code = null;
let renewed = 0;
let timer = null;
let entered = () => {};

function cover(words, again = false) {
  const shown = code !== null && !words;
  $("scan-qr").hidden = !shown;
  $("scan-digits-label").hidden = !shown;
  $("scan-digits").textContent = shown ? code.digits : "";
  $("scan-fresh").hidden = !again;
  if (words) say($("scan-state"), words);
}

function end(words) {
  clearInterval(timer);
  code = null;
  cover(words, true);
}

async function renew() {
  code = await post("/login/scan", {}, { login: false });
  $("scan-qr").src = svgSource(code.qr_svg);
  cover("");
}

/** The digits stay on screen after the scan: the phone asks for them. */
function claimed(who) {
  $("scan-qr").hidden = true;
  say($("scan-state"), t("scan.claimed", { who }));
}

async function look() {
  if (document.hidden || code === null) return undefined;
  const { state, by_masked: who } = await get("/login/scan", { login: false });
  if (state === "confirmed") {
    clearInterval(timer);
    cover(t("scan.confirmed"));
    await post("/login/scan/enter", {}, { login: false });
    return entered();
  }
  if (state === "claimed") return claimed(who);
  if (state === "refused") return end(t("scan.over_refused"));
  const left = secondsLeft(code.expires_at);
  if (state === "waiting" && left > 0) return say($("scan-state"), t("scan.ends_in", { seconds: left }));
  renewed += 1;
  return renewed > RENEWALS ? end(t("scan.over_idle")) : renew();
}

function follow() {
  let looking = false;
  clearInterval(timer);
  timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    try {
      await look();
    } catch (error) {
      if (error.status) end(error.text); // without a network the next round asks again
    } finally {
      looking = false;
    }
  }, LOOK_MS);
}

async function begin() {
  renewed = 0;
  try {
    await renew();
    follow();
  } catch (error) {
    end(error.text);
  }
}

/** Show codes until a phone has let this browser in; then call `onEnter`. */
export function startScan(onEnter) {
  if (!$("scan")) return;
  entered = onEnter;
  $("scan-fresh").addEventListener("click", () => busy($("scan-fresh"), begin));
  begin();
}
