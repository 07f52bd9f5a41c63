// Where the person is logged in, and logging out there.

import { del, get } from "./lib/api.js";
import { $, busy, fill, h, say } from "./lib/dom.js";
import { forget } from "./lib/leaving.js";
import { note, openDrawer } from "./lib/overlay.js";
import { chinaTime } from "./lib/time.js";
import { startPasskeys } from "./login/passkeys.js";
import { t } from "./lib/words.js";

const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));
const away = async () => {
  await forget();
  location.assign("/m/login");
};

function item(login) {
  const button = h("button", { type: "button", class: "button" }, t(login.here ? "sessions.end_here" : "sessions.end"));
  button.addEventListener("click", () => busy(button, () => end(login)).catch(refused));
  return h("li", {},
    h("h2", {}, login.browser, login.here ? h("span", { class: "chip chip-collected" }, t("sessions.here")) : null),
    h("dl", { class: "facts" },
      fact("sessions.address", login.address_masked),
      fact("sessions.way", t(`sessions.way_${login.way}`)),
      fact("sessions.began", chinaTime(login.began_at)),
      fact("sessions.seen", chinaTime(login.seen_at)),
      fact("sessions.ends", chinaTime(login.ends_at))),
    button);
}

async function end(login) {
  await del(`/sessions/${encodeURIComponent(login.id)}`);
  if (login.here) return away();
  note(t("sessions.ended"));
  return show();
}

async function show() {
  fill($("logins"), (await get("/sessions")).map(item));
  say($("problem"), "");
}

/** What another device ended meanwhile is gone from the list that is read anew. */
async function refused(error) {
  await show().catch(() => {});
  say($("problem"), error.text ?? String(error));
}

$("end-all").addEventListener("click", () => openDrawer($("end-all-drawer")));
$("end-all-no").addEventListener("click", () => $("end-all-drawer").close());
$("end-all-yes").addEventListener("click", () => busy($("end-all-yes"), async () => {
  await del("/sessions");
  await away();
}).catch(refused));
show().catch(refused);
startPasskeys(() => show().catch(refused));
