// Something that lies on a page at true size in mm and can be moved: the seal, or another's place.

import { h } from "../lib/dom.js";
import { feelKey } from "../lib/feel.js";

const STEP_MM = 1;
const BIG_STEP_MM = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const tenth = (millimetres) => Math.round(millimetres * 10) / 10;

export class Box {
  /**
   * shape: {width_mm, height_mm, image, label, dashed}; x_mm, y_mm: top-left corner on the page as shown.
   * pull(page, x_mm, y_mm): the place that draws its middle there when it is dragged by, or null.
   */
  constructor(stage, shape, onMove, pull = () => null) {
    Object.assign(this, { stage, shape, onMove, pull, page: 0, x_mm: 0, y_mm: 0, movable: true });
    this.element = h("button", { type: "button", class: shape.image ? "box" : "box box-dashed" });
    if (shape.image) this.element.append(h("img", { src: shape.image, alt: "", draggable: "false" }));
    else this.caption = this.element.appendChild(h("span", {}, shape.label));
    this.element.addEventListener("pointerdown", (event) => this.grab(event));
    this.element.addEventListener("keydown", (event) => this.key(event));
  }

  /** Put the corner at a place, kept inside its page. */
  put(page, x_mm, y_mm) {
    const paper = this.stage.paper(page);
    this.page = page;
    this.x_mm = tenth(Math.max(0, Math.min(x_mm, paper.width_mm - this.shape.width_mm)));
    this.y_mm = tenth(Math.max(0, Math.min(y_mm, paper.height_mm - this.shape.height_mm)));
    this.draw();
    this.onMove?.(this);
  }

  putCentre(page, x_mm, y_mm) {
    this.put(page, x_mm - this.shape.width_mm / 2, y_mm - this.shape.height_mm / 2);
  }

  /** Where its middle is. */
  get centre() {
    return { page: this.page, x_mm: this.x_mm + this.shape.width_mm / 2, y_mm: this.y_mm + this.shape.height_mm / 2 };
  }

  /** Take the look of another seal, about the same middle. */
  dress(shape) {
    const { page, x_mm: x, y_mm: y } = this.centre;
    this.shape = shape;
    this.element.querySelector("img").src = shape.image;
    this.putCentre(page, x, y);
  }

  /** A person moves it: what was before can be had back. */
  moveCentre(page, x_mm, y_mm) {
    this.stage.past.keep(this);
    this.putCentre(page, x_mm, y_mm);
  }

  draw() {
    const { scale } = this.stage;
    const { style } = this.element;
    this.element.hidden = this.page !== this.stage.page;
    style.left = `${this.x_mm * scale}px`;
    style.top = `${this.y_mm * scale}px`;
    style.width = `${this.shape.width_mm * scale}px`;
    style.height = `${this.shape.height_mm * scale}px`;
  }

  name(label) {
    this.element.setAttribute("aria-label", label);
    if (this.caption) this.caption.textContent = this.shape.label;
  }

  grab(event) {
    if (!this.movable || event.button !== 0) return;
    const start = { x: event.clientX, y: event.clientY, x_mm: this.x_mm, y_mm: this.y_mm };
    const port = this.stage.port;
    const scrolled = { x: port.scrollLeft, y: port.scrollTop };
    let kept = false;
    const move = (moved) => {
      if (!kept) this.stage.past.keep(this);
      kept = true;
      const dx = moved.clientX - start.x + port.scrollLeft - scrolled.x;
      const dy = moved.clientY - start.y + port.scrollTop - scrolled.y;
      this.drag(start.x_mm + dx / this.stage.scale, start.y_mm + dy / this.stage.scale);
      this.stage.reveal(this, 0);
    };
    const drop = () => {
      this.element.classList.remove("is-moving", "is-held");
      this.element.removeEventListener("pointermove", move);
    };
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add("is-moving");
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", drop, { once: true });
    this.element.addEventListener("pointercancel", drop, { once: true });
  }

  /** Follow the finger, but stay on a place that pulls; the phone is felt to take hold of it. */
  drag(x_mm, y_mm) {
    const { width_mm: width, height_mm: height } = this.shape;
    const place = this.pull(this.page, x_mm + width / 2, y_mm + height / 2);
    const held = this.element.classList.contains("is-held");
    this.element.classList.toggle("is-held", Boolean(place));
    if (place && !held) feelKey();
    if (place) this.putCentre(place.page, place.x_mm, place.y_mm);
    else this.put(this.page, x_mm, y_mm);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || !this.movable) return;
    const turned = { PageUp: this.page - 1, PageDown: this.page + 1 }[event.key];
    if (turned !== undefined) this.turn(event, turned);
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    this.stage.past.keep(this, true);
    const step = event.shiftKey ? BIG_STEP_MM : STEP_MM;
    this.put(this.page, this.x_mm + arrow[0] * step, this.y_mm + arrow[1] * step);
    this.stage.reveal(this);
  }

  /** Take it to another page, to the same place. */
  turn(event, page) {
    event.preventDefault();
    if (!this.stage.document.pages[page]) return;
    this.stage.past.keep(this);
    this.stage.show(page);
    this.put(page, this.x_mm, this.y_mm);
    this.element.focus({ preventScroll: true });
  }

  remove() {
    this.element.remove();
  }
}
