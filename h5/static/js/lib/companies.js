// The way to a page of a company: the one that is open, the one there is, or the one that is chosen.

import { get } from "./api.js";
import { note, pick } from "./overlay.js";
import { t } from "./words.js";

/** The company in which the person may do an act; null, with the reason told, where there is none or none was chosen. */
export async function companyFor(act, current) {
  const all = (await get("/me")).companies;
  const companies = all.filter(({ may }) => may.includes(act));
  if (!companies.length) {
    note(t(all.length ? "thread.not_yours" : "thread.no_company"));
    return null;
  }
  const choices = companies.map(({ id, name, uscc }) => ({ label: name, detail: uscc, value: id }));
  const here = choices.length === 1 ? choices[0] : choices.find(({ value }) => value === current);
  return here ? here.value : pick(t("thread.which_company"), choices);
}
