// A photo sent into the conversation: a document to seal, a stamped sheet, or a QR code.

import { get, upload } from "../lib/api.js";
import { safeLink } from "../lib/dom.js";
import { keep } from "../lib/handed.js";
import { note, pick } from "../lib/overlay.js";
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
  const able = (await get("/me")).companies.filter(({ may }) => may.includes("add_seal"));
  if (!able.length) return note(t("thread.not_yours"));
  const known = able.find(({ id }) => id === current) ?? (able.length === 1 ? able[0] : null);
  const choices = able.map(({ id, name, uscc }) => ({ label: name, detail: uscc, value: id }));
  const id = known ? known.id : await pick(t("thread.which_company"), choices);
  if (!id) return undefined;
  await keep(file);
  return location.assign(`/m/photo/${encodeURIComponent(id)}#handed`);
}

/** Ask what a photo is for, what fits first; true when it is to be sealed, else what was chosen is done. */
export async function sealsPhoto(file, company) {
  const shown = await see(file);
  const chosen = await pick(t(`thread.photo_is_${shown.kind}`), choicesOf(shown));
  if (chosen === "stamp") await toStampPage(file, company);
  if (chosen === "open") location.assign(safeLink(shown.href));
  return chosen === "seal";
}
