// Closing one's account: what stands against it, a code to one's own mobile, the end.

import { get, post } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "./lib/forms.js";
import { forget } from "./lib/leaving.js";
import { language, t } from "./lib/words.js";

const form = $("form");

async function show() {
  const { hindered } = await get("/account/closing");
  form.hidden = hindered.length > 0;
  $("hindered").hidden = hindered.length === 0;
  $("hindered").replaceChildren(
    h("strong", {}, t("closing.hindered")),
    ...hindered.map((each) => h("p", {}, each[language])));
}

function refused(error) {
  if (!fieldError(form, error.field, error.text)) say($("problem"), error.text ?? t("js.failed"));
}

async function send() {
  await post("/account/closing/code");
  $("code-field").hidden = false;
  $("send").textContent = t("closing.again");
  $("code").focus();
}

async function close() {
  await post("/account/closing", { code: $("code").value.trim() });
  await forget();
  location.assign("/m/login");
}

clearWhenTyped(form);
$("send").addEventListener("click", () => {
  say($("problem"), "");
  busy($("send"), send).catch(refused);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearErrors(form);
  say($("problem"), "");
  busy($("close"), close).catch(refused);
});
show().catch(refused);
