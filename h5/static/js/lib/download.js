// Downloads: the file is asked for first, which its company sees; then the browser fetches it.

import { post } from "./api.js";
import { busy, h, safeLink } from "./dom.js";
import { note } from "./overlay.js";
import { t } from "./words.js";

/** Have what the API makes ready at `path`, an address of it to POST to, fetched by the browser. */
export async function download(path) {
  location.assign(safeLink((await post(path)).download_url));
}

/** A button that downloads what the API makes ready at `address`, an address of ours to POST to. */
export function downloadButton(key, address, attributes = {}) {
  const button = h("button", { type: "button", ...attributes }, t(key));
  button.addEventListener("click", () => busy(button, async () => {
    try {
      await download(address.replace(/^\/api/, ""));
    } catch (error) {
      note(error.text ?? String(error));
    }
  }));
  return button;
}
