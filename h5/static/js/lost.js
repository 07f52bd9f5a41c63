// Back from the identity check that takes the place of lost passkeys: in, or why not.

import { post } from "./lib/api.js";
import { $, busy, safeLink, say } from "./lib/dom.js";

async function enter() {
  try {
    await post("/login/factor/lost/enter", {}, { login: false });
    location.replace("/m");
  } catch (error) {
    say($("lost-state"), error.text ?? String(error));
    const { url } = error.facts ?? {};
    $("lost-go-on").hidden = !url;
    if (url) $("lost-go-on").href = safeLink(url);
    else $("lost-login").hidden = false;
  }
}

$("lost-enter").addEventListener("click", () => busy($("lost-enter"), enter));
