// One card of the conversation: the assistant's on the left, what the person typed on the right.

import { post } from "../lib/api.js";
import { busy, h, icon, safeLink } from "../lib/dom.js";
import { note } from "../lib/overlay.js";
import { t } from "../lib/words.js";

const LINES_UNFOLDED = 10; // a grant with every limit has as many

function actionRow(action, changed) {
  const parts = [h("span", { class: "row-main" }, action.label), icon("on")];
  if (action.href) return h("a", { class: "row", href: safeLink(action.href) }, parts);
  const button = h("button", { type: "button", class: "row" }, parts);
  button.addEventListener("click", () =>
    busy(button, async () => {
      try {
        const done = await post(action.post.replace(/^\/api/, ""));
        if (done.download_url) location.assign(safeLink(done.download_url));
        await changed();
      } catch (error) {
        note(error.text ?? String(error));
      }
    }));
  return button;
}

function bubble(card) {
  const words = [card.title, ...(card.lines ?? [])].filter(Boolean).join("\n");
  return h("div", { class: "bubble" }, words);
}

// A time with its offset is not broken at the end of a line.
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? \+08:00/g;
const whole = (line) => line.replace(TIME, (time) => time.replaceAll(" ", "\u00a0"));

const row = (line) => h("p", { class: "card-line" }, whole(line));

/** The lines; a list too long to read (ten certificates) is folded, its last line, the advice, is not. */
function linesOf(lines) {
  if (lines.length <= LINES_UNFOLDED) return lines.map(row);
  const folded = lines.slice(0, -1);
  return [
    h("details", { class: "card-more" }, h("summary", {}, t("thread.more", { count: folded.length })), folded.map(row)),
    row(lines.at(-1)),
  ];
}

function panel(card, changed) {
  const actions = card.actions ?? [];
  return h("article", { class: "card" },
    h("div", { class: "card-body" },
      h("h2", { class: "card-title" }, card.title),
      card.image_url ? h("img", { class: "card-image", src: safeLink(card.image_url), alt: "", loading: "lazy" }) : null,
      linesOf(card.lines ?? [])),
    actions.length ? h("div", { class: "card-actions" }, actions.map((action) => actionRow(action, changed))) : null);
}

/** The list item of a card; `changed` is called after one of its buttons did something. */
export function cardItem(card, changed = () => {}) {
  const body = card.mine ? bubble(card) : panel(card, changed);
  return h("li", { class: card.mine ? "said said-mine" : "said", "data-card": card.id },
    h("time", { class: "said-at" }, card.at_text), body);
}
