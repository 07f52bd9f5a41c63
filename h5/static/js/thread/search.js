// Searching the conversation: cards that hold the words, newest first, in a sheet of their own.

import { get } from "../lib/api.js";
import { $ } from "../lib/dom.js";
import { note } from "../lib/overlay.js";
import { t } from "../lib/words.js";
import { cardItem } from "./card.js";
import { markDays } from "./days.js";

const WAIT_MS = 350; // after the last key, so that not every letter asks

export function startSearch(address, told) {
  const sheet = $("search");
  let asked = 0; // the answer to an earlier question is not shown below a later one
  let before = null;
  let timer = null;

  function say() {
    const count = $("search-cards").querySelectorAll("[data-card]").length;
    $("search-said").textContent = count ? t("thread.search_count", { count }) : t("thread.search_none");
    $("search-more").hidden = before === null;
  }

  async function look(more) {
    const words = $("search-words").value.trim();
    const mine = ++asked;
    if (!more) {
      before = null;
      $("search-cards").replaceChildren();
    }
    $("search-more").hidden = true;
    if (!words) return void ($("search-said").textContent = t("thread.search_first"));
    $("search-said").textContent = t("thread.loading");
    const found = await get(address("/thread/search", { q: words, ...(more && before ? { before } : {}) }));
    if (mine !== asked) return;
    before = found.before;
    $("search-cards").append(...found.cards.map((card) => cardItem(card, told)));
    markDays($("search-cards"));
    say();
  }

  const lookSafely = (more) => look(more).catch((error) => {
    $("search-said").textContent = error.text ?? "";
    note(error.text ?? String(error));
  });

  $("find").addEventListener("click", () => {
    sheet.showModal();
    $("search-words").focus();
  });
  $("search-end").addEventListener("click", () => sheet.close());
  $("search-words").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => lookSafely(false), WAIT_MS);
  });
  $("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    lookSafely(false);
  });
  $("search-more").addEventListener("click", () => lookSafely(true));
  return () => sheet.close();
}
