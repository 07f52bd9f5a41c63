// A piece of guidance with its answer.

import { h } from "../lib/dom.js";
import { chinaTime } from "../lib/time.js";
import { t } from "../lib/words.js";

/** more: what stands below it, as a form to answer; or null. */
export function guidanceItem(one, more) {
  const waits = one.overdue ? t("desk.super_late") : t("desk.super_unanswered", { time: chinaTime(one.due_at) });
  return h("li", { class: "service-item" },
    h("p", {}, h("b", {}, t(`desk.super_${one.authority}`)), " → ", t(`desk.super_${one.addressee}`)),
    h("p", { class: "service-text" }, one.text),
    h("p", { class: "fine" }, chinaTime(one.at)),
    one.answer ? h("p", { class: "service-answer" }, one.answer) : h("p", { class: "fine" }, waits),
    more);
}
