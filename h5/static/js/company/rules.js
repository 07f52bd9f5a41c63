// The approval rule of a seal: which documents need an approval, and whose; drafted here, confirmed in the same drawer.

import { get, post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "../lib/forms.js";
import { money } from "../lib/money.js";
import { note, openDrawer } from "../lib/overlay.js";
import { t } from "../lib/words.js";
import { toSecond } from "../confirming/proof.js";
import { leaveConfirm, toConfirm } from "./drawer.js";

const form = $("rule-form");
const REPRESENTATIVE = "representative";
let seal = null;
let shown = async () => {};

/** again: shows the seals, among them whose use needs approvals. */
export function startRules(again) {
  shown = again;
}

/** The button to look at and change a seal's rule, for whoever may. */
export function ruleOf(one) {
  if (!one.may.includes("set_approval") || one.state !== "collected") return null;
  const open = h("button", { type: "button", class: "link" }, t("rule.open"));
  open.addEventListener("click", () => busy(open, () => openForm(one)).catch((error) => note(error.text ?? String(error))));
  return open;
}

/** People of one surname are told apart by their mobiles. */
const nameOf = ({ id, name_masked: name, mobile_masked: mobile }) => `${id === REPRESENTATIVE ? t("rule.approver_owner", { name }) : name} ${mobile}`;
const boxes = (name) => [...form.querySelectorAll(`[name=${name}]`)];

async function openForm(one) {
  seal = one;
  const rule = await get(`/seals/${encodeURIComponent(one.id)}/approval-rule`);
  form.reset();
  $("rule-title").textContent = t("rule.title", { name: one.name });
  const key = ({ id, identity }) => `${id}:${identity}`; // one human can be there twice, with two mobiles
  const named = new Set(rule.approvers.map(key));
  $("rule-approvers").replaceChildren(...rule.candidates.map((each) => h("label", { class: "choice" },
    h("input", { type: "checkbox", name: "rule-approver", value: each.id, checked: named.has(key(each)) }),
    h("span", { translate: "no" }, nameOf(each)))));
  const some = rule.amount !== null || rule.kinds.length > 0;
  form.elements["rule-when"].value = rule.approvers.length === 0 ? "off" : some ? "some" : "all";
  $("rule-amount").value = rule.amount ?? "";
  for (const box of boxes("rule-kind")) box.checked = rule.kinds.includes(box.value);
  $("rule-four_eyes").checked = rule.four_eyes;
  toForm();
  openDrawer($("grant-drawer"));
}

/** Back to what is wanted; problem: why nothing was set. */
function toForm(problem = "") {
  clearErrors(form);
  leaveConfirm();
  $("grant-form").hidden = true;
  form.hidden = false;
  say($("rule-problem"), problem);
  showParts();
}

function showParts() {
  const when = form.elements["rule-when"].value;
  $("rule-some").hidden = when !== "some";
  $("rule-who").hidden = when === "off";
}

function wanted() {
  const when = form.elements["rule-when"].value;
  if (when === "off") return { approvers: [] };
  const approvers = boxes("rule-approver").filter((box) => box.checked).map((box) => box.value);
  const some = when === "some";
  return {
    approvers,
    amount: some ? $("rule-amount").value.trim() || null : null,
    kinds: some ? boxes("rule-kind").filter((box) => box.checked).map((box) => box.value) : [],
    four_eyes: $("rule-four_eyes").checked,
  };
}

function missing(rule) {
  const when = form.elements["rule-when"].value;
  if (when === "some" && !rule.amount && !rule.kinds.length) return fieldError(form, "rule-amount", t("rule.some_missing"));
  if (when !== "off" && !rule.approvers.length) return fieldError(form, "rule-approvers", t("rule.approvers_missing"));
  return false;
}

/** What the device signs of a draft; the sealer builds the same from the rule that it is about to sign. */
const signed = ({ id, rule, expires_at: expires }) => ({
  purpose: "rule",
  rule: id,
  seal: rule.seal_id,
  version: String(rule.version),
  amount: rule.amount ?? "",
  kinds: JSON.stringify(rule.kinds),
  approvers: JSON.stringify(rule.approvers.map((each) => `${each.id}:${each.identity}`)),
  four_eyes: rule.four_eyes ? "yes" : "no",
  expires: toSecond(expires),
});

const kindName = (name) => boxes("rule-kind").find((box) => box.value === name).parentElement.textContent.trim();

/** What was drafted, as the server has it. */
function facts(rule) {
  const named = ["grants.seal", rule.seal_name];
  if (!rule.approvers.length) return [named, ["rule.asked", t("rule.off")]];
  const asked = [
    rule.amount === null ? "" : t("rule.amount_short", { amount: money(rule.amount) }),
    rule.kinds.length ? t("rule.kinds_short", { kinds: rule.kinds.map(kindName).join(" · ") }) : "",
  ].filter(Boolean);
  return [
    named,
    ["rule.asked", asked.join("；") || t("rule.all")],
    ["rule.by", rule.approvers.map(nameOf).join(" · ")],
    ["rule.own", t(rule.four_eyes ? "rule.own_asked" : "rule.own_free")],
  ];
}

async function next() {
  clearErrors(form);
  say($("rule-problem"), "");
  const rule = wanted();
  if (missing(rule)) return goToFirstError(form);
  try {
    const draft = await post(`/seals/${encodeURIComponent(seal.id)}/approval-rules`, rule);
    await toConfirm({
      path: `/approval-rules/${encodeURIComponent(draft.id)}`,
      values: signed(draft),
      facts: facts(draft.rule),
      words: { title: "rule.confirm_title", note: "rule.at_once", send: "rule.send", made: "rule.made", over: "rule.draft_over" },
      back: toForm,
      done: shown,
    });
    form.hidden = true;
  } catch (error) {
    if (!fieldError(form, `rule-${error.field}`, error.text)) say($("rule-problem"), error.text ?? String(error));
    form.querySelector(".field-error:not(:empty), .notice:not([hidden])")?.scrollIntoView({ block: "center" });
  }
  return undefined;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("rule-next"), next);
});
form.addEventListener("change", showParts);
$("rule-close").addEventListener("click", () => $("grant-drawer").close());
clearWhenTyped(form);
