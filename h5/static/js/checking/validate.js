// Full validation of a file by upload, with its progress.

import { upload } from "../lib/api.js";
import { $, say, showShare } from "../lib/dom.js";
import { t } from "../lib/words.js";
import { beginCheck, showAnswer } from "./answer.js";

/** Upload and validate; null after showing why it could not be done, or when a later check has begun. */
export async function validate(file, path = "/verify", fields = {}) {
  const isNewest = beginCheck();
  $("upload").hidden = false;
  say($("upload-name"), t("verdict.checking", { name: file.name }));
  $("upload-progress").removeAttribute("value");
  try {
    const report = await upload(path, file, fields, (sent) => showShare($("upload-progress"), sent), { login: false });
    return isNewest() ? report : null;
  } catch (error) {
    if (isNewest()) showAnswer("unknown", t("verdict.unknown_title"), error.text ?? String(error));
    return null;
  } finally {
    if (isNewest()) $("upload").hidden = true;
  }
}
