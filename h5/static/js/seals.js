// The seals of a company: one tap freezes one, an identity check un-freezes it; and to whom each is granted.

import { get, post } from "./lib/api.js";
import { $, busy, h, safeLink, say } from "./lib/dom.js";
import { note } from "./lib/overlay.js";
import { chooseWay } from "./lib/ways.js";
import { data, t } from "./lib/words.js";
import { grantsOf, startGrants } from "./company/grants.js";
import { sealItem } from "./company/imprint.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;

const button = (key, work) => {
  const made = h("button", { type: "button", class: "button" }, t(key));
  made.addEventListener("click", () => busy(made, work).catch((error) => say($("problem"), error.text ?? String(error))));
  return made;
};

async function freeze(seal) {
  await post(`/seals/${encodeURIComponent(seal.id)}/freeze`);
  note(t("seals.frozen"));
  await show();
}

async function unfreeze(seal) {
  const way = await chooseWay();
  if (way) location.assign(safeLink((await post("/identity-checks", { purpose: "unfreeze", subject: seal.id, way })).url));
}

/** What the reader can do with a seal in its state. */
function acts(seal) {
  const may = (act) => seal.may.includes(act);
  if (seal.state === "collected" && may("freeze_seal")) return [button("seals.freeze", () => freeze(seal))];
  if (seal.state === "frozen" && may("unfreeze_seal")) return [h("p", { class: "fine" }, t("seals.unfreeze_note")), button("seals.unfreeze", () => unfreeze(seal))];
  return [];
}

function item(seal, grants) {
  const made = sealItem(seal);
  const granted = grantsOf(seal, grants);
  if (granted) made.append(granted);
  made.append(h("div", { class: "seal-acts" }, acts(seal)));
  return made;
}

async function show() {
  const [company, { grants }] = [await get(COMPANY), await get(`${COMPANY}/grants`)];
  const may = (act) => company.may.includes(act);
  $("company-name").textContent = company.name;
  $("company-uscc").textContent = company.uscc;
  $("uncollected").hidden = !(may("collect") && company.seals.some((seal) => seal.state === "issued"));
  $("add-seal").hidden = !may("add_seal");
  $("to-people").hidden = !may("manage_agents");
  $("seals").replaceChildren(...company.seals.map((seal) => item(seal, grants)));
  say($("problem"), "");
  return company;
}

show().then((company) => startGrants(company, show)).catch((error) => say($("problem"), error.text ?? String(error)));
