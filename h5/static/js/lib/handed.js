// A file handed from one page to the next of this browser; taken once.

import { indexed } from "./indexed.js";

const inStore = indexed("ezhang-handed", "handed"); // the key of this device has a database of its own

export const keep = (file) => inStore((store) => store.put(file, "file"));

/** The file that was handed on, or null; it is gone from here then. */
export async function take() {
  const file = await inStore((store) => store.get("file"));
  await inStore((store) => store.delete("file"));
  return file ?? null;
}
