// The person's passkeys: add, remove; each change is confirmed with one that is there.

import { del, get, post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "../lib/forms.js";
import { note } from "../lib/overlay.js";
import { chinaTime } from "../lib/time.js";
import { askPasskey, hasPasskeys, makePasskey } from "../lib/webauthn.js";
import { t } from "../lib/words.js";

const form = $("passkey-form");
let changed = () => {};

const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));

function item(passkey, able) {
  const button = h("button", { type: "button", class: "button" }, t("passkeys.remove"));
  button.addEventListener("click", () => busy(button, () => remove(passkey)).catch(refused));
  return h("li", {},
    h("h3", {}, passkey.name),
    h("dl", { class: "facts" },
      fact("passkeys.added_at", chinaTime(passkey.added_at)),
      fact("passkeys.used_at", passkey.used_at ? chinaTime(passkey.used_at) : t("passkeys.never"))),
    able ? button : null);
}

async function show() {
  const { rp_id: rpId, origin, passkeys } = await get("/passkeys");
  const able = hasPasskeys(rpId);
  $("passkeys").replaceChildren(...passkeys.map((each) => item(each, able)));
  $("passkeys-none").hidden = passkeys.length > 0;
  form.hidden = !able;
  say($("passkeys-insecure"), able ? "" : t("passkeys.insecure", { origin }));
}

/** What the browser refuses has no words of ours. */
function refused(error) {
  say($("passkey-problem"), error.text ?? t("passkeys.not_done"));
}

/** Before the first one: a code goes to the person's mobile; the form shows the field and is sent again. */
async function askCode() {
  await post("/passkeys/first/code");
  $("first-code-field").hidden = false;
  $("first-code").focus();
}

/** Do it; where a passkey has to say first that it is its owner who asks, ask and do it again. */
async function proven(act) {
  try {
    return await act();
  } catch (error) {
    if (error.code !== "passkey.prove_first") throw error;
  }
  const { public_key: options } = await post("/passkeys/proof/options");
  await post("/passkeys/proof", await askPasskey(options));
  return act();
}

async function done(words) {
  note(words);
  await show();
  changed();
}

async function remove(passkey) {
  say($("passkey-problem"), "");
  await proven(() => del(`/passkeys/${encodeURIComponent(passkey.id)}`));
  await done(t("passkeys.removed"));
}

async function add() {
  clearErrors(form);
  say($("passkey-problem"), "");
  let options;
  try {
    if (!$("first-code-field").hidden) await post("/passkeys/first", { code: $("first-code").value.replace(/\D/g, "") });
    ({ public_key: options } = await proven(() => post("/passkeys/options")));
  } catch (error) {
    if (error.code === "passkey.code_first") return askCode();
    if (error.field !== "code") throw error;
    return fieldError(form, "first-code", error.text);
  }
  const made = await makePasskey(options);
  try {
    await post("/passkeys", { name: $("name").value, ...made });
  } catch (error) {
    if (!fieldError(form, error.field, error.text)) throw error;
    return undefined;
  }
  form.reset();
  $("first-code-field").hidden = true;
  return done(t("passkeys.added"));
}

/** Show them; `onChange` hears of each change, which may have ended other logins. */
export function startPasskeys(onChange) {
  changed = onChange;
  clearWhenTyped(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form.querySelector("[type=submit]"), add).catch(refused);
  });
  $("first-code-send").addEventListener("click", () => busy($("first-code-send"), askCode).catch((error) => fieldError(form, "first-code", error.text ?? String(error))));
  show().catch(refused);
}
