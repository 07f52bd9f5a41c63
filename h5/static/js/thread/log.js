// The list of cards: kept in order, without doubles, and without losing the reader's place.

import { $, h } from "../lib/dom.js";
import { t } from "../lib/words.js";
import { cardItem } from "./card.js";

const NEAR_BOTTOM_PX = 90;

export class Log {
  constructor(changed) {
    this.port = $("thread");
    this.list = $("cards");
    this.changed = changed;
    this.known = new Map(); // card id → its JSON, to see whether a newer telling differs
    this.newSince = 0;
    this.following = true; // until the reader scrolls up; a smooth scroll under way still follows
    this.lastTop = 0;
    this.port.addEventListener("scroll", () => this.notice(), { passive: true });
  }

  get atBottom() {
    return this.port.scrollHeight - this.port.scrollTop - this.port.clientHeight < NEAR_BOTTOM_PX;
  }

  notice() {
    if (this.atBottom) this.following = true;
    else if (this.port.scrollTop < this.lastTop - 1) this.following = false;
    this.lastTop = this.port.scrollTop;
  }

  get oldest() {
    return this.list.querySelector("[data-card]")?.dataset.card ?? null;
  }

  toBottom(smooth = false) {
    this.port.scrollTo({ top: this.port.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.following = true;
    this.newSince = 0;
  }

  /** Newest cards in order of time; true when some were not known before. */
  tell(cards) {
    const stay = this.following;
    const fresh = cards.filter((card) => !this.known.has(card.id));
    for (const card of cards) this.put(card);
    if (!fresh.length) return false;
    if (stay) this.toBottom(this.known.size > fresh.length);
    else this.newSince += fresh.filter((card) => !card.mine).length;
    return true;
  }

  put(card) {
    const json = JSON.stringify(card);
    if (this.known.get(card.id) === json) return;
    const item = cardItem(card, this.changed);
    const old = this.item(card.id);
    if (old) old.replaceWith(item);
    else this.list.append(item);
    this.known.set(card.id, json);
    this.thinTimes();
  }

  /** The time is told once for cards of the same minute, as in any chat. */
  thinTimes() {
    let last = "";
    for (const time of this.list.querySelectorAll(".said-at")) {
      time.hidden = time.textContent === last;
      last = time.textContent;
    }
  }

  item(id) {
    return this.list.querySelector(`[data-card="${CSS.escape(id)}"]`);
  }

  /** Older cards, oldest first, above all others; the reader's view does not jump. */
  prepend(cards) {
    const before = this.port.scrollHeight - this.port.scrollTop;
    const fresh = cards.filter((card) => !this.known.has(card.id));
    this.list.prepend(...fresh.map((card) => cardItem(card, this.changed)));
    for (const card of fresh) this.known.set(card.id, JSON.stringify(card));
    this.thinTimes();
    this.port.scrollTop = this.port.scrollHeight - before;
    return fresh.length;
  }

  /** What the person is sending just now; returns a function that takes it away. */
  pending(words) {
    const item = h("li", { class: "said said-mine said-pending" }, h("div", { class: "bubble" }, words));
    this.list.append(item);
    this.toBottom(true);
    return () => item.remove();
  }

  announce(cards) {
    const titles = cards.filter((card) => !card.mine).map((card) => card.title);
    if (titles.length) $("announcer").textContent = t("thread.announce", { title: titles.join("; ") });
  }
}
