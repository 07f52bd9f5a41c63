// What a member asks of a seal on his letter of authorisation, and what the representative does with it.

import { post } from "../lib/api.js";
import { busy, h } from "../lib/dom.js";
import { note, openDrawer, pick } from "../lib/overlay.js";
import { chinaTime } from "../lib/time.js";
import { t } from "../lib/words.js";
import { confirmed, suspend } from "./life.js";

const MAX_REASON = 200;
let changed = () => {};

/** again: called after each request and each answer. */
export function startAsks(again) {
  changed = again;
}

const what = (change) => t(`life.ask_${change}`);

const button = (key, work, kind = "button") => {
  const made = h("button", { type: "button", class: kind }, t(key));
  made.addEventListener("click", () => busy(made, work).catch((error) => note(error.text ?? String(error))));
  return made;
};

/** A drawer that wants a reason; send(reason) may refuse, which is said in it. Resolves when it is closed. */
async function reasoned(title, words, key, send) {
  const problem = h("p", { class: "field-error", role: "alert", id: "ask-error" });
  const field = h("input", { id: "ask-reason", type: "text", maxlength: MAX_REASON, autocomplete: "off", "aria-describedby": "ask-error" });
  const go = h("button", { type: "submit", class: "button button-main" }, t(key));
  const close = h("button", { type: "button", class: "button button-quiet" }, t("js.cancel"));
  const form = h("form", { class: "form", novalidate: true }, h("h2", {}, title), h("p", { class: "fine" }, words),
    h("div", { class: "field" }, h("label", { for: "ask-reason" }, t("life.ask_reason")), field, problem), go, close);
  const dialog = h("dialog", { class: "drawer", "aria-label": title }, form);
  close.addEventListener("click", () => dialog.close(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) {
      problem.textContent = t("life.ask_missing");
      field.focus();
      return;
    }
    busy(go, () => send(field.value)).then(() => dialog.close(""), (error) => {
      problem.textContent = error.text ?? String(error);
    });
  });
  document.body.append(dialog);
  await openDrawer(dialog);
  dialog.remove();
}

async function ask(seal) {
  const choices = seal.asks.map((each) => ({ label: what(each), detail: t("life.ask_short"), value: each }));
  const change = choices.length > 1 ? await pick(t("life.ask_choose", { name: seal.name }), choices) : choices[0].value;
  if (!change) return;
  await reasoned(t("life.ask_title", { what: what(change) }), t("life.ask_note"), "life.ask_send", async (reason) => {
    await post(`/seals/${encodeURIComponent(seal.id)}/asks`, { change, reason });
    note(t("life.ask_sent"));
    await changed();
  });
}

const decline = (each) =>
  reasoned(t("life.ask_decline_title", { what: what(each.change) }), t("life.ask_decline_note"), "life.ask_decline", async (reason) => {
    await post(`/seal-asks/${encodeURIComponent(each.id)}/decline`, { reason });
    note(t("life.ask_declined"));
    await changed();
  });

/** Suspending needs no PIN, whoever wants it; all else is confirmed as any change, bound to this request. */
const agree = (seal, each) => (each.change === "suspend" ? suspend(seal) : confirmed(seal, each.change, each.id));

function waiting(seal, each, decides) {
  const said = decides ? t("life.ask_by", { who: each.who, what: what(each.change) }) : t("life.ask_mine", { what: what(each.change) });
  return h("div", { class: "notice seal-ask" },
    h("p", {}, said),
    h("p", { class: "fine" }, t("life.ask_why", { reason: each.reason })),
    h("p", { class: "fine" }, t("life.ask_letter", { number: each.letter_number })),
    decides ? h("p", { class: "fine tabular" }, t("life.ask_until", { time: chinaTime(each.ends_at) })) : null,
    decides ? h("div", { class: "actions" }, button("life.ask_agree", () => agree(seal, each)), button("life.ask_decline", () => decline(each), "button button-quiet")) : null);
}

/** What waits for this seal, and the button to ask, for whom it is. */
export function asksOf(seal, asks, decides) {
  const open = asks.filter((each) => each.seal_id === seal.id && each.state === "waiting");
  return [
    ...open.map((each) => waiting(seal, each, decides)),
    seal.asks.length ? button("life.ask", () => ask(seal)) : null,
  ].filter(Boolean);
}
