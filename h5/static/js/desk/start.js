// The desk's start: opens by the role's passkey, then tells what waits.

import { get, post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { startDesk } from "../desk.js";
import { t } from "../lib/words.js";
import { openByPasskey } from "./proven.js";
import { QUEUES } from "./queues.js";

const LOCAL = /^\/desk(?:\/[\w/-]*)?$/;

function showClosed(mine) {
  $("closed").hidden = false;
  $("no-passkey").hidden = mine.passkeys || mine.by_code;
  $("open").hidden = !mine.passkeys;
  $("code-field").hidden = mine.bound;
  $("have-code").hidden = !mine.bound;
  $("open-by-code").hidden = !mine.by_code || mine.bound;
}

function tile(queue, found) {
  return h("li", {}, h("a", { class: "staff-queue", href: queue.href },
    h("b", {}, t(queue.words)),
    h("span", { class: "fine" }, found.waiting ? t("desk.waiting", { count: found.waiting }) : t("desk.none_waiting"))));
}

async function show() {
  const mine = await get("/desk");
  const next = new URLSearchParams(location.search).get("next");
  const allOpen = mine.roles.every((role) => mine.open.includes(role));
  $("closed").hidden = true;
  if (!allOpen) showClosed(mine);
  if (allOpen && next && LOCAL.test(next.split("?")[0])) return location.replace(next);
  const shown = QUEUES.filter((queue) => mine.open.includes(queue.role));
  const found = await Promise.all(shown.map((queue) => get(queue.path)));
  $("queues").replaceChildren(...shown.map((queue, place) => tile(queue, found[place])));
  $("queues").hidden = !shown.length;
}

function refused(error) {
  const where = error.field === "code" ? $("code-error") : $("problem");
  say(where, error.text ?? t("passkeys.not_done"));
}

async function attempt(button, act) {
  say($("problem"), "");
  say($("code-error"), "");
  await busy(button, act).then(show).catch(refused);
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = $("code-field").hidden ? "" : $("code").value.trim();
  if ($("open").hidden) attempt($("open-by-code"), () => post("/desk/code", { code }));
  else attempt($("open"), () => openByPasskey(code));
});
$("open-by-code").addEventListener("click", () =>
  attempt($("open-by-code"), () => post("/desk/code", { code: $("code").value.trim() })));
$("have-code").addEventListener("click", () => {
  $("code-field").hidden = false;
  $("have-code").hidden = true;
  $("code").focus();
});
startDesk();
show().catch(refused);
