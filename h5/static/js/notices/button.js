// The button that says a notice was read.

import { post } from "../lib/api.js";
import { busy, h } from "../lib/dom.js";
import { note } from "../lib/overlay.js";
import { t } from "../lib/words.js";

/** done: called with the button once it is recorded. */
export function readButton(notice, done) {
  const words = t(notice.kind === "training" ? "notices.took_part" : "notices.read");
  const button = h("button", { type: "button", class: "button" }, words);
  button.addEventListener("click", () => busy(button, async () => {
    await post(`/notices/${encodeURIComponent(notice.id)}/read`);
    done(button);
  }).catch((error) => note(error.text)));
  return button;
}
