// Notices that were not read yet: each a card below the thread, once.

import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { language, t } from "../lib/words.js";
import { readButton } from "../notices/button.js";

function card(notice) {
  const item = h("article", { class: "card notice-card", "data-notice": notice.id },
    h("p", { class: "fine" }, t(`notices.kind_${notice.kind}`)),
    h("h2", {}, notice[`title_${language}`]),
    h("p", { class: "notice-text" }, notice[`text_${language}`]),
    h("div", { class: "actions" },
      readButton(notice, () => item.remove()),
      h("a", { class: "button", href: "/notices" }, t("notices.all"))));
  return item;
}

/** Put them there; after: called when there are some. */
export async function showNotices(place, after) {
  const { notices } = await get("/notices", { login: false });
  place.replaceChildren(...notices.map(card));
  if (notices.length) after();
}
