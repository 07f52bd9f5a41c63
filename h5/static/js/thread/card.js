// One card of the conversation: the assistant's on the left, what the person typed on the right.

import { post } from "../lib/api.js";
import { busy, h, icon, safeLink } from "../lib/dom.js";
import { note, pick } from "../lib/overlay.js";
import { t } from "../lib/words.js";
import { split } from "./days.js";
import { picture } from "./picture.js";

const LINES_UNFOLDED = 10; // a grant with every limit has as many

const parts = (action) => [h("span", { class: "row-main" }, action.label), icon("on")];

/** A button of a card. told: {changed: after it did something, say: to say words into the conversation}. */
function actionRow(action, told) {
  if (action.href) return h("a", { class: "row", href: safeLink(action.href) }, parts(action));
  const button = h("button", { type: "button", class: "row" }, parts(action));
  const act = action.say ? () => told.say(action.say) : () => press(action, told);
  button.addEventListener("click", () => busy(button, act));
  return button;
}

async function press(action, told) {
  const sure = { label: action.label, detail: action.what, value: true };
  if (action.sure && !await pick(action.sure, [sure])) return;
  try {
    const done = await post(action.post.replace(/^\/api/, ""));
    if (done.download_url) location.assign(safeLink(done.download_url));
    await told.changed();
  } catch (error) {
    note(error.text ?? String(error));
  }
}

function bubble(card) {
  const words = [card.title, ...(card.lines ?? [])].filter(Boolean).join("\n");
  return h("div", { class: "bubble" }, words);
}

const TIME = /(\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? \+08:00)/;

/** A time with its offset is not broken at the end of a line. */
const whole = (line) => line.split(TIME).map((part, at) => (at % 2 ? h("span", { class: "card-time" }, part) : part));

/** A line; the one that says how it stands now carries its colour. */
function lineOf(line, state) {
  if (line !== state?.line) return h("p", { class: "card-line" }, whole(line));
  return h("p", { class: `card-line card-state tone-${state.tone}` }, whole(line));
}

/** The lines; a list too long to read (ten certificates) is folded, its last line, the advice, is not. */
function linesOf({ lines, state }) {
  const row = (line) => lineOf(line, state);
  if (lines.length <= LINES_UNFOLDED) return lines.map(row);
  const folded = lines.slice(0, -1);
  return [
    h("details", { class: "card-more" }, h("summary", {}, t("thread.more", { count: folded.length })), folded.map(row)),
    row(lines.at(-1)),
  ];
}

function bodyOf(card) {
  const title = h("h3", { class: "card-title" }, card.title);
  const pictures = card.pictures.map(picture);
  const one = pictures.length === 1;
  return h("div", { class: one ? "card-body card-pictured" : "card-body" },
    h("div", { class: "card-words" }, title, linesOf(card)),
    pictures.length ? h("div", { class: one ? "card-picture" : "card-pictures" }, pictures) : null);
}

function panel(card, told) {
  const actions = card.actions ?? [];
  return h("article", { class: card.brief ? "card card-brief" : "card" },
    bodyOf(card),
    actions.length ? h("div", { class: "card-actions" }, actions.map((action) => actionRow(action, told))) : null);
}

/** Somebody else who did it: masked, with the first character of the name. */
function byLine({ name, initial, hue }) {
  return h("p", { class: "said-by" },
    h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, initial), h("span", {}, name));
}

const NOTHING = { changed: () => {}, say: () => {} };

/** The list item of a card. */
export function cardItem(card, told = NOTHING) {
  const body = card.mine ? bubble(card) : panel(card, told);
  return h("li", { class: card.mine ? "said said-mine" : "said", "data-card": card.id, "data-at": card.at_text },
    h("time", { class: "said-at", title: card.at_text }, split(card.at_text).time),
    card.by && !card.mine ? byLine(card.by) : null, body);
}
