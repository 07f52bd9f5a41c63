// A printed document: its access code opens pictures of the sealed pages; a party may close them.

import { post } from "../lib/api.js";
import { $, h } from "../lib/dom.js";
import { gliding } from "../lib/feel.js";
import { clearWhenTyped, fieldError } from "../lib/forms.js";
import { note } from "../lib/overlay.js";
import { pictureWidth } from "../lib/widths.js";
import { data, t } from "../lib/words.js";

function show(pages) {
  const place = $("printed-pages");
  const width = pictureWidth(place.parentElement.clientWidth);
  const address = (page) => `/api/codes/${encodeURIComponent(data.code)}/printed/pages/${page}.png?w=${width}`;
  place.replaceChildren(...Array.from({ length: pages }, (_, page) => {
    const name = t("record.printed_page", { number: page + 1, count: pages });
    return h("figure", { class: "page" }, h("figcaption", {}, name), h("img", { src: address(page), alt: name, loading: "lazy" }));
  }));
  place.hidden = false;
  place.scrollIntoView({ block: "start", behavior: gliding() });
}

async function open(event) {
  event.preventDefault();
  const form = event.target;
  try {
    show((await post(`/codes/${encodeURIComponent(data.code)}/printed`, { access: $("access").value }, { login: false })).pages);
  } catch (error) {
    fieldError(form, "access", error.text ?? String(error));
  }
}

async function switchPrinted({ target }) {
  try {
    await post(`/documents/${target.dataset.printed}/printed`, { on: target.checked });
  } catch (error) {
    target.checked = !target.checked;
    note(error.text ?? String(error));
  }
}

export function startPrinted() {
  const form = $("printed-form");
  form?.addEventListener("submit", open);
  if (form) clearWhenTyped(form);
  document.querySelectorAll("[data-printed]").forEach((box) => box.addEventListener("change", switchPrinted));
}
