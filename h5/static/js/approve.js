// An approver's page: from a card (/m/approve/…) or behind a scanned code (/a); look, then approve or refuse.

import { get, post } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError } from "./lib/forms.js";
import { loggedInWith, reloadOnScan, takeToken } from "./lib/fragment.js";
import { money } from "./lib/money.js";
import { openDrawer } from "./lib/overlay.js";
import { goToSeal, placeWords, showPages } from "./lib/pages.js";
import { startPad } from "./lib/pinpad.js";
import { chinaTime } from "./lib/time.js";
import { data, language, t } from "./lib/words.js";
import { showOutcome } from "./confirming/outcome.js";
import { Proof } from "./confirming/proof.js";

const KEPT = "ezhang.approval";
const HEAD = 16;
const TO_PIN = ["pin.locked", "pin.too_old"];
const form = $("approve-form");
const refusing = $("refuse-form");
const proof = new Proof(form);
let signing = null;
let path = "";

/** What the approver's device signs; the sealer builds the same from what it finds. */
const approved = () => ({
  purpose: "approve",
  signing: signing.id,
  document: signing.approval.sha256,
  seal: signing.seal.id,
  place: signing.approval.place,
  kind: signing.document_kind,
  amount: signing.amount ?? "",
  counterparty: signing.counterparty,
});

function end(outcome) {
  for (const drawer of [$("approve-drawer"), $("refuse-drawer")]) if (drawer.open) drawer.close();
  $("loading").hidden = true;
  $("approve").hidden = true;
  showOutcome(outcome);
}

const gone = (error) => end({ result: "bad", title: t("approve.gone"), text: error.text ?? String(error) });

/** It was approved already, has ended, or needs no approval. */
function over() {
  const given = signing.approval?.given && signing.state === "pending";
  const text = given ? t("approve.over_given", { who: signing.approval.by_masked }) : t("approve.over_text");
  end({ result: "wait", title: t("approve.over"), text });
}

function showDigest(whole) {
  const digest = signing.approval.sha256;
  $("approve-digest").setAttribute("aria-expanded", String(whole));
  $("approve-digest").textContent = whole ? digest : `${digest.slice(0, HEAD)}…`;
}

async function show(found) {
  signing = found;
  path = `/signings/${encodeURIComponent(signing.id)}`;
  if (signing.state !== "pending" || !signing.approval || signing.approval.given) return over();
  await proof.prepare(`${path}/approve`, approved());
  const kind = data.kinds[signing.document_kind]?.[language === "en" ? 1 : 0];
  const none = t("approve.stated_none");
  const facts = {
    document: signing.document.name, count: t("confirm.pages_value", { count: signing.page_count }), company: signing.company.name,
    seal: signing.seal.name, place: placeWords(signing), kind: kind || none,
    amount: money(signing.amount) ?? none,
    counterparty: signing.counterparty || none, asker: signing.asker_masked, "asked-at": chinaTime(signing.asked_at),
    "drawer-what": `${signing.document.name} · ${signing.seal.name}`,
  };
  for (const [name, words] of Object.entries(facts)) say($(`approve-${name}`), words);
  $("approve-imprint").src = signing.seal.imprint_url;
  showDigest(false);
  $("loading").hidden = true;
  $("approve").hidden = false;
  showPages($("approve-pages"), signing);
  return undefined;
}

async function approve() {
  clearErrors(form);
  if (!$("pin").value) return fieldError(form, "pin", t("confirm.pin_missing"));
  if (proof.missing()) return undefined;
  try {
    await post(`${path}/approve`, { pin: $("pin").value, ...await proof.fields() });
    form.reset();
    end({ result: "good", title: t("approve.done"), text: t("approve.done_text") });
  } catch (error) {
    refused(error);
  }
  return undefined;
}

function refused(error) {
  if (error.field !== "code") $("pin").value = "";
  proof.refused(error);
  if ([404, 409, 410].includes(error.status)) return end({ result: "bad", title: t("approve.over"), text: error.text });
  if (TO_PIN.includes(error.code)) {
    return end({ result: "bad", title: t("approve.gone"), text: error.text, actions: [["confirm.to_pin", "/m/pin"], ["app.back_to_thread", "/m"]] });
  }
  if (!fieldError(form, error.field, error.text)) fieldError(form, "pin", error.text ?? String(error));
  return (error.field === "code" ? $("code") : $("pin")).focus();
}

async function refuse() {
  clearErrors(refusing);
  const reason = $("reason").value.trim();
  if (!reason) return fieldError(refusing, "reason", t("approve.refuse_missing"));
  try {
    await post(`${path}/refuse`, { reason });
    end({ result: "bad", title: t("approve.refused"), text: t("approve.refused_text") });
  } catch (error) {
    if ([404, 409].includes(error.status)) end({ result: "bad", title: t("approve.over"), text: error.text });
    else fieldError(refusing, "reason", error.text ?? String(error));
  }
  return undefined;
}

async function start() {
  if (data.signing) return show(await get(`/signings/${encodeURIComponent(data.signing)}`));
  const token = takeToken(KEPT);
  reloadOnScan();
  if (!token) return end({ result: "bad", title: t("confirm.no_token_title"), text: t("confirm.no_token_text") });
  if (!(await loggedInWith(token, KEPT))) return undefined;
  const found = await post("/approvals/claim", { token });
  history.replaceState(null, "", `/m/approve/${encodeURIComponent(found.id)}`); // a reload finds it again
  return show(found);
}

function onSubmit(one, work) {
  one.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(one.querySelector("[type=submit]"), work);
  });
  clearWhenTyped(one);
}

startPad(form);
onSubmit(form, approve);
onSubmit(refusing, refuse);
$("approve-yes").addEventListener("click", () => {
  clearErrors(form);
  form.reset();
  openDrawer($("approve-drawer"));
  $("pin").focus();
});
$("approve-no").addEventListener("click", () => openDrawer($("refuse-drawer")));
$("approve-back").addEventListener("click", () => $("approve-drawer").close());
$("refuse-back").addEventListener("click", () => $("refuse-drawer").close());
$("approve-digest").addEventListener("click", () => showDigest($("approve-digest").getAttribute("aria-expanded") === "false"));
$("approve-place").addEventListener("click", () => goToSeal($("approve-pages"), signing));
start().catch(gone);
