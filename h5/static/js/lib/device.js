// This browser's device keys: P-256, not extractable, kept in IndexedDB; a signature is all that leaves it.

import { get } from "./api.js";

const DATABASE = "ezhang";
const STORE = "device-keys";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** Whether this browser can keep a key: WebCrypto is there on https and on localhost only. */
export const able = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function store(mode, act) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "publicKey" });
  const database = await settled(opening);
  try {
    return await settled(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function kept() {
  try {
    return able() ? await store("readonly", (keys) => keys.getAll()) : [];
  } catch {
    return []; // a private window may refuse the store
  }
}

/** The public keys that this browser has kept, whoever they were enrolled for. */
export const keptKeys = async () => new Set((await kept()).map((key) => key.publicKey));

/** The device that this browser is for the person who is logged in: {id, publicKey, key}; null where it is none. */
export async function ownDevice() {
  const keys = await kept();
  if (!keys.length) return null;
  const devices = await get("/devices");
  const found = devices.flatMap(({ id, public_key: publicKey }) => keys.filter((key) => key.publicKey === publicKey).map((key) => ({ ...key, id })));
  return found[0] ?? null;
}

/** The key to enrol: this device's, or a new one; null where no key can be kept. */
async function keyToEnrol() {
  const own = await ownDevice();
  if (own || !able()) return own;
  try {
    const pair = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
    const publicKey = base64(await crypto.subtle.exportKey("raw", pair.publicKey));
    await store("readwrite", (keys) => keys.put({ publicKey, key: pair.privateKey }));
    return { publicKey, key: pair.privateKey };
  } catch {
    return null; // as in `kept`
  }
}

/** What enrols this browser: its key, which signs the values and itself; null where no key can be kept. */
export async function possession(values) {
  const own = await keyToEnrol();
  if (!own) return null;
  return { device_key: own.publicKey, signature: await signed(own.key, { ...values, key: own.publicKey }) };
}

/** Sign what is confirmed: the values, all text, as JSON with sorted names; the sealer builds the same. */
export const sign = (device, values) => signed(device.key, { ...values, device: device.id });

async function signed(key, all) {
  const text = JSON.stringify(Object.fromEntries(Object.keys(all).sort().map((name) => [name, all[name]])));
  const bytes = new TextEncoder().encode(`ezhang/statement/1\n${text}`);
  return base64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes));
}
