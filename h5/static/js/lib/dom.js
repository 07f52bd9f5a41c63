// Small helpers over the DOM. Data only ever becomes text nodes and properties, never markup.

export const $ = (id) => document.getElementById(id);

/** Make an element: h("a", {href: "/m", class: "x", onclick: f}, "text", child, …). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const SPRITE = new URL("../../img/icons.svg", import.meta.url).pathname;

/** One of the icons of the sprite. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  picture.append(use);
  return picture;
}

/** Show exactly one of several elements; null shows none. */
export function showOnly(chosen, ...all) {
  for (const element of all) element.hidden = element !== chosen;
}

/** Fill a list whose place was kept until it came (aria-busy). */
export function fill(list, items) {
  list.replaceChildren(...items);
  list.removeAttribute("aria-busy");
}

/** How much of a file was sent, 0 to 1; once all is, what the server does with it is of unknown length. */
export function showShare(bar, sent) {
  if (sent < 1) bar.value = sent;
  else bar.removeAttribute("value");
}

/** Put words into a field-error or notice; empty words hide it. */
export function say(element, words) {
  element.textContent = words || "";
  if (element.classList.contains("notice")) element.hidden = !words;
}

/** Only addresses of this site and of the web may become links. */
export function safeLink(address) {
  const target = new URL(address, location.href);
  return ["http:", "https:"].includes(target.protocol) ? target.href : "#";
}

/** A button that cannot be pressed twice while its work runs. */
export async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    return await work();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

/** A picture of an SVG that the API gave as text. */
export const svgSource = (svg) => `data:image/svg+xml,${encodeURIComponent(svg)}`;
