// A file handed from one page to the next of this browser; taken once.

const NAME = "ezhang-handed"; // the key of this device has a database of its own
const PLACE = "handed";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(PLACE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(act) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const change = base.transaction(PLACE, "readwrite");
      const asked = act(change.objectStore(PLACE));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
    });
  } finally {
    base.close();
  }
}

export const keep = (file) => inStore((store) => store.put(file, "file"));

/** The file that was handed on, or null; it is gone from here then. */
export async function take() {
  const file = await inStore((store) => store.get("file"));
  await inStore((store) => store.delete("file"));
  return file ?? null;
}
