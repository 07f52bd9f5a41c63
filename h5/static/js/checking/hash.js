// SHA-256 of a file in the browser, so that the file need not leave it.

import { Sha256 } from "./sha256.js";

const SLICE = 4 * 1024 * 1024; // bytes read at a time: a phone holds no whole file, and its page stays alive

/** By the browser, or where it offers none (plain http) by our own code. */
export async function sha256(file) {
  const native = globalThis.crypto?.subtle;
  const digest = native ? new Uint8Array(await native.digest("SHA-256", await file.arrayBuffer())) : await inSlices(file);
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function inSlices(file) {
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += SLICE) {
    hash.update(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer()));
  }
  return hash.digest();
}
