// The QR that leads an approver to a signing: in a drawer, until it ends or is closed.

import { post } from "../lib/api.js";
import { $, svgSource } from "../lib/dom.js";
import { openDrawer } from "../lib/overlay.js";
import { clock, countdown } from "../lib/time.js";
import { t } from "../lib/words.js";

let stop = () => {};

/** Ask for a fresh code, which ends the one before, and show it. */
export async function showApproverCode(signing) {
  const code = await post(`/signings/${encodeURIComponent(signing.id)}/approver-code`);
  $("approval-qr").src = svgSource(code.qr_svg);
  stop();
  stop = countdown(code.expires_at, (left) => {
    $("approval-countdown").textContent = left ? t("approval.code_ends", { time: clock(left) }) : t("approval.code_over");
  });
  openDrawer($("approval-drawer")).then(() => stop());
}

export function closeApproverCode() {
  stop();
  if ($("approval-drawer").open) $("approval-drawer").close();
}

$("approval-close").addEventListener("click", closeApproverCode);
