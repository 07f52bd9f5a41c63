// SHA-256 of a file in the browser, so that the file need not leave it.

/** Only secure contexts (https, localhost) have WebCrypto; elsewhere the file is uploaded instead. */
export const canHash = () => Boolean(globalThis.crypto?.subtle);

export async function sha256(file) {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
