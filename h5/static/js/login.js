// Login by a code sent to the mobile; on a PC also by the phone, on a phone also by WeChat.

import { get, post } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { data } from "./lib/words.js";
import { factorNeeded } from "./login/factor.js";
import { startScan } from "./login/scan.js";
import { startSms } from "./login/sms.js";

const onward = () => location.replace(data.next);

/** WeChat leads back to /m/wechat, which goes on to where this page was to lead. */
async function toWeChat() {
  try {
    const { url } = await post("/login/wechat", {}, { login: false });
    sessionStorage.setItem("ezhang.next", data.next);
    location.assign(url);
  } catch (error) {
    say($("wechat-error"), error.text);
  }
}

startSms(async (typed) => {
  try {
    await post("/login", typed, { login: false });
    onward();
  } catch (error) {
    if (!factorNeeded(error, $("login-ways"), onward)) throw error;
  }
});
startScan(onward);
$("wechat")?.addEventListener("click", () => busy($("wechat"), toWeChat));
// Coming back by the browser's "back" after login: there is nothing to do here any more.
addEventListener("pageshow", (event) => {
  if (event.persisted) get("/me", { login: false }).then(onward, () => {});
});
