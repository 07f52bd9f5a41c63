// An imprint from a photo of a stamped sheet: send the photo, show what came out and what it is worth.

import { upload } from "./lib/api.js";
import { $, h, say, showOnly } from "./lib/dom.js";
import { clearErrors, clearWhenTyped, fieldError, goToFirstError } from "./lib/forms.js";
import { take } from "./lib/handed.js";
import { data, t } from "./lib/words.js";

const COMPANY = `/companies/${encodeURIComponent(data.company)}`;
const MM_ON_SCREEN = 6; // CSS px to a millimetre: larger than life, so that every stroke can be checked
const form = $("form");
const inputs = [$("camera"), $("album")];

function showSending(share) {
  $("upload").hidden = share === null;
  $("pick").hidden = share !== null;
  if (share === null) return;
  $("upload-words").textContent = t(share < 1 ? "photo.sending" : "photo.working");
  if (share < 1) $("upload-progress").value = share;
  else $("upload-progress").removeAttribute("value");
}

function showTaken(photo) {
  const { quality } = photo;
  const facts = [t("photo.size", { width: photo.width_mm, height: photo.height_mm })];
  if (quality.measured_mm) facts.push(t("photo.measured", { measured: quality.measured_mm }));
  $("picture").src = photo.picture_url;
  $("picture").style.width = `${photo.width_mm * MM_ON_SCREEN}px`;
  $("size").textContent = facts.join(" · ");
  $("verdict-words").textContent = t(quality.weak.length ? "photo.weak" : "photo.good");
  $("weak").replaceChildren(...quality.weak.map((name) => h("li", {}, t(`photo.weak_${name}`))));
  const use = new URLSearchParams({ photo: photo.id, kind: photo.kind });
  $("use").href = `/m/add-seal/${encodeURIComponent(data.company)}?${use}`;
  showOnly($("part-done"), $("part-form"), $("part-done"));
  $("done-title").focus();
}

function showRefused(error) {
  for (const one of error.all) {
    if (fieldError(form, one.field, one.text)) continue;
    say($("file-error"), one.text);
  }
  if ($("file-error").hidden) return goToFirstError(form);
  $("file-error").focus({ preventScroll: true });
  return $("file-error").scrollIntoView({ block: "center" });
}

async function send(file) {
  clearErrors(form);
  say($("file-error"), "");
  const fields = { kind: $("kind").value, width_mm: $("width_mm").value.trim() };
  showSending(0);
  try {
    showTaken(await upload(`${COMPANY}/photos`, file, fields, showSending));
  } catch (error) {
    showRefused(error);
  } finally {
    showSending(null);
  }
}

function again() {
  showOnly($("part-form"), $("part-form"), $("part-done"));
  $("kind").focus();
}

for (const input of inputs) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) send(file);
  });
}
/** A photo that was sent into the conversation waits for what kind of seal it shows. */
async function offerHanded() {
  if (location.hash !== "#handed") return;
  const file = await take();
  if (!file) return;
  $("handed").hidden = false;
  $("handed").addEventListener("click", () => send(file));
}

const kind = new URLSearchParams(location.search).get("kind");
if ([...$("kind").options].some((option) => option.value === kind)) $("kind").value = kind;
clearWhenTyped(form);
form.addEventListener("submit", (event) => event.preventDefault());
$("again").addEventListener("click", again);
offerHanded().catch(() => {}); // then it is chosen here, as always
