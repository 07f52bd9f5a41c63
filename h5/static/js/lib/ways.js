// How an identity check is made: by face, by bank card or at a counter; what is agreed to differs.

import { $ } from "./dom.js";
import { openDrawer } from "./overlay.js";

const drawer = $("way-drawer");
const form = $("way-form");

function showConsent() {
  for (const words of form.querySelectorAll("[data-consent]")) words.hidden = words.dataset.consent !== form.elements.way.value;
}

/** Let the person choose a way and agree to it; null where he does not. */
export async function chooseWay() {
  form.reset();
  showConsent();
  drawer.returnValue = "";
  return (await openDrawer(drawer)) === "go" ? form.elements.way.value : null;
}

form.addEventListener("change", showConsent);
