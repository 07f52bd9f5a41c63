// The phone's page behind the QR code of an application on a PC: what is confirmed, and the company's yes.

import { post } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, fieldError, goToFirstError } from "./lib/forms.js";
import { loggedInWith, reloadOnScan, takeToken } from "./lib/fragment.js";
import { chinaTime, clock, countdown } from "./lib/time.js";
import { data, t } from "./lib/words.js";
import { showOutcome } from "./confirming/outcome.js";
import { slotTitle, submitClaimed } from "./entering/claims.js";

const KEPT = "ezhang.entry";
const form = $("form");
let claim = null;
let stop = () => {};

function finish(result, title, text, actions) {
  stop();
  $("loading").hidden = true;
  $("claimed").hidden = true;
  showOutcome({ result, title, text, actions });
}

const refused = (error) => finish("bad", t("entry.confirm_ended"), error.text ?? String(error));

function sealLine({ kind, style, unit, person_name: person }) {
  const more = [unit, person, style === "digitised" ? t("entry.style_digitised") : ""].filter(Boolean);
  return [data.kinds[kind] ?? kind, ...more].join(" · ");
}

function show() {
  const { entry } = claim;
  const facts = {
    company: entry.company_name, uscc: entry.uscc, representative: entry.representative_name, agent: entry.agent_name,
    from: [claim.browser, claim.address_masked, chinaTime(claim.opened_at)].join(" · "),
  };
  for (const [name, words] of Object.entries(facts)) say($(`fact-${name}`), words);
  $("agent").hidden = !entry.agent_name;
  $("seals").replaceChildren(...entry.seals.map((wish) => h("li", {}, sealLine(wish))));
  $("materials").replaceChildren(...entry.slots.filter((slot) => slot.material).map((slot) => h("li", {},
    slotTitle(slot, entry), h("span", { class: "fine" }, ` ${slot.material.name}`))));
  $("other-network").hidden = claim.same_network;
  $("loading").hidden = true;
  $("claimed").hidden = false;
  stop = countdown(claim.expires_at, (left) => {
    say($("countdown"), t("entry.code_ends", { time: clock(left) }));
    if (left === 0) finish("bad", t("entry.confirm_ended"), t("entry.confirm_again"));
  });
}

async function submit() {
  clearErrors(form);
  try {
    await submitClaimed(claim, claim.entry.digest, form);
    const page = `/m/apply/${encodeURIComponent(claim.entry.id)}`;
    finish("good", t("entry.confirm_done"), t("entry.confirm_done_text"), [["entry.confirm_see", page], ["app.back_to_thread", "/m"]]);
  } catch (error) {
    if (fieldError(form, error.field, error.text)) return goToFirstError(form);
    refused(error);
  }
  return undefined;
}

async function start() {
  const token = takeToken(KEPT);
  if (!token) return finish("bad", t("entry.confirm_ended"), t("entry.confirm_again"));
  if (await loggedInWith(token, KEPT)) {
    claim = await post("/entry-codes/claim", { token });
    show();
  }
  return undefined;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form.querySelector("[type=submit]"), submit);
});
for (const id of ["declaration", "will"]) $(id).addEventListener("change", () => say($(`${id}-error`), ""));
reloadOnScan();
start().catch(refused);
