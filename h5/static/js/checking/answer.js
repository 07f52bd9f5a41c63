// The answer to "is this file genuine": a headline, the reasons, and one block per signature.

import { $, h, icon } from "../lib/dom.js";
import { gliding } from "../lib/feel.js";
import { chinaTime } from "../lib/time.js";
import { language, t, tOr } from "../lib/words.js";
import { stepList } from "./steps.js";

const MARKS = { valid: "tick", earlier: "tick", invalid: "cross", unknown: "question", unsigned: "question" };

let checks = 0;

/** Begin a check: the answer before it goes. The result tells whether no later check has begun since. */
export function beginCheck() {
  checks += 1;
  const mine = checks;
  $("answer").hidden = true;
  return () => mine === checks;
}

/** kind: valid (green), earlier (green, with a warning), invalid (red), unknown or unsigned (neutral). */
export function showAnswer(kind, title, text, ...more) {
  const answer = $("answer");
  answer.dataset.kind = kind;
  answer.replaceChildren(
    h("div", { class: "answer-head" }, h("span", { class: "answer-mark" }, icon(MARKS[kind])),
      h("div", {}, h("h2", {}, title), h("p", {}, text))),
    ...more.filter(Boolean));
  answer.hidden = false;
  answer.scrollIntoView({ block: "nearest", behavior: gliding() });
}

/** Reasons in the reader's language; the words come with the answer, so that none can be missing. */
export function reasons(codes, words) {
  if (!codes.length) return null;
  return h("ul", { class: "reasons" }, codes.map((code) => h("li", {}, words[code]?.[language] ?? code)));
}

const row = (key, value) => (value ? h("div", {}, h("dt", {}, t(`verdict.${key}`)), h("dd", {}, value)) : null);

const status = (value) => (value ? tOr(`verdict.status_${value}`, value) : null);

/** What only an expert reads: the field's name, what an unproven certificate says of itself, the level. */
function technical(one) {
  return h("details", {}, h("summary", {}, t("verdict.details")),
    h("dl", { class: "facts facts-small" },
      row("field", one.field), row("subject", one.company ? null : one.subject),
      row("serial", one.certificate_serial), row("level", one.level === "none" ? null : one.level)));
}

function signature(one, index, words) {
  return h("li", { class: "signature", "data-kind": one.verdict },
    h("h3", {}, one.seal_name || t("verdict.signature", { number: index + 1 }), " ",
      h("span", { class: "chip" }, t(`verdict.short_${one.verdict}`))),
    reasons([...one.reasons, ...one.notes], words),
    h("dl", { class: "facts" },
      row("company", one.company || t("verdict.nobody")), row("uscc", one.uscc), row("seal_number", one.seal_number),
      row("signed_at", one.signed_at ? chinaTime(one.signed_at) : null),
      row("certificate_then", status(one.certificate_status_then)),
      row("certificate_now", status(one.certificate_status_now))),
    technical(one));
}

/** What a file has to say that no signature says of itself: that stands in the signature's own block. */
function ofTheFile(report) {
  const own = new Set(report.signatures.flatMap((one) => [...one.reasons, ...one.notes]));
  const looked = report.steps.filter((one) => one.step === "record" || one.step === "seal").flatMap((one) => one.codes);
  return [...report.reasons, ...report.notes, ...looked].filter((code) => !own.has(code));
}

/** The parts of a full validation: reasons, signatures, and the list of what was checked. */
export function reportParts(report) {
  const list = report.signatures;
  return [
    reasons(ofTheFile(report), report.words),
    list.length ? h("ol", { class: "signatures" }, list.map((one, index) => signature(one, index, report.words))) : null,
    stepList(report.steps),
  ];
}

