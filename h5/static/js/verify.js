// Checking any file, or finding the record of a typed verification code.

import { $, h } from "./lib/dom.js";
import { fieldError, clearWhenTyped } from "./lib/forms.js";
import { acceptFiles } from "./lib/files.js";
import { t } from "./lib/words.js";
import { reportParts, showAnswer } from "./checking/answer.js";
import { validate } from "./checking/validate.js";
import { startDesk } from "./desk.js";

const CODE_LENGTH = 16;

function recordLink(code) {
  if (!code) return null;
  return h("p", {}, h("a", { href: `/v/${encodeURIComponent(code)}` }, t("verify.to_record")));
}

async function check(file) {
  const report = await validate(file);
  if (!report) return;
  const { verdict } = report;
  const earlier = verdict === "valid" && report.record?.match === "earlier";
  const title = earlier ? t("verdict.earlier_title") : t(`verdict.${verdict}_title`);
  const text = earlier ? t("verdict.earlier_text") : t(`verdict.${verdict}_text`);
  showAnswer(earlier ? "earlier" : verdict, title, text, ...reportParts(report), recordLink(report.code));
}

function openRecord(event) {
  event.preventDefault();
  const code = $("code").value.replace(/[\s\-–—]/g, "").toUpperCase();
  if (code.length !== CODE_LENGTH) return fieldError(event.target, "code", t("verify.code_bad"));
  location.assign(`/v/${encodeURIComponent(code)}`);
  return undefined;
}

acceptFiles($("drop"), $("file"), check);
$("code-form").addEventListener("submit", openRecord);
clearWhenTyped($("code-form"));
if (location.hash === "#code") $("code").focus();
startDesk();
