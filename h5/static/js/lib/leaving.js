// What a browser forgets when its person logs out: drafts, where he was, what he had not sent, the page that it
// shows without a network. Not the key that makes it his device.

import { lasting, passing } from "./kept.js";

/** Whose thread this browser showed last, see thread/unsent.js. */
export const READER = "ezhang.thread.reader";
export const UNSENT = "ezhang-unsent";

/** Forget; to be waited for before the page is left. */
export async function forget() {
  passing.clear();
  lasting.drop(READER);
  await new Promise((done) => {
    const asked = window.indexedDB?.deleteDatabase(UNSENT);
    if (!asked) return done();
    for (const name of ["onsuccess", "onerror", "onblocked"]) asked[name] = done;
  });
  const names = (await window.caches?.keys().catch(() => [])) ?? [];
  await Promise.all(names.map(async (name) => (await caches.open(name)).delete("/m")));
}
