// One seal in several places: further imprints, each moved and taken away like the first, all in one request.

import { $, h, say } from "../lib/dom.js";
import { t } from "../lib/words.js";
import { Box } from "./box.js";

const MOST = 49; // with the first, as many as the server takes
const GAP_MM = 6;

export class Also {
  /** main(): the first box; shape(): of the chosen seal; onChange(): what is asked is another. */
  constructor(stage, places, main, shape, onChange) {
    Object.assign(this, { stage, places, main, shape, onChange, boxes: [], offered: false });
    $("also-here").addEventListener("click", () => this.addHere());
    $("also-all").addEventListener("click", () => this.addEverywhere());
  }

  /** Only the first seal of a document can be in several places. */
  offer(document_) {
    this.offered = !document_.signed;
    $("also-all").hidden = document_.page_count === 1;
    this.tell();
  }

  /** The one on the page that is shown, the last of several; null for none. */
  get here() {
    return this.boxes.findLast((box) => box.page === this.stage.page) ?? null;
  }

  addHere() {
    const { page } = this.stage;
    const free = this.places.all.find((place) => place.own && place.page === page && !this.taken(place));
    const first = this.main();
    const last = first.page === page ? this.here ?? first : this.here;
    if (free) this.add((box) => box.putCentre(page, free.x_mm, free.y_mm));
    else if (!last) this.add((box) => box.put(page, first.x_mm, first.y_mm));
    else this.add((box) => box.put(page, ...this.beside(last)));
  }

  /** Right of a box, or left of it where the page ends. */
  beside({ page, x_mm: x, y_mm: y }) {
    const { width_mm: width } = this.shape();
    const step = width + GAP_MM;
    return [x + step + width <= this.stage.paper(page).width_mm ? x + step : x - step, y];
  }

  taken({ page, x_mm: x, y_mm: y }) {
    return [this.main(), ...this.boxes].some(({ centre, shape }) => centre.page === page
      && Math.abs(centre.x_mm - x) < shape.width_mm / 2 && Math.abs(centre.y_mm - y) < shape.height_mm / 2);
  }

  /** On each page that has none yet, at the place of the first. */
  addEverywhere() {
    const first = this.main();
    const sealed = new Set([first, ...this.boxes].map((box) => box.page));
    const pages = this.stage.document.pages.map((_, page) => page).filter((page) => !sealed.has(page));
    this.addAll(pages.map((page) => (box) => box.put(page, first.x_mm, first.y_mm)));
  }

  add(put) {
    this.addAll([put]);
  }

  /** What is added at once is taken back at once. */
  addAll(puts) {
    if (!puts.length) return undefined;
    if (this.boxes.length + puts.length > MOST) return say($("also-error"), t("seal.also_many", { limit: MOST + 1 }));
    const made = puts.map((put) => this.make(put));
    this.stage.past.did(() => {
      for (const box of made) this.drop(box);
      this.changed();
    });
    this.changed();
    return undefined;
  }

  make(put) {
    const box = new Box(this.stage, this.shape(), () => this.changed(), (...at) => this.places.near(...at));
    this.boxes.push(box);
    this.stage.add(box);
    put(box);
    return box;
  }

  drop(box) {
    this.boxes = this.boxes.filter((kept) => kept !== box);
    this.stage.drop(box);
  }

  remove(box) {
    this.drop(box);
    this.stage.past.did(() => this.putBack(box));
    this.changed();
    $("also-here").focus({ preventScroll: true });
  }

  putBack(box) {
    this.boxes.push(box);
    this.stage.add(box);
    box.dress(this.shape());
    return box;
  }

  /** Another seal was chosen: it takes the places of the one before. */
  dress() {
    for (const box of this.boxes) box.dress(this.shape());
  }

  changed() {
    say($("also-error"), "");
    this.onChange();
  }

  /** How many there are, and each with a button that takes it away. */
  tell() {
    $("also").hidden = !this.offered || !this.main();
    this.boxes.sort((one, other) => one.page - other.page);
    say($("also-count"), this.boxes.length ? t("seal.also_count", { count: this.boxes.length + 1 }) : "");
    $("also-list").replaceChildren(...this.boxes.map((box) => {
      const facts = { page: box.page + 1, x: box.x_mm.toFixed(1), y: box.y_mm.toFixed(1) };
      box.name(t("seal.also_box", facts));
      const chip = h("button", { type: "button", class: "place-chip", "aria-label": t("seal.also_remove", facts) }, t("seal.place_page", facts), " ✕");
      chip.addEventListener("click", () => this.remove(box));
      return h("li", {}, chip);
    }));
  }

  /** For the request. */
  read() {
    return this.boxes.map(({ page, x_mm, y_mm }) => ({ page, x_mm, y_mm }));
  }
}
