// Beside the record of a code: is the file in hand the one that was sealed? Answered by its hash.

import { post } from "./lib/api.js";
import { $, busy, h } from "./lib/dom.js";
import { downloadButton } from "./lib/download.js";
import { acceptFiles } from "./lib/files.js";
import { data, t } from "./lib/words.js";
import { beginCheck, reportParts, showAnswer } from "./checking/answer.js";
import { sha256 } from "./checking/hash.js";
import { startPrinted } from "./checking/printed.js";
import { validate } from "./checking/validate.js";
import { startDesk } from "./desk.js";

const bare = (code) => code.replaceAll("-", "");

function showMatch(match, ...more) {
  const kind = { latest: "valid", unrenewed: "valid", continued: "valid", unarchived: "earlier", earlier: "earlier", none: "invalid" }[match];
  showAnswer(kind, t(`record.${match}_title`), t(`record.${match}_text`), ...more);
}

/** The file validated in full by upload; green only if it is valid and belongs to this very record. */
async function checkWhole(file) {
  const report = await validate(file);
  if (!report) return;
  const own = report.code !== null && bare(report.code) === bare(data.code);
  const parts = reportParts(report);
  if (report.verdict === "valid" && own) showMatch(report.record.match, ...parts);
  else if (report.verdict === "valid") showAnswer("unknown", t("record.other_title"), t("record.other_text"), ...parts);
  else showAnswer(report.verdict, t(`verdict.${report.verdict}_title`), t(`verdict.${report.verdict}_text`), ...parts);
}

function wholeButton(file) {
  const button = h("button", { type: "button", class: "button" }, t("record.whole"));
  button.addEventListener("click", () => busy(button, () => checkWhole(file)));
  return h("div", { class: "actions" }, button, h("p", { class: "fine" }, t("record.whole_note")));
}

async function check(file) {
  const isNewest = beginCheck();
  try {
    const { match } = await post(`/codes/${encodeURIComponent(data.code)}/match`, { sha256: await sha256(file) }, { login: false });
    if (isNewest()) showMatch(match, h("p", { class: "fine" }, t("record.compared", { name: file.name })), wholeButton(file));
  } catch (error) {
    if (isNewest()) showAnswer("unknown", t("verdict.unknown_title"), error.text ?? String(error));
  }
}

/** Of a document of one's own: the file itself and its proof. */
function ownDownloads(place) {
  const { file_url: file, evidence_url: evidence } = data.own[Number(place.dataset.own)];
  place.append(downloadButton("record.own_file", file, { class: "button button-main" }),
    downloadButton("record.own_evidence", evidence, { class: "button" }));
}

document.querySelectorAll("[data-own]").forEach(ownDownloads);
startPrinted();
acceptFiles($("drop"), $("file"), check);
startDesk();
