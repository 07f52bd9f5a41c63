// One's own consent to a text, and taking it back.

import { get, post } from "./lib/api.js";
import { $, busy } from "./lib/dom.js";
import { chinaTime } from "./lib/time.js";
import { data, t } from "./lib/words.js";
import { startDesk } from "./desk.js";

function show(texts) {
  const mine = texts.find((each) => each.text === data.text);
  $("mine").hidden = false;
  $("withdraw").hidden = !mine.accepted_at;
  $("mine-state").textContent = mine.accepted_at
    ? t("legal.accepted", { time: chinaTime(mine.accepted_at) }) : t("legal.not_accepted");
}

$("withdraw").addEventListener("click", () => busy($("withdraw"), async () => {
  show(await post("/consents/withdraw"));
  $("mine-state").textContent = t("legal.withdrawn");
}).catch((error) => { $("mine-state").textContent = error.text; }));
startDesk();
get("/consents", { login: false }).then(show).catch(() => {});
