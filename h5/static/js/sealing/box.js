// Something that lies on a page at true size in mm and can be moved: the seal, or another's place.

import { h } from "../lib/dom.js";

const STEP_MM = 1;
const BIG_STEP_MM = 10;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const tenth = (millimetres) => Math.round(millimetres * 10) / 10;

export class Box {
  /** shape: {width_mm, height_mm, image, label, dashed}; x_mm, y_mm: top-left corner on the page as shown. */
  constructor(stage, shape, onMove) {
    Object.assign(this, { stage, shape, onMove, page: 0, x_mm: 0, y_mm: 0, movable: true });
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
    const move = (moved) => {
      const dx = moved.clientX - start.x + port.scrollLeft - scrolled.x;
      const dy = moved.clientY - start.y + port.scrollTop - scrolled.y;
      this.put(this.page, start.x_mm + dx / this.stage.scale, start.y_mm + dy / this.stage.scale);
    };
    const drop = () => {
      this.element.classList.remove("is-moving");
      this.element.removeEventListener("pointermove", move);
    };
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add("is-moving");
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("pointerup", drop, { once: true });
    this.element.addEventListener("pointercancel", drop, { once: true });
  }

  key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || !this.movable) return;
    event.preventDefault();
    const step = event.shiftKey ? BIG_STEP_MM : STEP_MM;
    this.put(this.page, this.x_mm + arrow[0] * step, this.y_mm + arrow[1] * step);
    this.stage.reveal(this);
  }

  remove() {
    this.element.remove();
  }
}
