// The licence on the phone, and holding it out (出示执照): a QR that is replaced every minute.

import { get, post, serverNow } from "./lib/api.js";
import { $, busy, say, svgSource } from "./lib/dom.js";
import { openDrawer } from "./lib/overlay.js";
import { countdown } from "./lib/time.js";
import { data, t } from "./lib/words.js";
import { startPrints } from "./company/print.js";

const PATH = `/companies/${encodeURIComponent(data.company)}`;
const STATE_EVERY_MS = 15000;
const SOON_MS = 2000;
const SOLE_TRADER = "个体工商户"; // as the register writes it

function fill(company) {
  const { data: registered } = company.licence;
  const values = {
    ...registered,
    capital: t("licence.capital_value", { amount: registered.capital_wan }),
    valid_until: registered.valid_until ?? t("licence.long_term"),
  };
  for (const place of document.querySelectorAll("[data-slot]")) {
    place.textContent = values[place.dataset.slot] ?? "";
  }
  for (const place of document.querySelectorAll("[data-word]")) {
    const { word, trader } = place.dataset;
    place.textContent = t(registered.company_type === SOLE_TRADER ? trader : word);
  }
  $("code-name").textContent = company.name;
}

async function refresh() {
  const company = await get(PATH);
  const { state } = company.licence;
  fill(company);
  $("face").hidden = false;
  $("present").disabled = state !== "valid";
  $("print").disabled = state !== "valid";
  $("print").hidden = !company.may.includes("present_licence");
  $("state").textContent = t(`licence.state_${state}`);
  $("state").dataset.state = state;
  return state;
}

/** Issued turns to valid within seconds; afterwards a slow look keeps the shown status live. */
async function keepFresh() {
  let state = "unknown";
  try {
    if (!document.hidden) state = await refresh();
  } catch (error) {
    $("state").textContent = error.text;
  }
  setTimeout(keepFresh, state === "issued" ? SOON_MS : STATE_EVERY_MS);
}

let stop = () => {};

async function newCode() {
  stop();
  say($("code-error"), "");
  try {
    const code = await post(`${PATH}/presentations`);
    $("qr").src = svgSource(code.qr_svg);
    const next = new Date(serverNow() + code.rotate_after_s * 1000).toISOString();
    stop = countdown(next, (left) => {
      $("countdown").textContent = t("licence.rotates", { seconds: left });
      if (left === 0 && $("code").open) newCode();
    });
  } catch (error) {
    $("qr").removeAttribute("src");
    say($("code-error"), error.text);
  }
}

$("present").addEventListener("click", () => busy($("present"), async () => {
  await newCode();
  await openDrawer($("code"));
  stop();
}));
$("code-close").addEventListener("click", () => $("code").close());
// A phone that slept shows no stale code when it wakes.
document.addEventListener("visibilitychange", () => !document.hidden && $("code").open && newCode());
const openPrint = startPrints(PATH);
if (location.hash === "#print") openPrint();
keepFresh();
