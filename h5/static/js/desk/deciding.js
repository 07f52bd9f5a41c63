// What the pages of one item share: give it back, reject it with a reason, decide and go to the queue.

import { post } from "../lib/api.js";
import { $, busy, say } from "../lib/dom.js";
import { openDrawer } from "../lib/overlay.js";
import { t } from "../lib/words.js";
import { opened, proven } from "./proven.js";

export function refused(error) {
  say($("problem"), error.text ?? t("passkeys.not_done"));
  $("problem").scrollIntoView({ block: "center" });
}

const toQueue = () => location.assign("/desk/reviews");

/** A decision: the passkey is asked for where its last answer is too old. */
export async function decide(button, act) {
  say($("problem"), "");
  await busy(button, async () => {
    await proven(act);
    toQueue();
  }).catch(refused);
}

/** The drawer that asks why, and the button that gives the item back. path: of the item; verb: how it is rejected. */
export function startDeciding(path, verb) {
  $("release").addEventListener("click", () => busy($("release"), async () => {
    await opened(() => post(`${path}/release`));
    toQueue();
  }).catch(refused));
  $("reject").addEventListener("click", () => openDrawer($("reject-drawer")));
  $("reject-no").addEventListener("click", () => $("reject-drawer").close());
  $("reject-form").addEventListener("submit", (event) => {
    event.preventDefault();
    say($("reason-error"), "");
    busy($("reject-form").querySelector("button"), async () => {
      await proven(() => post(`${path}/${verb}`, { reason: $("reason").value.trim() }));
      toQueue();
    }).catch((error) => say($("reason-error"), error.text ?? t("passkeys.not_done")));
  });
}
