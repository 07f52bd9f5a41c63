// The life of a seal: suspended in one tap; resumed, renewed, cancelled, lost, damaged with the PIN. Drafted here, confirmed in the drawer.

import { post } from "../lib/api.js";
import { $, busy, h, safeLink } from "../lib/dom.js";
import { note, openDrawer, pick } from "../lib/overlay.js";
import { chinaTime } from "../lib/time.js";
import { chooseWay } from "../lib/ways.js";
import { t } from "../lib/words.js";
import { toSecond } from "../confirming/proof.js";
import { leaveConfirm, toConfirm } from "./drawer.js";

const MORE = ["renew", "cancel", "loss", "damage"];
let changed = () => {};

/** again: called after each change. */
export function startLife(again) {
  changed = again;
}

const button = (key, work, kind = "button") => {
  const made = h("button", { type: "button", class: kind }, t(key));
  made.addEventListener("click", () => busy(made, work).catch((error) => note(error.text ?? String(error))));
  return made;
};

export async function suspend(seal) {
  await post(`/seals/${encodeURIComponent(seal.id)}/freeze`);
  note(t("seals.frozen"));
  await changed();
}

async function byCheck(seal) {
  const way = await chooseWay();
  if (way) location.assign(safeLink((await post("/identity-checks", { purpose: "unfreeze", subject: seal.id, way })).url));
}

/** What the device signs of a draft; the sealer builds the same from the row that it is about to act on. */
const signed = ({ id, seal_id: seal, change, found, generation, ask, letter, expires_at: expires }) => ({
  purpose: "seal_change",
  id,
  seal,
  change,
  found,
  generation: String(generation),
  ask,
  letter,
  expires: toSecond(expires),
});

/** What it will do, as the server has it. */
function facts(draft) {
  return [
    ["grants.seal", draft.seal_name],
    ["life.what", t(`life.${draft.change}`)],
    ["life.certificates", t(draft.revoked ? `life.revoked_${draft.revoked}` : "life.certificates_kept")],
    ...(draft.grants ? [["life.grants", draft.grants]] : []),
    ...(draft.signings ? [["life.signings", draft.signings]] : []),
    ...(draft.remade ? [["life.another", t("life.another_yes")]] : []),
  ];
}

/** Nothing was done; problem: why. */
function back(problem) {
  leaveConfirm();
  $("grant-drawer").close();
  if (problem) note(problem);
}

/** ask: the id of a member's request that it carries out. */
export async function confirmed(seal, change, ask = null) {
  const draft = await post(`/seals/${encodeURIComponent(seal.id)}/changes`, { change, ask });
  const alone = draft.unlicensed ? "life.unlicensed_note" : "life.photo_note";
  const none = ["loss", "damage"].includes(change) && !draft.remade;
  $("grant-form").hidden = true;
  $("rule-form").hidden = true;
  await toConfirm({
    path: `/seal-changes/${encodeURIComponent(draft.id)}`,
    values: signed(draft),
    facts: facts(draft),
    words: {
      title: "life.confirm_title",
      note: none ? alone : `life.${change}_note`,
      send: "life.send",
      made: "life.done",
      over: "life.draft_over",
    },
    back,
    done: changed,
  });
  openDrawer($("grant-drawer"));
  $("pin").focus();
}

async function choose(seal, changes) {
  const choices = changes.map((each) => ({ label: t(`life.${each}`), detail: t(`life.${each}_short`), value: each }));
  const change = await pick(t("life.choose", { name: seal.name }), choices);
  if (change) await confirmed(seal, change);
}

/** What the reader can do with a seal now; the server says which. */
export function actsOf(seal) {
  const can = (change) => seal.changes.includes(change);
  const more = MORE.filter(can);
  return [
    can("suspend") ? button("seals.freeze", () => suspend(seal)) : null,
    can("resume") ? button("life.resume", () => confirmed(seal, "resume")) : null,
    can("resume") ? button("life.no_pin", () => byCheck(seal), "link") : null,
    more.length === 1 ? button(`life.${more[0]}`, () => confirmed(seal, more[0]), "link") : null,
    more.length > 1 ? button("life.more", () => choose(seal, more), "link") : null,
  ].filter(Boolean);
}

/** What there is to know of its life: until when, since when, why. */
export function factsOf(seal) {
  const lines = [];
  if (seal.valid_until && seal.state !== "cancelled") lines.push(`${t("life.valid_until")} ${chinaTime(seal.valid_until)}`);
  if (seal.changes.includes("renew")) lines.push(t(Date.parse(seal.valid_until) < Date.now() ? "life.expired" : "life.due"));
  if (["frozen", "cancelled"].includes(seal.state) && seal.state_since) lines.push(`${t(`life.since_${seal.state}`)} ${chinaTime(seal.state_since)}`);
  if (seal.ended_for) lines.push(t(`life.for_${seal.ended_for}`));
  return lines.map((words) => h("p", { class: "fine tabular" }, words));
}
