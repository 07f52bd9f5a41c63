// The seals of a company: what happens to each, to whom each is granted, and its approval rule.

import { get } from "./lib/api.js";
import { $, fill, h, say } from "./lib/dom.js";
import { data } from "./lib/words.js";
import { grantsOf, startGrants } from "./company/grants.js";
import { asksOf, startAsks } from "./company/asks.js";
import { sealItem } from "./company/imprint.js";
import { actsOf, factsOf, startLife } from "./company/life.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;

function item(seal, grants, asks, decides) {
  const made = sealItem(seal, factsOf(seal));
  const granted = grantsOf(seal, grants);
  if (granted) made.append(granted);
  made.append(h("div", { class: "seal-acts" }, asksOf(seal, asks, decides), actsOf(seal)));
  return made;
}

async function show() {
  const [company, { grants }, { asks }] = await Promise.all([COMPANY, `${COMPANY}/grants`, `${COMPANY}/seal-asks`].map((path) => get(path)));
  const may = (act) => company.may.includes(act);
  $("company-name").textContent = company.name;
  $("company-uscc").textContent = company.uscc;
  $("uncollected").hidden = !(may("collect") && company.seals.some((seal) => seal.state === "issued"));
  $("add-seal").hidden = !may("add_seal");
  $("to-filings").hidden = !may("file_seal");
  $("to-people").hidden = !may("manage_agents");
  fill($("seals"), company.seals.map((seal) => item(seal, grants, asks, may("decide_change"))));
  say($("problem"), "");
  return company;
}

startLife(show);
startAsks(show);
show().then((company) => startGrants(company, show)).catch((error) => say($("problem"), error.text ?? String(error)));
