// A small store of this browser: one database, one place in it.

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** A store: `act` asks one thing of it and is answered. options: those of the object store. */
export const indexed = (name, place, options) => async (act) => {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(place, options);
  const base = await settled(opening);
  try {
    const change = base.transaction(place, "readwrite");
    const done = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
    const [answer] = await Promise.all([settled(act(change.objectStore(place))), done]);
    return answer;
  } finally {
    base.close();
  }
};
