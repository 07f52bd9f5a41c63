// What is shown of a filing: its state as a chip, its facts as a list.

import { h } from "../lib/dom.js";
import { chinaTime } from "../lib/time.js";
import { t } from "../lib/words.js";

const TONES = { waiting: "issued", reviewing: "issued", approved: "collected", rejected: "declined", over: "cancelled" };
const stateOf = (filing) => (filing.state === "approved" && filing.over ? "over" : filing.state);

/** The state, coloured. */
export function chip(filing) {
  const state = stateOf(filing);
  return h("span", { class: TONES[state] ? `chip chip-${TONES[state]}` : "chip" }, t(`filing.state_${state}`));
}

/** A row of a list of facts; none where there is nothing to say. */
export const fact = (key, words) => (words ? h("div", {}, h("dt", {}, t(key)), h("dd", {}, words)) : null);

export const at = (iso) => (iso ? chinaTime(iso) : "");

/** The reasons why it is to be updated, as one text. */
export const why = (filing) => filing.update_due.map((each) => t(`filing.due_${each}`)).join(t("filing.and"));
