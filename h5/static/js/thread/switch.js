// The company whose thread is open, and the way to the others'; whoever has one company sees no switch.

import { get } from "../lib/api.js";
import { $ } from "../lib/dom.js";
import { lasting } from "../lib/kept.js";
import { note, pick } from "../lib/overlay.js";
import { t } from "../lib/words.js";

const KEEP = "ezhang.thread.company";

/** The company that the address or this browser names; it may be none of the reader's. */
export const wanted = () => new URLSearchParams(location.search).get("company") ?? lasting.get(KEEP);

/** Which thread to open: the one wanted, else the first with news; null for whoever has one company or none. */
export function choose(threads, name) {
  if (threads.length < 2) return null;
  return (threads.find(({ company_id: id }) => id === name) ?? threads[0]).company_id;
}

async function change(current) {
  const { threads } = await get("/thread/companies");
  const choices = threads.map(({ company_id: id, name, unread }) => ({
    label: name, detail: unread ? t("thread.unread_here", { count: unread }) : "", value: id,
  }));
  const chosen = await pick(t("thread.which_company"), choices);
  if (chosen && chosen !== current) location.assign(`/m?company=${encodeURIComponent(chosen)}`);
}

/** Show whose thread it is; false for whoever has no company. */
export function showCompany(threads, current) {
  const mine = threads.find(({ company_id: id }) => id === current) ?? threads[0];
  if (!mine) {
    $("company").textContent = t("thread.none_yet");
    return false;
  }
  if (current) {
    lasting.set(KEEP, current);
    $("switch-name").textContent = mine.name;
    $("switch").title = t("thread.switch", { name: mine.name });
    $("switch").addEventListener("click", () => change(current).catch((error) => note(error.text)));
  } else {
    $("company").textContent = mine.name;
  }
  $("switch").hidden = !current;
  $("company").hidden = Boolean(current);
  return true;
}

export function showElsewhere(count) {
  $("elsewhere").hidden = !count;
}
