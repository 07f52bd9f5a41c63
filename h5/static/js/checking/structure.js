// The answer about a seal or signature structure: its picture, who and when, and the steps with their marks.

import { h, icon } from "../lib/dom.js";
import { chinaTime } from "../lib/time.js";
import { t } from "../lib/words.js";
import { reasons } from "./answer.js";

const MARKS = { passed: "tick", failed: "cross", open: "question", skipped: "question" };

const row = (key, value) => (value ? h("div", {}, h("dt", {}, t(key)), h("dd", {}, value)) : null);

const day = (moment) => chinaTime(moment).slice(0, 10);

/** Pictures come as data and are shown by <img>, where an SVG runs nothing and loads nothing. */
function picture({ media, data, width_mm: width, height_mm: height }) {
  if (!media || !data) return null;
  const shown = h("img", { src: `data:${media};base64,${data}`, alt: "" });
  shown.style.width = `${width}mm`;
  return h("figure", { class: "imprint-shown" }, shown, h("figcaption", {}, t("ses.picture", { width, height })));
}

function stateOf({ ok, cause }) {
  if (ok === true) return "passed";
  if (ok === false) return "failed";
  return cause ? "open" : "skipped";
}

function step(one) {
  const state = stateOf(one);
  return h("li", { "data-state": state }, icon(MARKS[state]), h("span", {}, t(`ses.step_${one.step}`)), h("small", {}, t(`ses.${state}`)));
}

function facts(one) {
  const signed = one.signed_at ? chinaTime(one.signed_at) : null;
  const period = t("ses.period_value", { start: day(one.valid_start), end: day(one.valid_end) });
  return h("dl", { class: "facts" },
    row("ses.name", one.name), row("ses.seal_id", one.seal_id),
    row(one.signer_trusted ? "ses.signer" : "ses.signer_unproven", one.signer),
    row(one.timestamp ? "ses.stamped_at" : "ses.signed_at", signed),
    row(one.maker_trusted ? "ses.maker" : "ses.maker_unproven", one.maker),
    row("ses.period", period), row("ses.version", t(`ses.version_${one.version}`)));
}

/** Headline and text for an answer. */
export function headline({ verdict, signatures }) {
  const key = verdict === "valid" ? `ses.valid_${signatures[0].kind}` : `ses.${verdict}`;
  return [t(key), t(`${key}_text`)];
}

/** The parts of the answer. */
export function structureParts(report) {
  const told = reasons([...report.reasons, ...report.notes], report.words);
  return [told, ...report.signatures.map((one) =>
    h("div", { class: "signature" },
      h("h3", {}, t(`ses.${one.kind}`)),
      picture(one.picture), facts(one),
      h("h4", {}, t("ses.steps")), h("ol", { class: "check-steps" }, one.steps.map(step))))];
}
