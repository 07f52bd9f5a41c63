// The devices that may confirm: the list, removing one, enrolling this one by identity check and PIN.

import { del, get, post } from "./lib/api.js";
import { able, keptKeys, possession } from "./lib/device.js";
import { $, busy, fill, h, safeLink, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "./lib/forms.js";
import { note, openDrawer } from "./lib/overlay.js";
import { startPad } from "./lib/pinpad.js";
import { chinaTime } from "./lib/time.js";
import { wait } from "./lib/waiting.js";
import { chooseWay } from "./lib/ways.js";
import { t } from "./lib/words.js";

const check = new URLSearchParams(location.search).get("check");
let chosen = null; // the device in the drawer

const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));

function item(device, here) {
  const button = h("button", { type: "button", class: "button" }, t(here ? "devices.remove_here" : "devices.remove"));
  button.addEventListener("click", () => {
    chosen = device;
    say($("remove-name"), device.label);
    openDrawer($("remove-drawer"));
  });
  return h("li", {},
    h("h2", {}, device.label, here ? h("span", { class: "chip chip-collected" }, t("devices.here")) : null),
    h("dl", { class: "facts" },
      fact("devices.enrolled_at", chinaTime(device.enrolled_at)),
      fact("devices.last_used", device.last_used_at ? chinaTime(device.last_used_at) : t("devices.never"))),
    button);
}

/** Show the list; returns whether this browser is in it. */
async function show() {
  const [devices, mine] = [await get("/devices"), await keptKeys()];
  fill($("devices"), devices.map((device) => item(device, mine.has(device.public_key))));
  $("none").hidden = devices.length > 0;
  return devices.some((device) => mine.has(device.public_key));
}

function offer(here) {
  $("part-unable").hidden = able();
  $("part-add").hidden = here || !able();
  $("part-waiting").hidden = true;
  $("pin-form").hidden = true;
}

async function begin() {
  const way = await chooseWay();
  if (!way) return;
  try {
    location.assign(safeLink((await post("/identity-checks", { purpose: "device", way })).url));
  } catch (error) {
    say($("problem"), error.text);
  }
}

/** Back from the identity check: wait for its result, then ask for the PIN. */
async function follow() {
  const found = await get(`/identity-checks/${encodeURIComponent(check)}`);
  const { state, reason } = found;
  $("part-add").hidden = true;
  $("part-waiting").hidden = state !== "pending";
  $("pin-form").hidden = state !== "passed";
  if (state === "pending") wait(found, () => follow().catch(refused));
  else if (state === "passed") $("pin").focus();
  else {
    say($("problem"), reason || t("devices.check_failed"));
    offer(false);
  }
}

async function enrol() {
  clearErrors($("pin-form"));
  const pin = $("pin").value;
  if (!pin) return fieldError($("pin-form"), "pin", t("devices.pin_missing"));
  try {
    const proof = await possession({ purpose: "device", check });
    if (!proof) return say($("problem"), t("devices.unable"));
    await post("/devices", { check, pin, ...proof });
    $("pin-form").reset();
    history.replaceState(null, "", "/m/devices");
    note(t("devices.done"));
    offer(await show());
  } catch (error) {
    $("pin").value = "";
    if (!fieldError($("pin-form"), error.field, error.text)) say($("problem"), error.text);
  }
  return undefined;
}

async function remove() {
  await del(`/devices/${encodeURIComponent(chosen.id)}`);
  $("remove-drawer").close();
  note(t("devices.removed"));
  offer(await show());
}

/** What another device removed meanwhile is gone from the list that is read anew. */
async function refused(error) {
  if ($("remove-drawer").open) $("remove-drawer").close();
  await show().catch(() => {});
  say($("problem"), error.text ?? String(error));
}

async function start() {
  const here = await show();
  if (check && !here && able()) await follow();
  else offer(here);
}

$("add").addEventListener("click", () => busy($("add"), begin));
$("remove-no").addEventListener("click", () => $("remove-drawer").close());
$("remove-yes").addEventListener("click", () => busy($("remove-yes"), remove).catch(refused));
$("pin-form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.target.querySelector("[type=submit]"), enrol);
});
clearWhenTyped($("pin-form"));
startPad($("pin-form"));
start().catch(refused);
