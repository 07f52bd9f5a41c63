// 扫一扫: the camera where this browser reads codes, a photo that the server reads where it does not. Only
// addresses of this site are followed; anything else is shown as what it says.

import { upload } from "./lib/api.js";
import { $, busy, say } from "./lib/dom.js";
import { data, t } from "./lib/words.js";
import { Camera, readsCodes, readFile } from "./scanning/camera.js";
import { smaller } from "./scanning/photo.js";

let reads = false; // whether this browser does itself
const OWN = [location.origin, new URL(data.site).origin];

/** The address of this site that a code says; null for anything else. */
function own(text) {
  try {
    const address = new URL(text);
    return OWN.includes(address.origin) ? address : null;
  } catch {
    return null;
  }
}

/** Follow what is ours; of the rest show the first, for nobody knows where it leads. */
function take(texts) {
  camera.stop();
  const address = texts.map(own).find(Boolean);
  if (address) {
    say($("scan-state"), t("qr.found"));
    location.assign(address.href);
    return;
  }
  $("scan-view").hidden = true;
  $("scan-camera").hidden = !reads;
  say($("scan-state"), "");
  say($("scan-text"), texts[0]);
  $("scan-other").hidden = false;
}

const camera = new Camera($("scan-video"), (text) => take([text]));

function clear() {
  $("scan-other").hidden = true;
  say($("scan-error"), "");
}

async function open() {
  clear();
  say($("scan-state"), t("qr.asking"));
  $("scan-camera").hidden = true;
  try {
    await camera.start();
    $("scan-view").hidden = false;
    say($("scan-state"), t("qr.aim"));
  } catch {
    // Refused, or there is none: the photo remains.
    say($("scan-state"), t("qr.no_camera"));
    $("scan-camera").hidden = false;
  }
}

async function fromPhoto() {
  const [file] = $("scan-photo").files;
  $("scan-photo").value = "";
  if (!file) return;
  clear();
  say($("scan-state"), t("qr.reading"));
  try {
    const texts = await readFile(file);
    take(texts.length ? texts : (await upload("/scan/photo", await smaller(file), {}, () => {})).texts);
  } catch (error) {
    say($("scan-state"), "");
    say($("scan-error"), error.text ?? String(error));
  }
}

$("scan-camera").addEventListener("click", () => busy($("scan-camera"), open));
$("scan-photo").addEventListener("change", fromPhoto);
addEventListener("pagehide", () => camera.stop());
readsCodes().then((able) => {
  reads = able;
  if (able) return open();
  $("scan-pick").classList.add("button-main");
  say($("scan-state"), t("qr.by_photo"));
  return undefined;
});
