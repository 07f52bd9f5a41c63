// Grants of a company's seals: the list under each seal, the drawer to draft one, revoking in one tap.

import { get, post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "../lib/forms.js";
import { money } from "../lib/money.js";
import { note, openDrawer, pick } from "../lib/overlay.js";
import { chinaTime } from "../lib/time.js";
import { t } from "../lib/words.js";
import { toSecond } from "../confirming/proof.js";
import { leaveConfirm, toConfirm } from "./drawer.js";
import { ruleOf, startRules } from "./rules.js";

const form = $("grant-form");
let seal = null;
let changed = () => {};

function line(grant, mayRevoke) {
  const role = t(`grants.role_${grant.role}`);
  const uses = grant.scope.uses;
  const facts = [
    t("grants.until", { role, time: chinaTime(grant.ends_at) }),
    uses === null ? "" : t("grants.used", { taken: grant.uses_taken, uses }),
  ].filter(Boolean);
  const button = h("button", { type: "button", class: "link" }, t("grants.revoke"));
  button.addEventListener("click", () => busy(button, async () => {
    const sure = { label: t("grants.revoke"), detail: t("grants.revoke_acts"), value: true };
    if (!await pick(t("grants.revoke_sure", { name: grant.grantee_masked }), [sure])) return;
    try {
      await post(`/grants/${encodeURIComponent(grant.id)}/revoke`);
      note(t("grants.revoked"));
      await changed();
    } catch (error) {
      note(error.text ?? String(error));
    }
  }));
  return h("li", {},
    h("p", {}, h("span", { translate: "no" }, grant.grantee_masked), " ",
      h("span", { class: grant.state === "active" ? "chip chip-collected" : "chip chip-issued" }, t(`grants.state_${grant.state}`))),
    facts.map((words) => h("p", { class: "fine" }, words)),
    mayRevoke || grant.mine ? button : null);
}

/** What stands under a seal: its grants, and the button to make one. */
export function grantsOf(one, grants) {
  const may = one.may.includes("grant_seal");
  const own = grants.filter((grant) => grant.seal_id === one.id);
  const open = h("button", { type: "button", class: "link" }, t("grants.open"));
  open.addEventListener("click", () => openForm(one));
  if (!own.length && !(may && one.state === "collected")) return null;
  return h("div", { class: "seal-grants" },
    own.length ? h("ul", { "aria-label": t("grants.list") }, own.map((grant) => line(grant, may))) : null,
    may && one.state === "collected" ? h("div", { class: "seal-links" }, open, ruleOf(one)) : null);
}

function openForm(one) {
  seal = one;
  form.reset();
  $("grant-title").textContent = t("grants.title", { name: one.name });
  toForm();
  return openDrawer($("grant-drawer"));
}

/** Back to what is wanted; problem: why it was not granted. */
function toForm(problem = "") {
  clearErrors(form);
  leaveConfirm();
  $("rule-form").hidden = true;
  form.hidden = false;
  say($("grant-problem"), problem);
}

const lines = (text) => text.split("\n").map((each) => each.trim()).filter(Boolean);

function wanted() {
  const uses = $("uses").value.trim();
  return {
    member: $("member").value,
    role: form.elements.role.value,
    days: Number($("days").value) || 0,
    kinds: [...form.querySelectorAll("[name=kinds]:checked")].map((box) => box.value),
    amount: $("amount").value.trim() || null,
    counterparties: lines($("counterparties").value),
    uses: uses ? Number(uses) : null,
  };
}

/** What the device signs of a draft; the sealer builds the same from the grant that it is about to sign. */
const granted = ({ grant, member, identity, expires_at: expires }) => ({
  purpose: "grant",
  grant: grant.id,
  seal: grant.seal_id,
  member,
  identity,
  role: grant.role,
  kinds: JSON.stringify(grant.scope.kinds),
  amount: grant.scope.amount ?? "",
  counterparties: JSON.stringify(grant.scope.counterparties),
  uses: grant.scope.uses === null ? "" : String(grant.scope.uses),
  ends: toSecond(grant.ends_at),
  expires: toSecond(expires),
});

const kindName = (name) => form.querySelector(`[name=kinds][value="${CSS.escape(name)}"]`).parentElement.textContent.trim();

/** What was drafted, as the server has it. */
function facts({ grantee_masked: who, seal_name: name, role, ends_at: ends, scope }) {
  const limits = [
    ["grants.kinds", scope.kinds.map(kindName).join(" · ")],
    ["grants.amount", money(scope.amount)],
    ["grants.counterparties", scope.counterparties.join(" · ")],
    ["grants.uses", scope.uses],
  ].filter(([, words]) => words !== null && words !== "");
  return [
    ["grants.seal", name],
    ["grants.member", who],
    ["grants.until_short", t("grants.until", { role: t(`grants.role_${role}`), time: chinaTime(ends) })],
    ...(limits.length ? limits : [["grants.limits", t("grants.no_limits")]]),
  ];
}

async function next() {
  clearErrors(form);
  say($("grant-problem"), "");
  try {
    const draft = await post(`/seals/${encodeURIComponent(seal.id)}/grants`, wanted());
    await toConfirm({
      path: `/grants/${encodeURIComponent(draft.grant.id)}`,
      values: granted(draft),
      facts: facts(draft.grant),
      words: { title: "grants.confirm_title", send: "grants.send", made: "grants.made", over: "grants.draft_over" },
      back: toForm,
      done: async () => {
        form.reset();
        await changed();
      },
    });
    form.hidden = true;
  } catch (error) {
    if (!fieldError(form, error.field, error.text)) say($("grant-problem"), error.text ?? String(error));
    goToFirstError(form);
  }
}

/** Prepare the form for a company; `again` is called after each change. */
export async function startGrants(company, again) {
  startRules(again);
  changed = again;
  const members = company.may.includes("manage_agents")
    ? (await get(`/companies/${encodeURIComponent(company.id)}/members`)).members.filter((member) => member.state === "active")
    : [];
  $("member").replaceChildren(...members.map((member) => new Option(`${member.name_masked} ${member.mobile_masked} · ${t(`people.role_${member.role}`)}`, member.id)));
  $("grant-nobody").hidden = members.length > 0;
  $("grant-next").disabled = members.length === 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("grant-next"), next);
});
$("grant-close").addEventListener("click", () => $("grant-drawer").close());
clearWhenTyped(form);
