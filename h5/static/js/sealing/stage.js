// The page of the document on which things are placed: one page at a time, to scale, with zoom and undo.

import { $ } from "../lib/dom.js";
import { documentPage } from "../lib/pages.js";
import { pictureWidth } from "../lib/widths.js";
import { t } from "../lib/words.js";
import { Past } from "./past.js";
import { watchPinch } from "./pinch.js";

const ZOOMS = [1, 1.5, 2, 3, 4];
const MAX_ZOOM = ZOOMS.at(-1);
const BASE_MAX_PX = 680;
const REVEAL_MARGIN_PX = 24;

export class Stage {
  /** onTap(page, x_mm, y_mm): the page itself was tapped. */
  constructor(onTap) {
    this.port = $("stage-port");
    this.sheet = $("stage-page");
    this.picture = $("stage-picture");
    this.boxes = new Set();
    this.past = new Past((some) => {
      $("undo").disabled = !some;
    });
    this.document = null;
    this.main = null; // the box that the page is looked at for
    this.page = 0;
    this.zoom = 1;
    this.scale = 1; // px a mm
    this.onPage = () => {};
    this.onLayOut = () => {};
    this.sheet.addEventListener("click", (event) => this.tap(event, onTap));
    this.picture.addEventListener("load", () => this.arrived());
    $("page-back").addEventListener("click", () => this.show(this.page - 1));
    $("page-on").addEventListener("click", () => this.show(this.page + 1));
    $("page").addEventListener("change", () => this.show(Number.parseInt($("page").value, 10) - 1 || 0));
    $("zoom-in").addEventListener("click", () => this.zoomIn());
    $("zoom-out").addEventListener("click", () => this.zoomOut());
    $("undo").addEventListener("click", () => this.undo());
    $("stage").addEventListener("keydown", (event) => this.key(event));
    watchPinch(this.port, (factor, x, y) => this.setZoom(this.zoom * factor, [x, y], false), () => this.drawPicture());
    new ResizeObserver(() => this.document && this.layOut()).observe(this.port);
  }

  paper(page = this.page) {
    return this.document.pages[page];
  }

  open(document_, page) {
    this.document = document_;
    this.zoom = 1;
    this.show(page);
  }

  add(box) {
    this.boxes.add(box);
    this.sheet.append(box.element);
  }

  drop(box, instead = null) {
    this.boxes.delete(box);
    this.past.forget(box, instead);
    box.remove();
  }

  show(page) {
    const count = this.document.page_count;
    const shown = Math.max(0, Math.min(page, count - 1));
    // The page before must not stand there under the number of this one.
    if (shown !== this.page) this.sheet.classList.add("is-loading");
    this.page = shown;
    $("page").value = String(this.page + 1);
    $("page-count").textContent = `/ ${count}`;
    $("page-back").disabled = this.page === 0;
    $("page-on").disabled = this.page === count - 1;
    this.picture.alt = t("signing.page_alt", { page: this.page + 1, count });
    this.port.scrollTop = 0;
    this.layOut();
    this.onPage(this.page);
  }

  zoomIn() {
    this.zoomTo(ZOOMS.find((zoom) => zoom > this.zoom + 0.01) ?? MAX_ZOOM);
  }

  zoomOut() {
    this.zoomTo(ZOOMS.findLast((zoom) => zoom < this.zoom - 0.01) ?? 1);
  }

  /** By a step; what is being placed stays in sight. */
  zoomTo(zoom) {
    this.setZoom(zoom);
    if (this.main) this.reveal(this.main);
  }

  /** about: the point of the window that stays where it is, the middle if not said. */
  setZoom(zoom, about = null, sharp = true) {
    const port = this.port.getBoundingClientRect();
    const sheet = this.sheet.getBoundingClientRect();
    const [x, y] = about ?? [port.left + port.width / 2, port.top + port.height / 2];
    const [x_mm, y_mm] = [(x - sheet.left) / this.scale, (y - sheet.top) / this.scale];
    this.zoom = Math.max(1, Math.min(zoom, MAX_ZOOM));
    this.layOut(sharp);
    const moved = this.sheet.getBoundingClientRect();
    this.port.scrollBy(moved.left + x_mm * this.scale - x, moved.top + y_mm * this.scale - y);
  }

  /** sharp: whether the picture is fetched in the size that is shown, which a pinch leaves for its end. */
  layOut(sharp = true) {
    const paper = this.paper();
    const base = Math.min(this.port.clientWidth, BASE_MAX_PX);
    if (base === 0) return;
    const width = Math.round(base * this.zoom);
    this.scale = width / paper.width_mm;
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${Math.round(paper.height_mm * this.scale)}px`;
    if (sharp) this.drawPicture();
    $("zoom").textContent = `${Math.round(this.zoom * 100)}%`;
    $("zoom-out").disabled = this.zoom <= 1;
    $("zoom-in").disabled = this.zoom >= MAX_ZOOM;
    for (const box of this.boxes) box.draw();
    this.onLayOut();
  }

  addressOf(page) {
    return documentPage(this.document.id, page, pictureWidth(this.scale * this.paper(page).width_mm));
  }

  drawPicture() {
    const address = this.addressOf(this.page);
    if (this.picture.getAttribute("src") !== address) this.picture.src = address;
  }

  /** The page is there: its neighbours are fetched ahead, the next one first. */
  arrived() {
    this.sheet.classList.remove("is-loading");
    this.ahead = [this.page + 1, this.page - 1].filter((page) => this.document.pages[page]).map((page) => {
      const picture = new Image();
      picture.src = this.addressOf(page);
      return picture;
    });
  }

  undo() {
    const byKeys = document.activeElement?.classList.contains("box");
    const box = this.past.undo();
    if (!box) return;
    if (box.page !== this.page) this.show(box.page);
    if (byKeys) box.element.focus({ preventScroll: true }); // it was hidden in between
    this.reveal(box);
  }

  key(event) {
    if (event.target.matches("input")) return;
    const command = event.ctrlKey || event.metaKey;
    const work = { "+": () => this.zoomIn(), "=": () => this.zoomIn(), "-": () => this.zoomOut() }[event.key];
    if (command && event.key.toLowerCase() === "z") this.undo();
    else if (!command && work) work();
    else return;
    event.preventDefault();
  }

  /** Scroll the port, not the whole window, until a box on this page is seen. */
  reveal(box, margin = REVEAL_MARGIN_PX) {
    if (box.page !== this.page) return;
    const fit = (start, size, from, room) => {
      const far = start + size + margin - room;
      return Math.min(Math.max(from, far), Math.max(0, start - margin));
    };
    const { port, scale } = this;
    port.scrollLeft = fit(box.x_mm * scale, box.shape.width_mm * scale, port.scrollLeft, port.clientWidth);
    port.scrollTop = fit(box.y_mm * scale, box.shape.height_mm * scale, port.scrollTop, port.clientHeight);
  }

  tap(event, onTap) {
    if (event.target.closest(".box")) return;
    const corner = this.sheet.getBoundingClientRect();
    onTap(this.page, (event.clientX - corner.left) / this.scale, (event.clientY - corner.top) / this.scale);
  }
}
