// How a confirming ended: a picture, words, and where to go next.

import { $, h, icon, safeLink, say } from "../lib/dom.js";
import { downloadButton } from "../lib/download.js";
import { feelStamp } from "../lib/feel.js";
import { t } from "../lib/words.js";

/** result: "good", "bad" or "wait"; image: an imprint that is stamped on; actions: [[key, href, download]]. */
export function showOutcome({ result, title, text = "", image = null, actions = [["app.back_to_thread", "/m"]] }) {
  const marks = { good: "tick", bad: "cross", wait: "clock" };
  $("outcome").dataset.result = result;
  $("outcome-mark").replaceChildren(image ? h("img", { class: "stamped", src: safeLink(image), alt: "" }) : icon(marks[result]));
  say($("outcome-title"), title);
  say($("outcome-text"), text);
  $("outcome-actions").replaceChildren(...actions.map(([key, href, download], place) => {
    const look = { class: place === 0 ? "button button-main" : "button" };
    return download ? downloadButton(key, href, look) : h("a", { ...look, href: safeLink(href) }, t(key));
  }));
  $("outcome").hidden = false;
  if (image) feelStamp();
  $("outcome-title").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}
