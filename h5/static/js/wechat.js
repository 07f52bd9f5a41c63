// Back from WeChat: logged in, or the account is new and is bound to a mobile first.

import { post } from "./lib/api.js";
import { $, say, showOnly } from "./lib/dom.js";
import { passing } from "./lib/kept.js";
import { t } from "./lib/words.js";
import { factorNeeded } from "./login/factor.js";
import { startSms } from "./login/sms.js";

/** By the login page, which leads only to pages of this site. */
function onward() {
  const next = passing.get("ezhang.next") ?? "/m";
  passing.drop("ezhang.next");
  location.replace(`/m/login?next=${encodeURIComponent(next)}`);
}

const parts = ["wechat-state", "wechat-bind", "wechat-again"].map($);

function end(words) {
  showOnly($("wechat-again"), ...parts);
  $("wechat-state").hidden = false;
  say($("wechat-state"), words);
}

async function enter() {
  const came = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname); // neither code nor state is left in the address bar
  const [code, state] = [came.get("code"), came.get("state")];
  if (!state) return end(t("wechat.nothing"));
  if (!code) return end(t("wechat.declined"));
  const { bound } = await post("/login/wechat/enter", { code, state }, { login: false });
  return bound ? onward() : showOnly($("wechat-bind"), ...parts);
}

startSms(async (typed) => {
  try {
    await post("/login/wechat/bind", typed, { login: false });
    onward();
  } catch (error) {
    if (factorNeeded(error, $("wechat-bind"), onward)) return;
    if (![409, 410].includes(error.status)) throw error;
    end(error.text);
  }
});
enter().catch((error) => {
  if (!factorNeeded(error, $("wechat-state"), onward)) end(error.text ?? String(error));
});
