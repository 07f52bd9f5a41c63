// Page pictures from the API, and lazy lists of pages.

import { h } from "./dom.js";
import { gliding } from "./feel.js";
import { pictureWidth } from "./widths.js";
import { language, t } from "./words.js";

const A4_RATIO = 210 / 297;

export const documentPage = (id, page, width) => `/api/documents/${encodeURIComponent(id)}/pages/${page}.webp?w=${width}`;
export const signingPage = (id, page, width) => `/api/signings/${encodeURIComponent(id)}/pages/${page}.webp?w=${width}`;

/** Every page that carries the seal, from 0, in order; a page with two stands there once. */
const sealed = ({ page, also_pages: further }) => [...new Set([page, ...further])].sort((one, other) => one - other);

/** Where the seal goes, with the pages from 1; what follows one another is drawn together. */
export function placeWords(signing) {
  if (!signing.also_pages.length) return t("confirm.place_value", { page: signing.page + 1 });
  const runs = [];
  for (const page of sealed(signing)) {
    const last = runs.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else runs.push([page, page]);
  }
  const pages = runs.map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`));
  return t("confirm.places_value", { pages: pages.join(language === "en" ? ", " : "、"), count: signing.also_pages.length + 1 });
}

const caption = (signing, page) => {
  const facts = { page: page + 1, count: signing.page_count };
  return t(sealed(signing).includes(page) ? "signing.page_sealed" : "signing.page_of", facts);
};

/** Bring the page that carries the seal into view. */
export function goToSeal(list, signing) {
  list.children[signing.page]?.scrollIntoView({ block: "start", behavior: gliding() });
}

/**
 * Fill `list` with the pages of prepared bytes; each is fetched when it comes near the screen.
 * digest: holds the pictures to the very bytes that will be confirmed; none is shown of others.
 */
export function showPages(list, signing, digest = null) {
  const held = digest === null ? "" : `&digest=${encodeURIComponent(digest)}`;
  const width = pictureWidth(list.clientWidth || 360);
  const count = signing.page_count;
  const figures = Array.from({ length: count }, (_, page) => {
    const picture = h("img", { alt: t("signing.page_alt", { page: page + 1, count }), class: "is-coming", loading: "lazy", decoding: "async" });
    picture.style.aspectRatio = String(A4_RATIO);
    picture.addEventListener("load", () => {
      picture.style.aspectRatio = `${picture.naturalWidth} / ${picture.naturalHeight}`;
      picture.classList.remove("is-coming");
    });
    picture.src = signingPage(signing.id, page, width) + held;
    return h("figure", { class: "page" }, h("figcaption", {}, caption(signing, page)), picture);
  });
  list.replaceChildren(...figures);
}
