// A desk's answer by the passkey that is bound to the role, and doing again what was refused without it.

import { post } from "../lib/api.js";
import { askPasskey } from "../lib/webauthn.js";

/** Have the passkey answer; code: of the host, to bind it. */
export async function openByPasskey(code) {
  const { public_key: options } = await post("/desk/proof/options");
  const answer = await askPasskey(options);
  await post("/desk/proof", code ? { ...answer, code } : answer);
}

/** Do it; where the passkey is asked for first, ask and do it again. */
export async function proven(act) {
  try {
    return await act();
  } catch (error) {
    if (error.code !== "staff.prove_first") throw error;
  }
  await openByPasskey();
  return act();
}

/** Read it; where the desk is closed, go to its start, and come back from there. */
export async function opened(read) {
  try {
    return await read();
  } catch (error) {
    if (error.code !== "staff.prove_first") throw error;
  }
  location.assign(`/desk?next=${encodeURIComponent(location.pathname + location.search)}`);
  return new Promise(() => {});
}
