// Errors beside the fields they belong to.

import { say } from "./dom.js";
import { gliding } from "./feel.js";

const slot = (form, name) => form.querySelector(`#${CSS.escape(name)}-error`);

/** Show the words under a field and mark it; false when the form has no such field. */
export function fieldError(form, name, words) {
  const place = name ? slot(form, name) : null;
  if (!place) return false;
  say(place, words);
  form.querySelector(`#${CSS.escape(name)}`)?.setAttribute("aria-invalid", "true");
  return true;
}

export function clearErrors(form) {
  for (const place of form.querySelectorAll(".field-error")) say(place, "");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Bring the first marked field into view and focus it. */
export function goToFirstError(form) {
  const first = form.querySelector("[aria-invalid]");
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "center", behavior: gliding() });
}

/** Take an error away as soon as its field is touched. */
export function clearWhenTyped(form) {
  form.addEventListener("input", (event) => {
    const field = event.target;
    field.removeAttribute("aria-invalid");
    const place = field.id ? slot(form, field.id) : null;
    if (place) say(place, "");
  });
}
