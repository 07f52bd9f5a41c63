// The bar of the wide pages: who is logged in, and logging out.

import { get, post } from "./lib/api.js";
import { $, busy } from "./lib/dom.js";
import { forget } from "./lib/leaving.js";

export async function startDesk() {
  const logout = $("logout");
  if (!logout) return;
  logout.addEventListener("click", () => busy(logout, async () => {
    await post("/logout");
    await forget();
    location.assign("/pc/login");
  }));
  const me = await get("/me", { login: false }).catch(() => ({}));
  $("who-name").textContent = me.name_masked ?? me.mobile_masked ?? "";
}
