// Which seal: the seals of the company whose document it is, the collected ones to choose from.

import { get } from "../lib/api.js";
import { $, h } from "../lib/dom.js";
import { t } from "../lib/words.js";
import { imprint, kindOf } from "../company/imprint.js";

function choice(seal, onChoose) {
  const usable = seal.state === "collected";
  const input = h("input", { type: "radio", name: "seal", value: seal.id, class: "sr-only", disabled: !usable });
  input.addEventListener("change", () => onChoose(seal));
  return h("label", { class: usable ? "seal-choice" : "seal-choice is-off" }, input,
    imprint(seal),
    h("span", { class: "seal-choice-name" }, kindOf(seal)),
    usable ? null : h("span", { class: "fine" }, t(`seals.state_${seal.state}`)));
}

function hint(company) {
  if (company.to_collect === 0) return [company.name];
  const link = h("a", { href: `/m/collect/${encodeURIComponent(company.id)}` }, t("seal.collect"));
  return [company.name, " · ", t("seal.uncollected"), " ", link];
}

/** Show a company's seals; `onChoose(seal)` hears the choice. Returns those that can be used. */
export async function showSeals(companyId, onChoose) {
  const company = await get(`/companies/${encodeURIComponent(companyId)}`);
  const given = company.seals.filter((seal) => !["held", "declined", "cancelled"].includes(seal.state));
  $("seal-choices").replaceChildren(...given.map((seal) => choice(seal, onChoose)));
  $("seal-hint").replaceChildren(...hint(company));
  return company.seals.filter((seal) => seal.state === "collected");
}
