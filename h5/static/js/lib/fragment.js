// The token of a scanned QR code: in the fragment, which meets no log.

import { get, toLogin } from "./api.js";
import { passing } from "./kept.js";

/** Take the token out of the address bar, or out of where it was kept over the login page. */
export function takeToken(kept) {
  const token = location.hash.slice(1) || passing.get(kept);
  passing.drop(kept);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token;
}

/** Whether somebody is logged in; if not, the token is kept and the login page opens. */
export async function loggedInWith(token, kept) {
  try {
    await get("/me", { login: false });
    return true;
  } catch (error) {
    if (error.status !== 401) throw error;
    passing.set(kept, token); // only for the way over the login page and back
    toLogin(location.pathname);
    return false;
  }
}

/** Scanning the next QR into the same tab changes the fragment only. */
export const reloadOnScan = () => addEventListener("hashchange", () => location.hash.length > 1 && location.reload());
