// Papers that are made when they are asked for: ordered, then fetched.

import { post } from "./api.js";
import { busy, h } from "./dom.js";
import { download } from "./download.js";
import { note } from "./overlay.js";
import { t } from "./words.js";

/** A button with these words that orders a paper at `path` with `body`, fetches it, and then does `after`. Needs the words of `orders`. */
export function orderButton(words, path, body = {}, { after = () => {}, kind = "button" } = {}) {
  const button = h("button", { type: "button", class: kind }, words);
  button.addEventListener("click", () => busy(button, async () => {
    try {
      note(t("orders.making"));
      const paper = await post(path, body);
      await download(`/papers/${encodeURIComponent(paper.id)}/exports/pdf`);
      await after();
    } catch (error) {
      note(error.text ?? String(error));
    }
  }));
  return button;
}
