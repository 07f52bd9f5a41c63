// Records of seal use: the finished signings of the thread, newest first.

import { get } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { cardItem } from "./thread/card.js";
import { markDays } from "./thread/days.js";

const ENDED = /^signing\.(signed|rejected|expired|cancelled|failed)$/;
const ENOUGH = 12;
let before = null;

/** Read the thread backwards until enough records are on screen or it ends. */
async function more() {
  let shown = 0;
  let ended = false;
  while (shown < ENOUGH && !ended) {
    const { cards } = await get(`/thread${before ? `?before=${encodeURIComponent(before)}` : ""}`);
    const records = cards.filter((card) => ENDED.test(card.kind));
    $("cards").append(...records.reverse().map((card) => cardItem(card)));
    markDays($("cards"));
    shown += records.length;
    ended = !cards.length || cards[0].id === before;
    before = cards[0]?.id ?? before;
  }
  $("cards").removeAttribute("aria-busy");
  $("more").hidden = ended;
  $("empty").hidden = $("cards").children.length > 0;
}

$("more").addEventListener("click", () => busy($("more"), more));
more().catch((error) => say($("problem"), error.text ?? String(error)));
