// Feedback and reports: send one, look one up by number and code, see one's own.

import { get, post } from "./lib/api.js";
import { $, busy, h, say } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { chinaTime } from "./lib/time.js";
import { data, t } from "./lib/words.js";
import { startDesk } from "./desk.js";

function ticket(found) {
  const answers = found.answers.map((one) => h("div", {},
    h("p", { class: "fine" }, `${t("feedback.answer")} · ${chinaTime(one.at)}`),
    h("p", { class: "ticket-answer" }, one.text)));
  return h("article", { class: "about-ticket" },
    h("h3", {}, `${found.number} `, h("span", { class: "chip" }, t(`feedback.state_${found.state}`))),
    h("p", { class: "fine" }, `${t(`feedback.kind_${found.kind}`)} · ${chinaTime(found.created_at)}`),
    h("p", {}, found.text),
    ...(answers.length ? answers : [h("p", { class: "fine" }, `${t("feedback.no_answer")} ${t("feedback.due")} ${chinaTime(found.due_at)}`)]));
}

async function showOwn() {
  if (!data.logged_in) return;
  const { tickets } = await get("/tickets", { login: false });
  $("own").hidden = !tickets.length;
  $("own-list").replaceChildren(...tickets.map(ticket));
}

async function send() {
  const form = $("form");
  clearErrors(form);
  say($("form-error"), "");
  const values = Object.fromEntries(["kind", "code", "text", "contact"].map((name) => [name, $(name).value.trim()]));
  try {
    const made = await post("/tickets", values);
    $("sent-number").textContent = made.number;
    $("sent-secret").textContent = made.secret;
    $("sent-due").textContent = chinaTime(made.due_at);
    $("sent").hidden = false;
    form.hidden = true;
    $("sent").focus();
    await showOwn();
  } catch (error) {
    const unplaced = error.all.filter((one) => !fieldError(form, one.field, one.text));
    if (unplaced.length) say($("form-error"), unplaced[0].text);
    goToFirstError(form);
  }
}

async function look() {
  say($("look-error"), "");
  $("found").hidden = true;
  try {
    const found = await post("/tickets/look-up", { number: $("number").value, secret: $("secret").value });
    $("found").replaceChildren(ticket(found));
    $("found").hidden = false;
  } catch (error) {
    say($("look-error"), error.text);
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("form").querySelector("[type=submit]"), send);
});
$("look").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("look").querySelector("[type=submit]"), look);
});
clearWhenTyped($("form"));
startDesk();
showOwn().catch(() => {});
