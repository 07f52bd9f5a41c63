// Which seal: the seals of the company whose document it is, the collected ones to choose from.

import { get } from "../lib/api.js";
import { $, h } from "../lib/dom.js";
import { lasting } from "../lib/kept.js";
import { t } from "../lib/words.js";
import { imprint, kindOf } from "../company/imprint.js";

function choice(seal, onChoose) {
  const usable = seal.state === "collected";
  const input = h("input", { type: "radio", name: "seal", value: seal.id, class: "sr-only", disabled: !usable });
  input.addEventListener("change", () => onChoose(seal));
  return h("label", { class: usable ? "seal-choice" : "seal-choice is-off" }, input,
    imprint(seal),
    h("span", { class: "seal-choice-name" }, kindOf(seal)),
    seal.approval ? h("span", { class: "fine" }, t(`seals.approval_${seal.approval}`)) : null,
    usable ? null : h("span", { class: "fine" }, t(`seals.state_${seal.state}`)));
}

const KEPT = "ezhang.seal."; // which seal this browser last asked for

export const remember = (companyId, sealId) => lasting.set(KEPT + companyId, sealId);

function hint(company) {
  if (company.to_collect === 0) return [company.name];
  const link = h("a", { href: `/m/collect/${encodeURIComponent(company.id)}` }, t("seal.collect"));
  return [company.name, " · ", t("seal.uncollected"), " ", link];
}

/** Show a company's seals; `onChoose(seal)` hears the choice, the first of which is made here: the seal used last, else one that is theirs to confirm. */
export async function showSeals(companyId, onChoose) {
  const company = await get(`/companies/${encodeURIComponent(companyId)}`);
  const given = company.seals.filter((seal) => !["held", "declined", "cancelled"].includes(seal.state));
  $("seal-choices").replaceChildren(...given.map((seal) => choice(seal, onChoose)));
  $("seal-hint").replaceChildren(...hint(company));
  const usable = company.seals.filter((seal) => seal.state === "collected");
  const first = usable.find((seal) => seal.id === lasting.get(KEPT + companyId)) ?? usable.find((seal) => seal.may.includes("confirm_signing")) ?? usable[0];
  if (first) document.querySelector(`input[value="${CSS.escape(first.id)}"]`).click();
}
