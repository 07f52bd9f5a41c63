// The page of the document on which things are placed: one page at a time, to scale, with zoom.

import { $ } from "../lib/dom.js";
import { documentPage, pictureWidth } from "../lib/pages.js";
import { t } from "../lib/words.js";

const ZOOMS = [1, 1.5, 2, 3];
const BASE_MAX_PX = 680;
const REVEAL_MARGIN_PX = 24;

export class Stage {
  /** onTap(page, x_mm, y_mm): the page itself was tapped. */
  constructor(onTap) {
    this.port = $("stage-port");
    this.sheet = $("stage-page");
    this.picture = $("stage-picture");
    this.boxes = new Set();
    this.document = null;
    this.page = 0;
    this.zoom = 0;
    this.scale = 1; // px a mm
    this.onPage = () => {};
    this.sheet.addEventListener("click", (event) => this.tap(event, onTap));
    $("page-back").addEventListener("click", () => this.show(this.page - 1));
    $("page-on").addEventListener("click", () => this.show(this.page + 1));
    $("page").addEventListener("change", () => this.show(Number.parseInt($("page").value, 10) - 1 || 0));
    $("zoom-in").addEventListener("click", () => this.setZoom(this.zoom + 1));
    $("zoom-out").addEventListener("click", () => this.setZoom(this.zoom - 1));
    new ResizeObserver(() => this.document && this.layOut()).observe(this.port);
  }

  paper(page = this.page) {
    return this.document.pages[page];
  }

  open(document_, page) {
    this.document = document_;
    this.zoom = 0;
    this.show(page);
  }

  add(box) {
    this.boxes.add(box);
    this.sheet.append(box.element);
  }

  drop(box) {
    this.boxes.delete(box);
    box.remove();
  }

  show(page) {
    const count = this.document.page_count;
    this.page = Math.max(0, Math.min(page, count - 1));
    $("page").value = String(this.page + 1);
    $("page-count").textContent = `/ ${count}`;
    $("page-back").disabled = this.page === 0;
    $("page-on").disabled = this.page === count - 1;
    this.picture.alt = t("signing.page_alt", { page: this.page + 1, count });
    this.port.scrollTop = 0;
    this.layOut();
    this.onPage(this.page);
  }

  setZoom(zoom) {
    const middle = [this.port.scrollLeft + this.port.clientWidth / 2, this.port.scrollTop + this.port.clientHeight / 2];
    const before = this.scale;
    this.zoom = Math.max(0, Math.min(zoom, ZOOMS.length - 1));
    this.layOut();
    const grown = this.scale / before;
    this.port.scrollTo(middle[0] * grown - this.port.clientWidth / 2, middle[1] * grown - this.port.clientHeight / 2);
  }

  layOut() {
    const paper = this.paper();
    const base = Math.min(this.port.clientWidth, BASE_MAX_PX);
    if (base === 0) return;
    const width = Math.round(base * ZOOMS[this.zoom]);
    this.scale = width / paper.width_mm;
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${Math.round(paper.height_mm * this.scale)}px`;
    const address = documentPage(this.document.id, this.page, pictureWidth(width));
    if (this.picture.getAttribute("src") !== address) this.picture.src = address;
    $("zoom").textContent = `${ZOOMS[this.zoom] * 100}%`;
    $("zoom-out").disabled = this.zoom === 0;
    $("zoom-in").disabled = this.zoom === ZOOMS.length - 1;
    for (const box of this.boxes) box.draw();
  }

  /** Scroll the port, not the whole window, until a box on this page is seen. */
  reveal(box) {
    if (box.page !== this.page) return;
    const fit = (start, size, from, room) => {
      const far = start + size + REVEAL_MARGIN_PX - room;
      return Math.min(Math.max(from, far), Math.max(0, start - REVEAL_MARGIN_PX));
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
