// An application is submitted by the claim of a code, on a phone: its own, or one that a PC shows.

import { get, post } from "../lib/api.js";
import { $, svgSource } from "../lib/dom.js";
import { clock, countdown } from "../lib/time.js";
import { data, t } from "../lib/words.js";

const LOOK_MS = 2000;
let shownCode = 0;
let stop = () => {};

const path = (entry) => `/entries/${encodeURIComponent(entry.id)}`;

/** What a slot is called; of a seal's, whose it is. */
export function slotTitle(slot, entry) {
  const title = t(`entry.m_${slot.kind}`);
  if (slot.seal === null) return title;
  const { kind } = entry.seals[slot.seal];
  return title + t("entry.of_seal", { count: slot.seal + 1, kind: data.kinds[kind] ?? kind });
}

/** Submit what this phone holds. digest: of the application as it was shown; form: with the two ticks. */
export const submitClaimed = (claim, digest, form) => post(`${path(claim.entry)}/submit`, {
  claim: claim.id, digest, declaration: form.querySelector("#declaration").checked, will: form.querySelector("#will").checked,
});

/** On the phone itself: code, claim and submission are one tap. */
export async function submitHere(entry, form) {
  const code = await post(`${path(entry)}/code`);
  const claim = await post("/entry-codes/claim", { token: new URL(code.url).hash.slice(1) });
  return submitClaimed(claim, entry.digest, form);
}

/** On a PC: show a code; `after(entry)` once a phone has submitted, or what it was for has changed. */
export async function showCode(entry, after) {
  const code = await post(`${path(entry)}/code`);
  shownCode += 1;
  const mine = shownCode;
  $("code-qr").src = svgSource(code.qr_svg);
  $("code").hidden = false;
  stop();
  stop = countdown(code.expires_at, (left) => {
    $("code-countdown").textContent = left ? t("entry.code_ends", { time: clock(left) }) : t("entry.code_over");
  });
  look(entry, mine, after);
}

/** A claimed code lives on beyond the countdown; so this looks until the page is left. */
function look(entry, mine, after) {
  setTimeout(async () => {
    if (mine !== shownCode) return;
    const found = await get(path(entry)).catch(() => null);
    if (mine !== shownCode) return;
    if (!found || found.digest === entry.digest) return look(entry, mine, after);
    hideCode();
    after(found);
  }, LOOK_MS);
}

/** The code on the screen is for something that is over. */
export function hideCode() {
  shownCode += 1;
  stop();
  if ($("code")) $("code").hidden = true;
}
