// Sending a PDF to be sealed: progress, what must be agreed to first, and why a page cannot be sealed.

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
  for (;;) {
    try {
      return await upload("/documents", file, fields, onProgress);
    } catch (error) {
      const question = QUESTIONS[error.code];
      if (error.code === "pdf.shown_differently") await showPair(error);
      if (!question || question.field in fields) throw error;
      if (!(await agree(...question.words(error.facts)))) return null;
      fields[question.field] = "1";
    }
  }
}

/** What may be sent again once the person agreed: the form's field, and what is asked. */
const QUESTIONS = {
  "pdf.active_content": {
    field: "remove_active",
    words: ({ active = [] }) => [
      "active",
      h("p", {}, t("upload.active_text")),
      h("ul", {}, active.map((code) => h("li", {}, tOr(`upload.active_${code}`, code)))),
      h("p", { class: "fine" }, t("upload.active_note")),
    ],
  },
  "pdf.restricted": {
    field: "lift_restrictions",
    words: () => [
      "restricted",
      h("p", {}, t("upload.restricted_text")),
      h("p", { class: "fine" }, t("upload.restricted_note")),
    ],
  },
};

async function ask(name, parts, buttons) {
  const drawer = h("dialog", { class: "drawer", "aria-labelledby": "upload-title" });
  const made = buttons.map(([text, value, sort]) =>
    h("button", { type: "button", class: `button ${sort}`, onclick: () => drawer.close(value) }, text));
  drawer.append(
    h("h2", { id: "upload-title" }, t(`upload.${name}_title`)), ...parts, h("div", { class: "actions" }, made));
  document.body.append(drawer);
  const answer = await openDrawer(drawer);
  drawer.remove();
  return answer;
}

const agree = async (name, ...parts) => "yes" === await ask(name, parts, [
  [t(`upload.${name}_agree`), "yes", "button-main"],
  [t("js.cancel"), "", ""],
]);

/** The page as it was and as the system reads it, side by side; either may be one that cannot be shown. */
function showPair({ text, facts }) {
  const side = (name) => h("figure", {},
    facts[name]
      ? h("img", { src: `data:image/png;base64,${facts[name]}`, alt: t(`upload.pair_${name}`) })
      : h("p", { class: "fine" }, t("upload.pair_none")),
    h("figcaption", {}, t(`upload.pair_${name}`)));
  return ask("pair", [h("p", {}, text), h("div", { class: "pair" }, side("before"), side("after"))],
    [[t("js.close"), "", "button-main"]]);
}
