// While an identity check is under way: what is to be done, and the way back to its page.

import { $, safeLink } from "./dom.js";
import { chinaTime } from "./time.js";
import { t } from "./words.js";

const POLL_MS = 1000;
const COUNTER_POLL_MS = 5000;

/** Fill the part; look is called again in a moment. */
export function wait({ way, url, until }, look) {
  const counter = way === "counter";
  $("waiting-text").textContent = counter ? t("identity.waiting_counter", { time: chinaTime(until) }) : t("identity.waiting_text");
  $("go-on").textContent = t(counter ? "identity.see_code" : "identity.go_on");
  $("go-on").href = safeLink(url);
  setTimeout(look, counter ? COUNTER_POLL_MS : POLL_MS);
}
