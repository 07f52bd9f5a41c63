// The papers that the platform issued to a company: what they are, whether they hold, and the PDF.

import { get } from "./lib/api.js";
import { $, h, say } from "./lib/dom.js";
import { downloadButton } from "./lib/download.js";
import { orderButton } from "./lib/orders.js";
import { chinaTime } from "./lib/time.js";
import { data, language, t } from "./lib/words.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const fact = (key, words) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, words));

function stateOf(paper) {
  if (paper.state !== "made") return { name: paper.state, chip: "chip chip-issued" };
  if (!paper.stands) return { name: "made", chip: "chip chip-collected" };
  return paper.stands.good ? { name: "good", chip: "chip chip-collected" } : { name: "over", chip: "chip chip-frozen" };
}

function item(paper) {
  const { name, chip } = stateOf(paper);
  const facts = [fact("papers.number", paper.number)];
  if (paper.purpose) facts.push(fact("papers.purpose", paper.purpose));
  if (paper.valid_until) facts.push(fact("papers.valid_until", chinaTime(paper.valid_until)));
  if (paper.made_at) facts.push(fact("papers.made_at", chinaTime(paper.made_at)));
  return h("li", {},
    h("h2", {}, paper[language], h("span", { class: chip }, t(`papers.state_${name}`))),
    h("dl", { class: "facts" }, facts),
    paper.stands && !paper.stands.good ? h("p", { class: "fine" }, paper.stands[language]) : null,
    paper.state === "failed" ? h("p", { class: "fine" }, paper[`reason_${language}`]) : null,
    h("div", { class: "actions" },
      downloadButton("papers.take", `/api/papers/${encodeURIComponent(paper.id)}/exports/pdf`, { class: "button" }),
      paper.state === "made" ? h("a", { class: "link", href: `/v/${paper.code}` }, t("papers.verify")) : null));
}

const FORMS = ["application", "mandate", "confirmation", "contract", "needs"];

const formButton = (name) => orderButton(t(`papers.form_${name}`), `${COMPANY}/forms/${name}`, {}, { after: show });

async function show() {
  const company = await get(COMPANY);
  const { papers } = await get(`${COMPANY}/papers`);
  $("company-name").textContent = company.name;
  $("papers").replaceChildren(...papers.map(item));
  $("none").hidden = papers.length > 0;
  $("forms").hidden = !company.may.includes("see_papers");
  $("to-licence").hidden = !company.may.includes("present_licence");
}

$("form-buttons").append(...FORMS.map(formButton));
show().catch((error) => say($("problem"), error.text ?? String(error)));
