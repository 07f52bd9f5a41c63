// One held seal beside what it is like.

import { get, post } from "../lib/api.js";
import { $, h } from "../lib/dom.js";
import { startDesk } from "../desk.js";
import { chinaTime } from "../lib/time.js";
import { data, t } from "../lib/words.js";
import { decide, refused, startDeciding } from "./deciding.js";
import { opened } from "./proven.js";

const path = `/desk/reviews/seals/${encodeURIComponent(data.seal)}`;
const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));

async function show() {
  const found = await opened(() => get(path));
  $("seal-name").textContent = `${found.company} · ${(data.kinds[found.kind] ?? found.kind)}`;
  $("seal-facts").replaceChildren(
    fact("desk.uscc", found.uscc),
    fact("desk.number", found.number),
    fact("desk.held_for", found.reason),
    fact("desk.made", t(found.photo ? "desk.by_photo" : "desk.drawn")),
    fact("desk.since_label", chinaTime(found.created_at)));
  $("mine").src = `/api${path}/picture`;
  $("mine-name").textContent = found.company;
  $("alike-box").hidden = !found.alike;
  $("alone").hidden = Boolean(found.alike);
  if (found.alike) {
    $("alike").src = `/api${path}/alike`;
    $("alike-name").textContent = t("desk.alike", { name: found.alike_company, percent: Math.round(found.score * 100) });
  }
  $("review").hidden = false;
}

$("approve").addEventListener("click", () => decide($("approve"), () => post(`${path}/approve`)));
startDesk();
startDeciding(path, "decline");
show().catch(refused);
