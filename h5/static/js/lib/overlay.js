// Drawers (native dialogs that come from below on a phone) and short notes.

import { $, h } from "./dom.js";

/** Open a dialog; a tap beside it closes it. Returns a promise of its return value. */
export function openDrawer(dialog) {
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

function isBeside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top;
  return !(inside && event.clientY <= box.bottom);
}

document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && dialog.open && isBeside(dialog, event)) dialog.close("");
});

let timer = null;

/** A note that goes away by itself; read out by screen readers. */
export function note(words) {
  const place = $("note") ?? document.body.appendChild(h("p", { id: "note", class: "note", role: "status" }));
  place.textContent = words;
  place.classList.add("note-on");
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove("note-on"), 4000);
}

/** Let a person choose one of several: [{label, detail, value}]; null when closed without a choice. */
export async function pick(title, choices) {
  const dialog = h("dialog", { class: "drawer", "aria-label": title });
  const list = choices.map((choice, place) =>
    h("button", { type: "button", class: "row", onclick: () => dialog.close(String(place)) },
      h("span", { class: "row-main" }, choice.label), h("span", { class: "fine" }, choice.detail)));
  dialog.append(h("h2", {}, title), ...list);
  document.body.append(dialog);
  const answer = await openDrawer(dialog);
  dialog.remove();
  return answer === "" ? null : choices[Number(answer)].value;
}
