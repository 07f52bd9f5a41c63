// The seals of a company: what happens to each, to whom each is granted, and its approval rule.

import { get } from "./lib/api.js";
import { $, fill, h, say } from "./lib/dom.js";
import { data } from "./lib/words.js";
import { grantsOf, startGrants } from "./company/grants.js";
import { sealItem } from "./company/imprint.js";
import { actsOf, factsOf, startLife } from "./company/life.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;

function item(seal, grants) {
  const made = sealItem(seal, factsOf(seal));
  const granted = grantsOf(seal, grants);
  if (granted) made.append(granted);
  made.append(h("div", { class: "seal-acts" }, actsOf(seal)));
  return made;
}

async function show() {
  const [company, { grants }] = [await get(COMPANY), await get(`${COMPANY}/grants`)];
  const may = (act) => company.may.includes(act);
  $("company-name").textContent = company.name;
  $("company-uscc").textContent = company.uscc;
  $("uncollected").hidden = !(may("collect") && company.seals.some((seal) => seal.state === "issued"));
  $("add-seal").hidden = !may("add_seal");
  $("to-filings").hidden = !may("file_seal");
  $("to-people").hidden = !may("manage_agents");
  fill($("seals"), company.seals.map((seal) => item(seal, grants)));
  say($("problem"), "");
  return company;
}

startLife(show);
show().then((company) => startGrants(company, show)).catch((error) => say($("problem"), error.text ?? String(error)));
