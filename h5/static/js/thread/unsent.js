// What could not be sent: kept in this browser, shown in the thread, sent when the network is back.
// An entry: {id, at, person, company, words | file, left}. left: it may have left, so only a tap sends it again.

import { ApiError, requestId } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { indexed } from "../lib/indexed.js";
import { lasting } from "../lib/kept.js";
import { note } from "../lib/overlay.js";
import { t } from "../lib/words.js";

const KEEP = "ezhang.thread.reader";
const inStore = indexed("ezhang-unsent", "unsent", { keyPath: "id" });

/** Whether a request failed for want of a network. */
export const isUnsent = (error) => error instanceof ApiError && error.status === 0;

export class Unsent {
  /** list: where the thread's cards are. send: sends an entry, throws ApiError; true when it was taken in. */
  constructor(list, send) {
    this.list = list;
    this.send = send;
    this.reader = lasting.get(KEEP); // what is kept is shown to its own person only
    this.shown = new Map(); // entry id → {entry, item}
    addEventListener("online", () => this.sendAll());
  }

  /** The person who reads, once known: shows what he left here. */
  async readBy(person) {
    this.reader = person;
    lasting.set(KEEP, person);
    await this.showKept();
  }

  async showKept() {
    if (!this.reader) return;
    const kept = await inStore((store) => store.getAll()).catch(() => []);
    const own = kept.filter(({ person }) => person === this.reader);
    for (const entry of own.sort((one, other) => one.at - other.at)) this.show(entry);
    await this.sendAll();
  }

  /** Keep what was not sent; false when this browser keeps nothing. */
  async keep(company, what) {
    if (!this.reader) return false;
    const entry = { id: requestId(), at: Date.now(), person: this.reader, company, left: navigator.onLine, ...what };
    try {
      await inStore((store) => store.put(entry));
    } catch {
      return false; // no room, or a private window
    }
    this.show(entry);
    return true;
  }

  show(entry) {
    if (this.shown.has(entry.id)) return;
    const again = h("button", { type: "button", class: "link" }, t("thread.unsent_again"));
    const drop = h("button", { type: "button", class: "link" }, t("thread.unsent_drop"));
    const item = h("li", { class: "said said-mine said-unsent" },
      h("div", { class: "bubble" }, entry.words ?? entry.file.name),
      h("p", { class: "fine" }, t(entry.left ? "thread.unsent" : "thread.unsent_waits"), " ", again, " ", drop));
    again.addEventListener("click", () => this.sendOne(entry, true));
    drop.addEventListener("click", () => this.forget(entry));
    this.shown.set(entry.id, { entry, item });
    this.list.append(item);
    item.scrollIntoView({ block: "end" });
  }

  async forget({ id }) {
    await inStore((store) => store.delete(id)).catch(() => {});
    this.shown.get(id)?.item.remove();
    this.shown.delete(id);
  }

  async sendOne(entry, asked) {
    const { item } = this.shown.get(entry.id);
    if (item.inert) return;
    item.inert = true; // one at a time, however often it is tapped
    try {
      if (await this.send(entry, asked)) await this.forget(entry);
    } catch (error) {
      if (asked) note(error.text ?? String(error));
    } finally {
      item.inert = false;
    }
  }

  /** What surely never left goes by itself, in the order it was written. */
  async sendAll() {
    if (!navigator.onLine) return;
    for (const { entry } of [...this.shown.values()]) if (!entry.left) await this.sendOne(entry, false);
  }
}
