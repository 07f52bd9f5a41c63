// The queue of the review desk: oldest first, taken with one touch.

import { get, post, serverNow } from "../lib/api.js";
import { startDesk } from "../desk.js";
import { $, busy, h, say } from "../lib/dom.js";
import { chinaTime } from "../lib/time.js";
import { data, t } from "../lib/words.js";
import { opened } from "./proven.js";

const PATHS = { entry: "entries", seal: "seals" };
let kind = "";

function waited(since) {
  const minutes = Math.max(0, Math.floor((serverNow() - Date.parse(since)) / 60000));
  if (minutes < 60) return t("desk.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t("desk.hours", { count: hours }) : t("desk.days", { count: Math.floor(hours / 24) });
}

const what = (item) => item.kind === "seal"
  ? `${t("desk.seal")} · ${(data.kinds[item.detail] ?? item.detail)}`
  : `${t("desk.entry")} · ${t("desk.round", { count: item.detail })}`;

function row(item) {
  const page = `/desk/reviews/${PATHS[item.kind]}/${item.id}`;
  const button = h("button", { type: "button", class: "button" }, t(item.mine ? "desk.go_on" : "desk.take"));
  button.addEventListener("click", () => busy(button, async () => {
    await opened(() => post(`/desk/reviews/${PATHS[item.kind]}/${item.id}/take`));
    location.assign(page);
  }).catch(refused));
  return h("li", { class: "staff-item" },
    h("div", {},
      h("b", {}, item.company_name),
      h("p", { class: "fine code" }, item.uscc),
      h("p", {}, what(item)),
      h("p", { class: "fine" }, t("desk.since", { time: chinaTime(item.since), waited: waited(item.since) }))),
    item.taken_by && !item.mine ? h("p", { class: "chip" }, t("desk.taken_by", { name: item.taken_by })) : button);
}

async function show() {
  const found = await opened(() => get(`/desk/reviews${kind ? `?kind=${kind}` : ""}`));
  $("items").replaceChildren(...found.items.map(row));
  $("empty").hidden = found.items.length > 0;
}

function refused(error) {
  say($("problem"), error.text ?? t("passkeys.not_done"));
  return show().catch(() => {});
}

for (const chip of document.querySelectorAll("[data-kind]")) {
  chip.addEventListener("click", () => {
    kind = chip.dataset.kind;
    for (const each of document.querySelectorAll("[data-kind]")) each.setAttribute("aria-pressed", String(each === chip));
    say($("problem"), "");
    show().catch(refused);
  });
}
startDesk();
show().catch(refused);
