// A seal as people see it: the imprint at a scale common to the set, its name, number and state.

import { h } from "../lib/dom.js";
import { downloadButton } from "../lib/download.js";
import { chinaTime } from "../lib/time.js";
import { language, t } from "../lib/words.js";

const FRAME_MM = 46; // a little more than the largest seal, so that sizes compare by eye

const size = (millimetres) => `${(millimetres / FRAME_MM) * 100}%`;

/** The picture of an imprint in true proportion to the other seals. */
export function imprint(seal) {
  const picture = h("img", { class: "imprint", src: seal.imprint_url, alt: t("seals.imprint_of", { name: seal.name }) });
  picture.style.width = size(seal.width_mm);
  return h("div", { class: "imprint-frame" }, picture);
}

/** The kind, told apart from others of its kind by its unit and number. */
export function kindOf(seal) {
  const number = seal.ordinal > 1 ? `（${seal.ordinal}）` : "";
  const unit = seal.unit ? ` · ${seal.unit}` : "";
  return `${language === "en" ? seal.kind_en : seal.kind_zh}${number}${unit}`;
}

const reasonOf = (seal) => (language === "en" ? seal.reason_en : seal.reason_zh);

/** The list item of one seal with all that is known of it; more: further lines. */
export function sealItem(seal, more = []) {
  const facts = [
    [t("seals.number"), seal.number],
    [t("seals.size"), `${seal.width_mm} × ${seal.height_mm} mm`],
  ];
  if (seal.collected_at) facts.push([t("seals.collected_at"), chinaTime(seal.collected_at)]);
  return h("li", { class: "seal" },
    imprint(seal),
    h("div", { class: "seal-words" },
      h("h3", { class: "seal-kind" }, kindOf(seal), " ",
        h("span", { class: `chip chip-${seal.state}` }, t(`seals.state_${seal.state}`)),
        seal.approval ? [" ", h("span", { class: "chip" }, t(`seals.approval_${seal.approval}`))] : null),
      h("p", { class: "seal-name" }, seal.name),
      reasonOf(seal) ? h("p", { class: "seal-reason" }, reasonOf(seal)) : null,
      facts.map(([label, value]) => h("p", { class: "fine tabular" }, `${label} ${value}`)),
      more),
    downloads(seal));
}

/** The seal's structure, once it is collected, for whom it is meant, and its pictures, which are for preview only. */
function downloads(seal) {
  const at = `/api/seals/${encodeURIComponent(seal.id)}`;
  const files = [["seals.download_png", `${at}/imprint.png`], ["seals.download_svg", `${at}/imprint.svg`]];
  const structure = seal.collected_at && seal.may.includes("take_structure") ? downloadButton("seals.download_esl", `${at}/exports/esl`, { class: "link" }) : null;
  return h("p", { class: "seal-downloads" }, structure, files.map(([key, url]) => h("a", { class: "link", href: url, download: `${seal.name}.${url.split(".").pop()}` }, t(key))));
}
