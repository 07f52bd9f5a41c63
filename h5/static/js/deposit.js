// A small payment to the company's account: asked for, waited for, its amount typed.

import { get, post } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { chinaTime } from "./lib/time.js";
import { data, t } from "./lib/words.js";

const POLL_MS = 2000;
const path = `/deposits/${encodeURIComponent(data.entry)}`;

function show(found) {
  const facts = { account: found.account_masked, tries: found.tries_left, reason: found.reason ?? "",
    time: found.expires_at ? chinaTime(found.expires_at) : "" };
  $("name").textContent = found.company_name;
  say($("stands"), found.state === "none" ? "" : t(`deposit.${found.state}`, facts));
  $("done").hidden = found.state !== "passed";
  $("amount-form").hidden = found.state !== "sent";
  $("account-form").hidden = ["waiting", "sent", "passed"].includes(found.state);
  if (found.state === "waiting") setTimeout(() => read().catch(refused), POLL_MS);
}

const read = async () => show(await get(path));

function refused(error) {
  let placed = false;
  for (const each of error.all ?? []) {
    for (const form of [$("account-form"), $("amount-form")]) {
      if (!form.hidden && fieldError(form, each.field, each.text)) {
        goToFirstError(form);
        placed = true;
      }
    }
  }
  if (!placed) say($("problem"), error.text ?? String(error));
}

async function act(form, work) {
  clearErrors(form);
  say($("problem"), "");
  try {
    show(await work());
    form.reset();
  } catch (error) {
    await read().catch(() => {});
    refused(error);
  }
}

for (const [form, work] of [
  [$("account-form"), () => post(`${path}/payments`, { account: $("account").value, bank: $("bank").value })],
  [$("amount-form"), () => post(`${path}/amount`, { amount: $("amount").value })],
]) {
  clearWhenTyped(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("button"), () => act(form, work));
  });
}
read().catch(refused);
