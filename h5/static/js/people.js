// The people of a company: who they are, inviting one more, removing one.

import { get, post } from "./lib/api.js";
import { $, busy, fill, h, say } from "./lib/dom.js";
import { orderButton } from "./lib/orders.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { note, openDrawer } from "./lib/overlay.js";
import { chinaTime } from "./lib/time.js";
import { data, t } from "./lib/words.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const NEEDED = ["name", "id_number", "mobile"];
const form = $("form");
const isAgent = () => form.elements.role.value === "agent";
const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));
const managerChoice = form.querySelector("[name=role][value=manager]");
let leaving = null;
let mayManageManagers = false;

const mattersOf = (member) => (member.matters ?? []).map((name) => t(`people.matter_${name}`)).join(t("people.comma"));

function item(member) {
  const chip = member.state === "active" ? "chip chip-collected" : "chip chip-issued";
  const facts = [fact("people.mobile", member.mobile_masked)];
  if (member.role === "agent") facts.push(fact("people.matters", mattersOf(member) || t("people.all")));
  if (member.ends_at) facts.push(fact(member.state === "active" ? "people.ends" : "people.invitation_ends", chinaTime(member.ends_at)));
  const button = h("button", { type: "button", class: "button" }, t("people.remove"));
  button.addEventListener("click", () => askRemoval(member));
  return h("li", {},
    h("h2", {}, `${member.name_masked} · ${t(`people.role_${member.role}`)}`, h("span", { class: chip }, t(`people.state_${member.state}`))),
    h("dl", { class: "facts" }, facts),
    h("div", { class: "actions" },
      member.state === "active" ? mandateButton(member) : null,
      member.role === "agent" || mayManageManagers ? button : null));
}

/** The authorisation of this member as a paper, with what he may do now. */
const mandateButton = (member) =>
  orderButton(t("people.mandate"), `${COMPANY}/forms/mandate`, { member: member.id }, { kind: "button button-quiet" });

async function show() {
  const { members, managers_left: left } = await get(`${COMPANY}/members`);
  fill($("people"), members.map(item));
  $("nobody").hidden = members.length > 0;
  managerChoice.closest("label").hidden = !mayManageManagers || left < 1;
}

function askRemoval(member) {
  leaving = member;
  $("remove-title").textContent = t("people.remove_title", { name: member.name_masked });
  return openDrawer($("remove-drawer"));
}

async function remove() {
  $("remove-drawer").close();
  await post(`/members/${encodeURIComponent(leaving.id)}/remove`);
  note(t("people.removed"));
  await show();
}

function showFields() {
  $("agent-only").hidden = !isAgent();
  $("matters").hidden = form.elements.full.value === "1";
}

const ticked = () => [...form.querySelectorAll("[name=matters]:checked")].map((box) => box.value);

function wanted() {
  const some = isAgent() && form.elements.full.value !== "1";
  const body = { role: form.elements.role.value, matters: some ? ticked() : [] };
  for (const name of NEEDED) {
    body[name] = $(name).value.trim();
    if (!body[name]) fieldError(form, name, t("people.missing"));
  }
  if (some && !body.matters.length) fieldError(form, "matters", t("people.missing"));
  if (isAgent()) body.days = Number($("days").value) || 0;
  return form.querySelector(".field-error:not(:empty)") ? null : body;
}

async function invite() {
  clearErrors(form);
  say($("problem"), "");
  const body = wanted();
  if (!body) return goToFirstError(form);
  try {
    await post(`${COMPANY}/invitations`, body);
    form.reset();
    showFields();
    note(t("people.sent"));
    return await show();
  } catch (error) {
    for (const each of error.all ?? [error]) {
      if (!fieldError(form, each.field, each.text)) say($("problem"), each.text ?? String(each));
    }
    return goToFirstError(form);
  }
}

const problem = (error) => say($("problem"), error.text ?? String(error));

async function start() {
  const company = await get(COMPANY);
  $("company-name").textContent = company.name;
  mayManageManagers = company.may.includes("manage_managers");
  form.hidden = !company.may.includes("manage_agents");
  await show();
}

form.addEventListener("change", showFields);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), invite);
});
$("remove-yes").addEventListener("click", () => busy($("remove-yes"), remove).catch(problem));
$("remove-no").addEventListener("click", () => $("remove-drawer").close());
clearWhenTyped(form);
start().catch(problem);
