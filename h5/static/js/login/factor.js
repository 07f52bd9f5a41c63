// The second factor: a login that was answered with "a passkey too, please".

import { post } from "../lib/api.js";
import { $, busy, safeLink, say } from "../lib/dom.js";
import { askPasskey, hasPasskeys } from "../lib/webauthn.js";
import { chooseWay } from "../lib/ways.js";
import { t } from "../lib/words.js";

async function use(onEnter) {
  say($("factor-error"), "");
  try {
    const { public_key: options } = await post("/login/factor/options", {}, { login: false });
    await post("/login/factor", await askPasskey(options), { login: false });
    onEnter();
  } catch (error) {
    say($("factor-error"), error.text ?? t("passkeys.not_done"));
  }
}

async function lost() {
  const way = await chooseWay();
  if (!way) return;
  try {
    const { url } = await post("/login/factor/lost", { way }, { login: false });
    location.assign(safeLink(url));
  } catch (error) {
    say($("factor-error"), error.text ?? String(error));
  }
}

/** Ask for the passkey in place of `instead` when that is what a login was refused for; whether it was. */
export function factorNeeded(error, instead, onEnter) {
  if (error.code !== "login.factor_needed") return false;
  instead.hidden = true;
  $("factor").hidden = false;
  $("factor-lost").addEventListener("click", () => busy($("factor-lost"), lost));
  if (!hasPasskeys()) {
    $("factor-use").hidden = true;
    say($("factor-error"), t("factor.insecure"));
    return true;
  }
  $("factor-use").addEventListener("click", () => busy($("factor-use"), () => use(onEnter)));
  $("factor-use").focus();
  return true;
}
