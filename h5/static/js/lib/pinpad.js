// A pad of digits over real fields, where fingers point: no system keyboard jumps up, and no key lights up
// for a shoulder surfer. The fields stay what they are: keyboards, pasting and password managers work.

import { h, icon } from "./dom.js";
import { feelKey } from "./feel.js";
import { lasting } from "./kept.js";
import { t } from "./words.js";

const KEPT = "ezhang.pad."; // choices of this browser: "system", "shuffle"
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];

const chosen = (name) => lasting.get(KEPT + name) === "1";
const choose = (name, on) => lasting.set(KEPT + name, on ? "1" : "0");

function shuffled(digits) {
  const order = crypto.getRandomValues(new Uint32Array(digits.length));
  return digits.map((digit, place) => [order[place], digit]).sort(([one], [other]) => one - other).map(([, digit]) => digit);
}

class Pad {
  constructor(form, fixed) {
    this.form = form;
    this.fixed = fixed;
    this.fields = [...form.querySelectorAll("[data-pad]")];
    this.field = this.fields[0];
    this.system = chosen("system");
    this.mixed = chosen("shuffle");
    this.keys = h("div", { class: "pad-keys", role: "group", "aria-label": t("js.pad") });
    this.told = h("p", { class: "sr-only", role: "status" });
    this.mixer = this.option("js.pad_shuffle", () => this.mix(!this.mixed));
    this.changer = this.option("js.pad_system", () => this.toSystem(!this.system));
    this.element = h("div", { class: "pad" }, this.keys, this.told, h("div", { class: "pad-options" }, this.mixer, this.changer));
    // A press must not take the focus out of the field.
    this.keys.addEventListener("pointerdown", (event) => event.preventDefault());
    for (const field of this.fields) field.addEventListener("focus", () => this.over(field));
    form.addEventListener("reset", () => this.draw());
    this.over(fixed ? this.fields.at(-1) : this.field);
    this.field = this.fields[0];
    this.draw();
  }

  option(key, work) {
    return h("button", { type: "button", class: "link pad-option", onclick: work }, t(key));
  }

  over(field) {
    this.field = field;
    if (!this.fixed || !this.element.isConnected) (field.closest(".field") ?? field).after(this.element);
  }

  mix(on) {
    this.mixed = on;
    choose("shuffle", on);
    this.draw();
    this.field.focus();
  }

  toSystem(on) {
    this.system = on;
    choose("system", on);
    this.draw();
    this.field.blur(); // the keyboard of the system comes with a new focus only
    this.field.focus();
  }

  draw() {
    for (const field of this.fields) field.inputMode = this.system ? "numeric" : "none";
    this.keys.hidden = this.system;
    this.mixer.hidden = this.system;
    this.mixer.setAttribute("aria-pressed", String(this.mixed));
    this.changer.textContent = t(this.system ? "js.pad_own" : "js.pad_system");
    const digits = this.mixed ? shuffled(DIGITS) : DIGITS;
    const keys = digits.map((digit) => this.key(String(digit), () => this.type(String(digit))));
    const back = this.key(icon("erase"), () => this.erase());
    back.setAttribute("aria-label", t("js.pad_erase"));
    this.keys.replaceChildren(...keys.slice(0, -1), h("span", {}), keys.at(-1), back);
  }

  key(face, work) {
    return h("button", { type: "button", class: "pad-key", onclick: work }, face);
  }

  /** Into the field as a keyboard would, so that whoever listens to it hears it. */
  put(text, from, to) {
    const { field } = this;
    if (field.value.length - (to - from) + text.length > field.maxLength) return;
    field.setRangeText(text, from, to, "end");
    feelKey();
    this.told.textContent = t("js.pad_typed", { count: field.value.length });
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  type(digit) {
    this.put(digit, this.field.selectionStart, this.field.selectionEnd);
  }

  erase() {
    const { selectionStart: from, selectionEnd: to } = this.field;
    if (to > 0) this.put("", from === to ? from - 1 : from, to);
  }
}

/** Give a form's fields with `data-pad` the pad, where a finger is the main pointer. fixed: it stays under the last of them. */
export function startPad(form, fixed = false) {
  if (matchMedia("(pointer: coarse)").matches) new Pad(form, fixed);
}
