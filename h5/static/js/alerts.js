// Being told on this device: Web Push on and off, and the site as an app.

import { get, post } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { t } from "./lib/words.js";
import { startShell } from "./shell/start.js";

const isApple = /iPhone|iPad/.test(navigator.userAgent);

/** Why this browser cannot be told; null where it can. */
function hindrance() {
  if (!isSecureContext) return "alerts.needs_https";
  if ("PushManager" in window && "Notification" in window && "serviceWorker" in navigator) return null;
  return isApple ? "alerts.needs_install" : "alerts.none";
}

const bytes = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));

const subscribed = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

async function show() {
  const subscription = await subscribed();
  const denied = Notification.permission === "denied";
  $("on").hidden = Boolean(subscription) || denied;
  $("off").hidden = !subscription;
  $("state").textContent = t(denied ? "alerts.denied" : subscription ? "alerts.is_on" : "alerts.is_off");
}

/** Tell the server of this browser, which may have a new address since. */
async function tell(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  await post("/push/subscriptions", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") return show();
  const { key } = await get("/push");
  const { pushManager } = await navigator.serviceWorker.ready;
  let subscription;
  try {
    subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  } catch {
    return say($("problem"), t("alerts.failed"));
  }
  await tell(subscription);
  say($("problem"), "");
  return show();
}

async function switchOff() {
  const subscription = await subscribed();
  if (subscription) {
    await post("/push/end", { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  return show();
}

const failed = (error) => say($("problem"), error.text ?? String(error));

async function start() {
  const why = hindrance();
  if (why) {
    $("state").textContent = t(why);
    return;
  }
  if (!(await startShell())) {
    $("state").textContent = t("alerts.refused");
    return;
  }
  $("on").addEventListener("click", () => busy($("on"), switchOn).catch(failed));
  $("off").addEventListener("click", () => busy($("off"), switchOff).catch(failed));
  const subscription = await subscribed();
  if (subscription) await tell(subscription);
  await show();
}

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  $("install").hidden = false;
  $("install-yes").addEventListener("click", () => event.prompt(), { once: true });
});
start().catch(failed);
