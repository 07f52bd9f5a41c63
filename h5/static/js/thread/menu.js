// The menu bar: three buttons with lists above them; and the way to a company's own pages.

import { companyFor } from "../lib/companies.js";
import { note } from "../lib/overlay.js";

const buttons = [...document.querySelectorAll(".menu-button")];
const listOf = (button) => document.getElementById(button.getAttribute("aria-controls"));

/** What the open list lies upon cannot be pressed meanwhile: a press beside the list closes it, and no more. */
const under = ["quick", "composer"].map((id) => document.getElementById(id));

function setOpen(button, open) {
  button.setAttribute("aria-expanded", String(open));
  listOf(button).hidden = !open;
  for (const one of under) one.inert = open;
}

const closeAll = () => buttons.forEach((button) => setOpen(button, false));

/** Open a page of the company whose thread is open, or of the one there is; else ask which. */
async function goToCompany(page, act, current) {
  const chosen = await companyFor(act, current);
  if (chosen) location.assign(`/m/${page}/${encodeURIComponent(chosen)}`);
}

function onKey(event) {
  const open = buttons.find((button) => button.getAttribute("aria-expanded") === "true");
  if (!open) return;
  const items = [...listOf(open).querySelectorAll("a")];
  const place = items.indexOf(document.activeElement);
  if (event.key === "Escape") {
    closeAll();
    open.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(place + step + items.length) % items.length].focus();
  }
}

/** current: tells whose thread is open. */
export function startMenu(current) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      closeAll();
      setOpen(button, open);
    });
  }
  for (const link of document.querySelectorAll("[data-go]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      closeAll();
      goToCompany(link.dataset.go, link.dataset.act, current()).catch((error) => note(error.text));
    });
  }
  document.addEventListener("click", (event) => event.target.closest(".menu-group") || closeAll());
  document.addEventListener("keydown", onKey);
}
