// The list of cards: kept in order, without doubles, and without losing the reader's place.

import { $, h, showShare } from "../lib/dom.js";
import { gliding } from "../lib/feel.js";
import { t } from "../lib/words.js";
import { cardItem } from "./card.js";
import { markDays } from "./days.js";
import { keepPictures } from "./picture.js";

const NEAR_BOTTOM_PX = 90;

export class Log {
  /** told: what cards call, see `card.js`. */
  constructor(told) {
    this.port = $("thread");
    this.list = $("cards");
    this.told = told;
    this.known = new Map(); // card id → its JSON, to see whether a newer telling differs
    this.newSince = 0;
    this.following = true; // until the reader scrolls up; a smooth scroll under way still follows
    this.lastTop = 0;
    this.port.addEventListener("scroll", () => this.notice(), { passive: true });
    // What grows under a reader who follows (the keyboard, a larger text) must not hide the newest card.
    new ResizeObserver(() => this.following && this.toBottom()).observe(this.port);
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
    this.port.scrollTo({ top: this.port.scrollHeight, behavior: smooth ? gliding() : "instant" });
    this.following = true;
    this.newSince = 0;
  }

  /** Newest cards in order of time; true when some were not known before. */
  tell(cards) {
    const stay = this.following;
    const first = this.known.size === 0;
    const fresh = cards.filter((card) => !this.known.has(card.id));
    for (const card of cards) this.put(card);
    markDays(this.list);
    this.list.removeAttribute("aria-busy");
    if (!fresh.length) return false;
    if (stay) this.toBottom(!first);
    else this.newSince += fresh.filter((card) => !card.mine).length;
    return true;
  }

  put(card) {
    const json = JSON.stringify(card);
    if (this.known.get(card.id) === json) return;
    const item = cardItem(card, this.told);
    const old = this.item(card.id);
    this.known.set(card.id, json);
    if (!old) return this.list.append(item);
    keepPictures(old, item);
    item.classList.add("said-changed");
    return old.replaceWith(item);
  }

  item(id) {
    return this.list.querySelector(`[data-card="${CSS.escape(id)}"]`);
  }

  /** Older cards, oldest first, above all others; the reader's view does not jump. */
  prepend(cards) {
    const before = this.port.scrollHeight - this.port.scrollTop;
    const fresh = cards.filter((card) => !this.known.has(card.id));
    this.list.prepend(...fresh.map((card) => cardItem(card, this.told)));
    for (const card of fresh) this.known.set(card.id, JSON.stringify(card));
    markDays(this.list);
    this.port.scrollTop = this.port.scrollHeight - before;
    return fresh.length;
  }

  /** The card below all that is in view, to fetch anew what is; null at the newest ones. */
  belowView(newest) {
    const end = this.port.getBoundingClientRect().bottom;
    const items = [...this.list.querySelectorAll("[data-card]")];
    const place = items.findIndex((item) => item.getBoundingClientRect().top >= end);
    const id = place < 0 ? null : items[place].dataset.card;
    return id && !newest.has(id) ? id : null;
  }

  /** A line above the oldest of so many unread cards; the line, or null when it is not loaded. */
  lineAbove(unread) {
    const cards = [...this.list.querySelectorAll(".said:not(.said-mine)")];
    if (unread < 1 || unread >= cards.length) return null;
    const line = h("li", { class: "unread-line" }, t("thread.unread_line"));
    cards.at(-unread).before(line);
    return line;
  }

  /** What the person is sending just now; returns a function that takes it away. file: its `share` shows how much was sent. */
  pending(words, file = false) {
    const bar = file ? h("progress", { max: "1", "aria-label": words }) : null;
    const item = h("li", { class: "said said-mine said-pending" }, h("div", { class: "bubble" }, words, bar));
    this.list.append(item);
    this.toBottom(true);
    const done = () => item.remove();
    done.share = (sent) => showShare(bar, sent);
    return done;
  }

  announce(cards) {
    const titles = cards.filter((card) => !card.mine).map((card) => card.title);
    if (titles.length) $("announcer").textContent = t("thread.announce", { title: titles.join("; ") });
  }
}
