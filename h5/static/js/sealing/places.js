// Where the document's text asks for a seal: marks on the page, a button for each, and a pull when near.

import { $, h } from "../lib/dom.js";
import { t } from "../lib/words.js";

const CHINESE = /\p{Script=Han}/u;
const MOST_BUTTONS = 6;
const PULL_PX = 16;
const SAME_MM = 0.2; // places are kept to a tenth of a millimetre

export class Places {
  /** onChoose(place): a button was pressed. */
  constructor(stage, onChoose) {
    this.stage = stage;
    this.onChoose = onChoose;
    this.all = [];
    this.shown = [];
    this.marks = [];
  }

  show(places) {
    this.all = places;
    this.shown = [...places].sort((one, other) => Number(other.own) - Number(one.own)).slice(0, MOST_BUTTONS);
    $("places-box").hidden = !this.shown.length;
    $("places").replaceChildren(...this.shown.map((place) => this.button(place)));
    this.marks = places.map((place) => ({ place, element: this.stage.sheet.appendChild(h("i", { class: "place-mark", "aria-hidden": "true" })) }));
  }

  button(place) {
    const words = h("span", { lang: CHINESE.test(place.words) ? "zh-CN" : null, translate: "no" }, place.words);
    const made = h("button", { type: "button", class: "place-chip" }, words, " · ", t("seal.place_page", { page: place.page + 1 }));
    made.addEventListener("click", () => this.onChoose(place));
    return made;
  }

  /** Which place the seal goes to by itself: one's own, else the only side there is; null for none. */
  get best() {
    return this.all.findLast((place) => place.own) ?? (this.all.length === 1 ? this.all[0] : null);
  }

  /** The place that pulls a middle at this point; null where none is near. */
  near(page, x_mm, y_mm) {
    const reach = PULL_PX / this.stage.scale;
    const far = (place) => Math.hypot(place.x_mm - x_mm, place.y_mm - y_mm);
    const here = this.all.filter((place) => place.page === page && far(place) <= reach);
    return here.sort((one, other) => far(one) - far(other))[0] ?? null;
  }

  /** The first place for somebody else on which none of these boxes lies; null for none. */
  free(boxes) {
    const taken = ({ page, x_mm: x, y_mm: y }) => boxes.some((box) => {
      const { centre, shape } = box;
      return centre.page === page && Math.abs(centre.x_mm - x) < shape.width_mm / 2 && Math.abs(centre.y_mm - y) < shape.height_mm / 2;
    });
    return this.all.find((place) => !place.own && !taken(place)) ?? null;
  }

  draw() {
    const { scale, page } = this.stage;
    for (const { place, element } of this.marks) {
      element.hidden = place.page !== page;
      element.style.left = `${place.x_mm * scale}px`;
      element.style.top = `${place.y_mm * scale}px`;
    }
  }

  /** Mark the button of the place where the seal is now. */
  tell(box) {
    const { page, x_mm: x, y_mm: y } = box.centre;
    [...$("places").children].forEach((chip, n) => {
      const place = this.shown[n];
      const there = page === place.page && Math.hypot(place.x_mm - x, place.y_mm - y) < SAME_MM;
      chip.setAttribute("aria-pressed", String(there));
    });
  }
}
