// 「还有别人要盖章吗」: nobody, known others with a place for each, or unknown others.

import { $, h, say } from "../lib/dom.js";
import { gliding } from "../lib/feel.js";
import { t } from "../lib/words.js";
import { Box } from "./box.js";

const PLACE_MM = 42; // the field that the server makes for another's seal
const GAP_MM = 8;
const MAX_OTHERS = 20;

export class Others {
  /** seal(): the box of one's own seal, beside which a new place appears where the text asks for no other. */
  constructor(stage, seal, places) {
    this.stage = stage;
    this.seal = seal;
    this.places = places;
    this.known = [];
    for (const radio of this.radios) radio.addEventListener("change", () => this.changed());
    $("known-add").addEventListener("click", () => this.add());
  }

  get radios() {
    return document.querySelectorAll('input[name="others"]');
  }

  get answer() {
    return [...this.radios].find((radio) => radio.checked)?.value ?? null;
  }

  changed() {
    say($("others-error"), "");
    $("known").hidden = this.answer !== "known";
    if (this.answer === "known" && !this.known.length) this.add();
    for (const other of this.known) other.box.element.classList.toggle("is-off", this.answer !== "known");
  }

  add() {
    if (this.known.length >= MAX_OTHERS) return say($("others-error"), t("seal.known_many", { limit: MAX_OTHERS }));
    const other = { input: h("input", { type: "text", maxlength: "60", placeholder: t("seal.known_name"), "aria-label": t("seal.known_name") }) };
    other.box = new Box(this.stage, { width_mm: PLACE_MM, height_mm: PLACE_MM, label: "" }, () => this.tell(other), (...at) => this.places.near(...at));
    other.where = h("button", { type: "button", class: "link" });
    other.where.addEventListener("click", () => this.goTo(other));
    const remove = h("button", { type: "button", class: "link" }, t("seal.known_remove"));
    other.item = h("li", { class: "known-item" }, other.input, h("div", { class: "known-line" }, other.where, remove));
    remove.addEventListener("click", () => this.remove(other));
    other.input.addEventListener("input", () => this.tell(other));
    this.putFirst(other);
    this.known.push(other);
    $("known-list").append(other.item);
    this.stage.add(other.box);
    other.input.focus();
    return undefined;
  }

  /** Where the text asks for another's seal, else beside one's own. */
  putFirst(other) {
    const seal = this.seal();
    const free = this.places.free([seal, ...this.known.map(({ box }) => box)].filter(Boolean));
    if (free) return other.box.putCentre(free.page, free.x_mm, free.y_mm);
    const step = (PLACE_MM + GAP_MM) * (this.known.length + 1);
    if (!seal) return other.box.put(this.stage.page, step, GAP_MM);
    const left = seal.x_mm - step;
    return other.box.put(seal.page, left < 0 ? seal.x_mm + step : left, seal.y_mm);
  }

  goTo(other) {
    other.box.put(this.stage.page, other.box.x_mm, other.box.y_mm);
    other.box.element.focus({ preventScroll: true });
    $("stage").scrollIntoView({ block: "nearest", behavior: gliding() });
    this.stage.reveal(other.box);
  }

  tell(other) {
    const label = other.input.value.trim() || t("seal.known_unnamed");
    const page = other.box.page + 1;
    other.box.shape.label = label;
    other.box.name(t("seal.known_box", { name: label, page }));
    other.where.textContent = t(page === this.stage.page + 1 ? "seal.known_here" : "seal.known_where", { page });
  }

  pageShown() {
    for (const other of this.known) this.tell(other);
  }

  remove(other) {
    this.stage.drop(other.box);
    other.item.remove();
    this.known = this.known.filter((kept) => kept !== other);
  }

  reset() {
    for (const other of [...this.known]) this.remove(other);
    for (const radio of this.radios) radio.checked = false;
    this.changed();
  }

  /** {others, known} for the request; null after saying what is missing. */
  read() {
    const others = this.answer;
    if (!others) return this.refuse(t("seal.others_missing"));
    if (others !== "known") return { others, known: [] };
    if (!this.known.length || this.known.some((other) => !other.input.value.trim())) {
      return this.refuse(t("seal.known_missing"));
    }
    const known = this.known.map(({ input, box }) => ({
      name: input.value.trim(), page: box.page, x_mm: box.x_mm, y_mm: box.y_mm,
    }));
    return { others, known };
  }

  refuse(words) {
    say($("others-error"), words);
    $("block-others").scrollIntoView({ block: "center", behavior: gliding() });
    return null;
  }
}
