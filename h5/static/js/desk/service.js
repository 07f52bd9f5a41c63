// The desk of service: tickets, guidance to answer, notices.

import { get, post } from "../lib/api.js";
import { $, busy, h, say } from "../lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "../lib/forms.js";
import { chinaTime } from "../lib/time.js";
import { language, t } from "../lib/words.js";
import { startDesk } from "../desk.js";
import { guidanceItem } from "./guidance.js";
import { opened, proven } from "./proven.js";

const FIELDS = ["kind", "topic", "title_zh", "title_en", "text_zh", "text_en"];

function act(words, path, body = {}) {
  const button = h("button", { type: "button", class: "button" }, t(words));
  button.addEventListener("click", () => busy(button, async () => {
    say($("problem"), "");
    await proven(() => post(path, typeof body === "function" ? body() : body));
    await show();
  }).catch((error) => say($("problem"), error.text ?? t("passkeys.not_done"))));
  return button;
}

function answerForm(path) {
  const field = h("textarea", { rows: 3, maxlength: 2000, "aria-label": t("desk.service_answer") });
  return h("div", { class: "form" }, field, act("desk.service_answer", path, () => ({ text: field.value })));
}

function ticketItem({ id, contact, overdue, asked_freeze_at: asked, ticket }) {
  const path = `/desk/tickets/${encodeURIComponent(id)}`;
  const about = ticket.kind === "abuse" && ticket.code;
  return h("li", { class: "service-item" },
    h("p", {}, h("b", {}, ticket.number), " ",
      h("span", { class: "chip" }, t(`feedback.kind_${ticket.kind}`)), " ",
      h("span", { class: "chip" }, t(overdue ? "desk.service_overdue" : `feedback.state_${ticket.state}`))),
    h("p", { class: "service-text" }, ticket.text),
    h("p", { class: "fine" }, `${t("desk.service_due")} ${chinaTime(ticket.due_at)}`),
    contact ? h("p", { class: "fine" }, `${t("desk.service_contact")} ${contact}`) : null,
    ticket.code ? h("p", { class: "fine" }, `${t("desk.service_code")} `, h("a", { href: `/v/${ticket.code}` }, ticket.code)) : null,
    asked ? h("p", { class: "fine" }, t("desk.service_asked")) : null,
    answerForm(`${path}/answer`),
    h("div", { class: "actions" },
      ticket.state === "received" ? act("desk.service_take", `${path}/take`) : null,
      about && !asked ? act("desk.service_ask", `${path}/ask-freeze`) : null,
      act("desk.service_close", `${path}/close`)));
}

const noticeItem = (notice) => h("li", { class: "service-item" },
  h("p", {}, h("b", {}, notice[`title_${language}`]), " ", h("span", { class: "chip" }, t(`notices.kind_${notice.kind}`))),
  act("desk.service_withdraw", `/desk/notices/${encodeURIComponent(notice.id)}/withdraw`));

const trainingItem = ({ notice, people, companies }) => h("li", { class: "service-item" },
  h("p", {}, h("b", {}, notice[`title_${language}`]), " ", h("span", { class: "chip" }, t(`notices.topic_${notice.topic}`))),
  h("p", { class: "fine" }, t("desk.service_people", { people, companies })));

/** The items of a list, or that there are none. */
const list = (id, items) => $(id).replaceChildren(...(items.length ? items : [h("li", { class: "fine" }, t("desk.super_none"))]));

async function show() {
  const [tickets, told, given] = await opened(() =>
    Promise.all([get("/desk/tickets"), get("/desk/notices"), get("/desk/guidance")]));
  $("ticket-count").textContent = tickets.waiting
    ? `${t("desk.waiting", { count: tickets.waiting })} ${t("desk.service_late", { count: tickets.overdue })}` : t("desk.none_waiting");
  $("tickets").replaceChildren(...tickets.tickets.map(ticketItem));
  list("notices", told.notices.map(noticeItem));
  list("trainings", told.trainings.map(trainingItem));
  list("guidance", given.guidance.map((one) =>
    guidanceItem(one, one.answered_at ? null : answerForm(`/desk/guidance/${encodeURIComponent(one.id)}/answer`))));
}

async function publish() {
  const form = $("form");
  clearErrors(form);
  const body = Object.fromEntries(FIELDS.map((name) => [name, $(name).value]));
  if ($("shown_until").value) body.shown_until = `${$("shown_until").value}T23:59:59+08:00`;
  try {
    await proven(() => post("/desk/notices", body));
    form.reset();
    await show();
  } catch (error) {
    if (!fieldError(form, error.field, error.text)) say($("problem"), error.text ?? t("passkeys.not_done"));
    goToFirstError(form);
  }
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  busy($("form").querySelector("[type=submit]"), publish);
});
clearWhenTyped($("form"));
startDesk();
show().catch((error) => say($("problem"), error.text ?? String(error)));
