// A print of the licence for one purpose and time: ordered in a drawer, then fetched.

import { post } from "../lib/api.js";
import { $, busy, say } from "../lib/dom.js";
import { download } from "../lib/download.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "../lib/forms.js";
import { note, openDrawer } from "../lib/overlay.js";
import { t } from "../lib/words.js";

/** path: of the company, in the API. */
export function startPrints(path) {
  const form = $("print-form");
  const drawer = $("print-drawer");

  async function order() {
    clearErrors(form);
    say($("print-state"), t("orders.making"));
    try {
      const paper = await post(`${path}/licence-prints`, { purpose: $("purpose").value, days: Number($("days").value) });
      await download(`/papers/${encodeURIComponent(paper.id)}/exports/pdf`);
      drawer.close();
      note(t("print.made"));
    } catch (error) {
      for (const each of error.all ?? [error]) {
        if (!fieldError(form, each.field, each.text)) say($("print-error"), each.text ?? String(each));
      }
      goToFirstError(form);
    }
    say($("print-state"), "");
  }

  const open = () => openDrawer(drawer);
  $("print").addEventListener("click", open);
  $("print-no").addEventListener("click", () => drawer.close());
  for (const common of form.querySelectorAll("[data-purpose]")) {
    common.addEventListener("click", () => {
      $("purpose").value = common.dataset.purpose;
      $("purpose").dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("[type=submit]"), order);
  });
  clearWhenTyped(form);
  return open;
}
