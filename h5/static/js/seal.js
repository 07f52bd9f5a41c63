// Asking for a seal, on the phone (/m/seal) and at the desk (/pc): file, seal, place, others, then watch.

import { get, post, requestId } from "./lib/api.js";
import { $, busy, say, showShare } from "./lib/dom.js";
import { gliding } from "./lib/feel.js";
import { acceptFiles } from "./lib/files.js";
import { uploadDocument } from "./lib/upload.js";
import { data, language, t, tOr } from "./lib/words.js";
import { ConfirmView } from "./confirming/view.js";
import { startDesk } from "./desk.js";
import { Also } from "./sealing/also.js";
import { Box } from "./sealing/box.js";
import { remember, showSeals } from "./sealing/choices.js";
import { Others } from "./sealing/others.js";
import { Places } from "./sealing/places.js";
import { Stage } from "./sealing/stage.js";
import { Watch } from "./sealing/watch.js";

const MARGIN_MM = 25;
const NO_CHANGES = 1; // a certified document's permission (ISO 32000-2 table 257)
const state = { document: null, seal: null, box: null, field: null, request: requestId() };

const stage = new Stage((page, x, y) => {
  if (!state.box || state.field) return;
  const place = places.near(page, x, y);
  const box = state.box.page === page ? state.box : also.here ?? state.box;
  box.moveCentre(page, place?.x_mm ?? x, place?.y_mm ?? y);
});
const places = new Places(stage, goToPlace);
const others = new Others(stage, () => state.box, places);
const also = new Also(stage, places, () => state.box, () => shapeOf(state.seal), () => changed());
const confirmView = new ConfirmView();
const watch = new Watch({ desk: data.desk, confirmHere, again: () => location.assign(location.pathname) });

stage.onLayOut = () => places.draw();
stage.onPage = () => {
  others.pageShown();
  showPlace();
};

function shapeOf({ width_mm, height_mm, imprint_url }) {
  return { width_mm, height_mm, image: imprint_url };
}

function showPlace() {
  if (!state.box) return;
  const box = state.box.page === stage.page ? state.box : also.here ?? state.box;
  const away = box.page !== stage.page;
  const facts = { page: box.page + 1, x: box.x_mm.toFixed(1), y: box.y_mm.toFixed(1) };
  say($("place"), t(away ? "seal.place_elsewhere" : "seal.place", facts));
  places.tell(state.box);
  also.tell();
  state.box.name(t("seal.box", { name: state.seal.name, page: state.box.page + 1, x: state.box.x_mm.toFixed(1), y: state.box.y_mm.toFixed(1) }));
}

/** Each change of what is asked is a new request; only the very same one may be sent twice. */
function changed() {
  askAgreement();
  state.request = requestId();
  showPlace();
}

function chooseSeal(seal) {
  const old = state.box;
  state.seal = seal;
  state.box = new Box(stage, shapeOf(seal), changed, (...at) => places.near(...at));
  if (old) stage.drop(old, state.box);
  stage.add(state.box);
  stage.main = state.box;
  also.dress();
  $("block-others").hidden = state.document.signed;
  $("block-stated").hidden = false;
  $("block-send").hidden = false;
  askAgreement();
  putFirst(old, seal);
  stage.reveal(state.box);
}

/** Into the prepared place, else where the seal before it was, else where the text asks for it, else bottom right, as is the custom. */
function putFirst(old, seal) {
  if (state.field) return useField(state.field);
  const paper = stage.paper();
  if (old) return state.box.putCentre(old.page, old.centre.x_mm, old.centre.y_mm);
  const { best } = places;
  if (best) return state.box.putCentre(best.page, best.x_mm, best.y_mm);
  return state.box.put(stage.page, paper.width_mm - seal.width_mm - MARGIN_MM, paper.height_mm - seal.height_mm - 2 * MARGIN_MM);
}

function useField(field) {
  state.field = field;
  state.box.movable = !field;
  state.box.element.classList.toggle("is-fixed", Boolean(field));
  if (!field) return changed();
  stage.show(field.page);
  return state.box.putCentre(field.page, field.x_mm + field.width_mm / 2, field.y_mm + field.height_mm / 2);
}

/** The seal goes where the document's text asks for one. */
function goToPlace(place) {
  if (!state.box) return;
  if (state.field) {
    $("field").value = "";
    useField(null);
  }
  if (stage.page !== place.page) stage.show(place.page);
  state.box.moveCentre(place.page, place.x_mm, place.y_mm);
  stage.reveal(state.box);
  $("stage").scrollIntoView({ block: "nearest", behavior: gliding() });
}

