// Quick replies: what can be done now, as buttons above the message field.

import { $, h, safeLink } from "../lib/dom.js";

let shown = "";

function chip(action, say) {
  if (action.href) return h("a", { class: "chip-act", href: safeLink(action.href) }, action.label);
  return h("button", { type: "button", class: "chip-act", onclick: () => say(action.say) }, action.label);
}

export function showQuick(actions, say) {
  const told = JSON.stringify(actions);
  if (told === shown) return; // so that a button does not move under a finger
  shown = told;
  $("quick").replaceChildren(...actions.map((action) => h("li", {}, chip(action, say))));
  $("quick").hidden = !actions.length;
}
