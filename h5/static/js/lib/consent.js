// The consent to terms and privacy policy: a drawer that comes when an act needs it, with one tap to accept.

import { h } from "./dom.js";
import { note, openDrawer } from "./overlay.js";
import { t } from "./words.js";

const TITLES = { terms: "js.consent_terms", privacy: "js.consent_privacy" };

/** Show what is in force and ask; true once it is accepted. get, post: calls of the API, which itself asks here. */
export async function askConsent({ get, post }) {
  const texts = await get("/consents");
  const dialog = h("dialog", { class: "drawer", "aria-label": t("js.consent_title") },
    h("h2", {}, t("js.consent_title")),
    h("ul", {}, ...texts.map((text) => h("li", {},
      h("a", { href: text.url, target: "_blank", rel: "noopener" }, t(TITLES[text.text])), " ",
      h("span", { class: "fine" }, t("js.consent_version", { version: text.version, since: text.since }))))),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button button-main", onclick: () => dialog.close("yes") }, t("js.consent_yes")),
      h("button", { type: "button", class: "button", onclick: () => dialog.close("") }, t("js.consent_no"))));
  document.body.append(dialog);
  const answer = await openDrawer(dialog);
  dialog.remove();
  if (answer !== "yes") return false;
  try {
    await post("/consents", Object.fromEntries(texts.map((text) => [text.text, text.digest])));
    return true;
  } catch (error) {
    note(error.text);
    return false;
  }
}
