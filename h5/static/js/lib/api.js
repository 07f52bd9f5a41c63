// Calls to the JSON API: same origin, cookie session, errors with words in the reader's language.

import { language, t } from "./words.js";

/** What the API refused; `text` is for people, `field` names the form field it belongs to. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error?.code ?? `http.${status}`);
    this.status = status;
    this.code = error?.code ?? `http.${status}`;
    this.text = error?.[language] ?? (status === 0 ? t("js.no_network") : t("js.failed"));
    this.field = error?.field ?? null;
    this.facts = error?.facts ?? {};
    this.list = error?.errors ?? [];
  }

  /** One ApiError per wrong field where a form had several, else only this one. */
  get all() {
    return this.list.length ? this.list.map((error) => new ApiError(this.status, error)) : [this];
  }
}

let skew = 0; // ms by which the server's clock is ahead of this one

/** The server's time, so that countdowns are right on a phone whose clock is wrong. */
export const serverNow = () => Date.now() + skew;

function learnClock(date) {
  const theirs = Date.parse(date ?? "");
  if (!Number.isNaN(theirs)) skew = Math.abs(theirs - Date.now()) > 2000 ? theirs - Date.now() : 0;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

const desk = document.body.classList.contains("desk-page");

/** Go to the login page and come back here afterwards. */
export function toLogin(next = location.pathname + location.search) {
  location.assign(`${desk ? "/pc" : "/m"}/login?next=${encodeURIComponent(next)}`);
}

function settle(status, text, options) {
  const body = parse(text);
  if (status >= 200 && status < 300) return body;
  if (status === 401 && options.login !== false) toLogin();
  throw new ApiError(status, body.error);
}

async function call(method, path, body, options = {}) {
  const request = { method, headers: { accept: "application/json" }, credentials: "same-origin" };
  if (body !== undefined) {
    request.headers["content-type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/api${path}`, request);
  } catch {
    throw new ApiError(0, null);
  }
  learnClock(response.headers.get("date"));
  return settle(response.status, await response.text(), options);
}

/** A call that needs the person's consent to the terms: asked for once, then it is made again. */
async function agreed(send) {
  try {
    return await send();
  } catch (error) {
    if (error.code !== "consent.needed") throw error;
    const { askConsent } = await import("./consent.js");
    if (!(await askConsent())) throw error;
    return send();
  }
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}, options = {}) => agreed(() => call("POST", path, body, options));
export const del = (path, options) => call("DELETE", path, undefined, options);

/** Send a file as a multipart form; `onProgress` hears the sent share, 0 to 1. */
export const upload = (path, file, fields = {}, onProgress = () => {}, options = {}) =>
  agreed(() => sendFile(path, file, fields, onProgress, options));

function sendFile(path, file, fields, onProgress, options) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of an upload's progress
    request.open("POST", `/api${path}`);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, null));
    request.onload = () => {
      try {
        resolve(settle(request.status, request.responseText, options));
      } catch (error) {
        reject(error);
      }
    };
    request.send(form);
  });
}

/** A fresh id for a request that may be sent twice and must count once. */
export function requestId() {
  // crypto.randomUUID exists on https only; phones reach a development server by plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
