// Sending a PDF to be sealed: progress, and the question about active content.

import { ApiError, get, upload } from "./api.js";
import { h } from "./dom.js";
import { openDrawer, pick } from "./overlay.js";
import { t, tOr } from "./words.js";

const MAX_BYTES = 50 * 2 ** 20; // the API's own limit; a phone need not send 60 MB to be told

/** Whose document it will be: asked only where there is a choice; null when no choice was made. */
async function chooseCompany(known) {
  const companies = (await get("/me")).companies.filter(({ may }) => may.includes("ask_signing"));
  if (companies.some(({ id }) => id === known)) return { company_id: known };
  if (companies.length < 2) return companies.length ? { company_id: companies[0].id } : {};
  const choices = companies.map(({ id, name, uscc }) => ({ label: name, detail: uscc, value: id }));
  const id = await pick(t("upload.which_company"), choices);
  return id && { company_id: id };
}

/**
 * Upload one PDF, sent `via` thread or page, for a company that is known or asked for; photo: it is a picture,
 * to be made one. Null when the person stepped back. Throws ApiError.
 */
export async function uploadDocument(file, via, onProgress, known = null, photo = false) {
  if (file.size > MAX_BYTES) {
    throw new ApiError(413, { code: "pdf.too_large", zh: t("upload.too_large"), en: t("upload.too_large") });
  }
  const company = await chooseCompany(known);
  if (!company) return null;
  const fields = { ...company, via, ...(photo ? { photo: "1" } : {}) };
  try {
    return await upload("/documents", file, fields, onProgress);
  } catch (error) {
    if (error.code !== "pdf.active_content") throw error;
    if (!(await agreeToRemove(error.facts.active ?? []))) return null;
    return upload("/documents", file, { ...fields, remove_active: "1" }, onProgress);
  }
}

const word = (code) => h("li", {}, tOr(`upload.active_${code}`, code));

async function agreeToRemove(codes) {
  const drawer = h("dialog", { class: "drawer", "aria-labelledby": "active-title" });
  drawer.append(
    h("h2", { id: "active-title" }, t("upload.active_title")),
    h("p", {}, t("upload.active_text")),
    h("ul", {}, codes.map(word)),
    h("p", { class: "fine" }, t("upload.active_note")),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button button-main", onclick: () => drawer.close("remove") },
        t("upload.active_remove")),
      h("button", { type: "button", class: "button", onclick: () => drawer.close("") }, t("js.cancel"))),
  );
  document.body.append(drawer);
  const answer = await openDrawer(drawer);
  drawer.remove();
  return answer === "remove";
}
