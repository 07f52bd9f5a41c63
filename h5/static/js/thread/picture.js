// What a card speaks of, as a picture: its place is kept before it comes, so that nothing moves.

import { h, icon, safeLink } from "../lib/dom.js";
import { t } from "../lib/words.js";

function licence({ width, height, words }) {
  const face = h("div", { class: "picture picture-licence", "aria-hidden": "true" },
    h("b", {}, t("thread.licence")), h("span", {}, words));
  return sized(face, width, height);
}

function sized(element, width, height) {
  element.style.setProperty("--width", `${width}px`); // by the object model, which the policy allows
  element.style.setProperty("--height", `${height}px`);
  return element;
}

/** One picture; a page that the reader may not open is the sign of a file. */
export function picture(one) {
  if (one.kind === "licence") return licence(one);
  if (!one.url) return sized(h("div", { class: "picture picture-page picture-none" }, icon("file")), one.width, one.height);
  const image = h("img", {
    class: `picture picture-${one.kind}`, alt: "", width: one.width, height: one.height,
    loading: "lazy", decoding: "async", src: safeLink(one.url),
  });
  image.addEventListener("error", () => image.classList.add("picture-gone"), { once: true });
  return sized(image, one.width, one.height);
}

/** Keep the pictures of a card that is told anew: they are there already. */
export function keepPictures(from, to) {
  const old = [...from.querySelectorAll("img.picture")];
  for (const image of to.querySelectorAll("img.picture")) {
    const same = old.find((one) => one.getAttribute("src") === image.getAttribute("src"));
    if (same) image.replaceWith(same);
  }
}
