// Verifying a seal or signature file, with the document it is of where that is at hand.

import { $, say } from "./lib/dom.js";
import { acceptFiles } from "./lib/files.js";
import { t } from "./lib/words.js";
import { showAnswer } from "./checking/answer.js";
import { headline, structureParts } from "./checking/structure.js";
import { validate } from "./checking/validate.js";
import { startDesk } from "./desk.js";

let structure = null;
let signed = null;

async function check() {
  if (!structure) return;
  const fields = { picture: "1", ...(signed ? { document: signed } : {}) };
  const report = await validate(structure, "/verify-seal", fields);
  if (report) showAnswer(report.verdict, ...headline(report), ...structureParts(report));
}

acceptFiles($("drop"), $("file"), (file) => {
  structure = file;
  return check();
});
acceptFiles($("document-drop"), $("document"), (file) => {
  signed = file;
  say($("document-note"), t("ses.document_chosen", { name: file.name }));
  return check();
});
startDesk();
