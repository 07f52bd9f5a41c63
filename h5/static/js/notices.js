// On the page of notices: ticking off what one has read; of a training that is taking part.

import { get } from "./lib/api.js";
import { h } from "./lib/dom.js";
import { readButton } from "./notices/button.js";
import { startDesk } from "./desk.js";

async function start() {
  const { notices } = await get("/notices", { login: false });
  for (const notice of notices) {
    const place = document.querySelector(`[data-notice="${CSS.escape(notice.id)}"]`);
    place?.append(h("div", { class: "actions" }, readButton(notice, (button) => button.remove())));
  }
}

startDesk();
start().catch(() => {});
