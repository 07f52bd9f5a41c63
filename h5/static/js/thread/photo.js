// A photo sent into the conversation: a document to seal, a stamped sheet, or a QR code.

import { upload } from "../lib/api.js";
import { companyFor } from "../lib/companies.js";
import { safeLink } from "../lib/dom.js";
import { keep } from "../lib/handed.js";
import { pick } from "../lib/overlay.js";
import { t } from "../lib/words.js";
import { readFile } from "../scanning/camera.js";

export const isPhoto = (file) => file.type.startsWith("image/");

/** The address of this site that a code says; null for anything else. */
function own(text) {
  try {
    const address = new URL(text);
    return address.origin === location.origin ? address.href : null;
  } catch {
    return null;
  }
}

/** A QR code is read in this browser, where it can; else the server looks. */
async function see(file) {
  const [text] = await readFile(file);
  return text === undefined ? upload("/photos/look", file) : { kind: "qr", text, href: own(text) };
}

const choice = (value, detail = "") => ({ label: t(`thread.photo_${value}`), detail, value });

function choicesOf({ kind, href, text }) {
  const fits = t("thread.photo_fits");
  const rest = [choice("seal", kind === "document" ? fits : ""), choice("stamp", kind === "stamp" ? fits : "")];
  if (kind === "stamp") rest.reverse();
  if (kind !== "qr") return rest;
  return [href ? choice("open", href.split(/[?#]/)[0]) : choice("text", text), rest[0]];
}

async function toStampPage(file, current) {
  const id = await companyFor("add_seal", current);
  if (!id) return;
  await keep(file);
  location.assign(`/m/photo/${encodeURIComponent(id)}#handed`);
}

/** Ask what a photo is for, what fits first; true when it is to be sealed, else what was chosen is done. */
export async function sealsPhoto(file, company) {
  const shown = await see(file);
  const chosen = await pick(t(`thread.photo_is_${shown.kind}`), choicesOf(shown));
  if (chosen === "stamp") await toStampPage(file, company);
  if (chosen === "open") location.assign(safeLink(shown.href));
  return chosen === "seal";
}