/** Places that an earlier signer prepared: offered by name, the first one taken. */
function offerFields(fields) {
  $("field-box").hidden = fields.length === 0;
  const options = fields.map((field, place) => new Option(t("seal.field_of", { name: field.name, page: field.page + 1 }), String(place)));
  $("field").replaceChildren(...options, new Option(t("seal.field_free"), ""));
  state.field = fields[0] ?? null;
  $("field").onchange = () => useField($("field").value === "" ? null : fields[Number($("field").value)]);
}

/** Others have sealed it, or will: then each says that the parties agreed to sign so. */
const severalSign = () => state.document.signed || ["known", "unknown"].includes(others.answer);

function askAgreement() {
  $("block-agreed").hidden = $("block-send").hidden || !severalSign();
  say($("agreed-error"), "");
}

async function takeDocument(document_) {
  state.document = document_;
  $("upload").hidden = true;
  $("drop").hidden = true;
  $("file-line").hidden = false;
  $("file-name").textContent = document_.name;
  $("file-pages").textContent = t("seal.pages", { count: document_.page_count });
  if (document_.certification === NO_CHANGES) return say($("problem"), t("seal.final"));
  const removed = (document_.removed ?? []).map((code) => tOr(`upload.active_${code}`, code)).join(t("seal.comma"));
  say($("file-note"), document_.signed ? t("seal.already_signed") : removed && t("seal.removed", { list: removed }));
  say($("file-warning"), document_[`warning_${language}`]);
  $("block-seals").hidden = false;
  $("block-place").hidden = false;
  $("stage").hidden = false;
  offerFields(document_.open_fields ?? []);
  places.show(document_.seal_places ?? []);
  also.offer(document_);
  stage.open(document_, (state.field ?? places.best)?.page ?? document_.page_count - 1);
  await showSeals(document_.company_id, chooseSeal);
  return undefined;
}

async function takeFile(file) {
  say($("problem"), "");
  $("upload").hidden = false;
  $("upload-name").textContent = file.name;
  try {
    const made = await uploadDocument(file, "page", (share) => {
      showShare($("upload-progress"), share);
    });
    if (made) await takeDocument(made);
  } catch (error) {
    say($("problem"), error.text ?? String(error));
  } finally {
    $("upload").hidden = true;
  }
}

async function send() {
  say($("problem"), "");
  const agreed = $("agreed").checked;
  if (severalSign() && !agreed) {
    say($("agreed-error"), t("seal.agreed_missing"));
    return $("block-agreed").scrollIntoView({ block: "center" });
  }
  const protection = state.document.signed ? { others: "unknown", known: [] } : others.read();
  if (!protection) return;
  const { box, seal, field } = state;
  try {
    const signing = await post("/signings", {
      request_id: state.request, document_id: state.document.id, seal_id: seal.id,
      page: box.page, x_mm: box.x_mm, y_mm: box.y_mm, ...protection, field: field?.name ?? null, also: also.read(),
      document_kind: $("stated-kind").value, amount: $("stated-amount").value.trim() || null,
      counterparty: $("stated-counterparty").value.trim(), printed: !state.document.signed && $("printed").checked,
      agreed: severalSign() && agreed,
    });
    remember(state.document.company_id, seal.id);
    openSigning(signing);
  } catch (error) {
    say($("problem"), error.text);
    $("problem").scrollIntoView({ block: "center" });
  }
}

function openSigning(signing) {
  history.replaceState(null, "", `${location.pathname}?signing=${encodeURIComponent(signing.id)}`);
  watch.start(signing);
}

async function confirmHere(signing) {
  const claim = await post(`/signings/${encodeURIComponent(signing.id)}/challenge/here`);
  watch.close();
  confirmView.show(claim);
}

async function start() {
  if (data.desk) startDesk();
  const asked = new URLSearchParams(location.search);
  acceptFiles($("drop"), $("file"), takeFile);
  $("file-change").addEventListener("click", () => location.assign(location.pathname));
  $("send").addEventListener("click", () => busy($("send"), send));
  document.addEventListener("change", (event) => event.target.closest("#block-others, #block-stated") && changed());
  if (asked.has("signing")) openSigning(await get(`/signings/${encodeURIComponent(asked.get("signing"))}`));
  else if (asked.has("document")) await takeDocument(await get(`/documents/${encodeURIComponent(asked.get("document"))}`));
}

start().catch((error) => say($("problem"), error.text ?? String(error)));
