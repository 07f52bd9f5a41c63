// What could not be sent: kept in this browser, shown in the thread, sent when the network is back.
// An entry: {id, at, person, company, words | file, left}. left: it may have left, or it was
// written before the server said who reads, so only a tap sends it.

import { ApiError, requestId } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { indexed } from "../lib/indexed.js";
import { lasting } from "../lib/kept.js";
import { READER, UNSENT } from "../lib/leaving.js";
import { note } from "../lib/overlay.js";
import { t } from "../lib/words.js";

const inStore = indexed(UNSENT, "unsent", { keyPath: "id" });

/** Whether a request failed for want of a network. */
export const isUnsent = (error) => error instanceof ApiError && error.status === 0;

export class Unsent {
  /** list: where the thread's cards are. send: sends an entry, throws ApiError; true when it was taken in. */
  constructor(list, send) {
    this.list = list;
    this.send = send;
    this.reader = lasting.get(READER);
    this.isHere = false; // whether the server said that it is he who reads
    this.shown = new Map(); // entry id → {entry, item}
    addEventListener("online", () => this.sendAll());
  }

  async own() {
    const kept = this.reader ? await inStore((store) => store.getAll()).catch(() => []) : [];
    return kept.filter(({ person }) => person === this.reader).sort((one, other) => one.at - other.at);
  }

  /** The person who reads, as the server says: shows what he left here, and sends what may go by itself. */
  async readBy(person) {
    this.reader = person;
    this.isHere = true;
    lasting.set(READER, person);
    for (const entry of await this.own()) this.show(entry);
    await this.sendAll();
  }

  /** Without a network nobody says who reads: it is told how much is kept, and not what. */
  async tellCount() {
    const { length: count } = await this.own();
    if (count) this.list.append(h("li", { class: "fine" }, t("thread.unsent_count", { count })));
  }

  /** Keep what was not sent; false when this browser keeps nothing. */
  async keep(company, what) {
    if (!this.reader) return false;
    const left = navigator.onLine || !this.isHere; // whoever wrote it without a login does not speak for him
    const entry = { id: requestId(), at: Date.now(), person: this.reader, company, left, ...what };
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
    if (!this.isHere || !navigator.onLine) return;
    for (const { entry } of [...this.shown.values()]) if (!entry.left) await this.sendOne(entry, false);
  }
}
