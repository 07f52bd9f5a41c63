// The page's words (h5/words.py) and its data, both handed over by the server with the page.

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "{}");

const words = read("page-words");
export const data = read("page-data");
export const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name written from right to left turns nothing around it (as h5/words.py does). */
const apart = (fact) => (RIGHT_TO_LEFT.test(fact) ? `\u2068${fact}\u2069` : String(fact));

/** The words of a key, with its facts filled in. */
export function t(key, facts = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? apart(facts[name]) : whole));
}

/** The words of a key that the server may extend faster than this page; else `otherwise`. */
export const tOr = (key, otherwise) => words[key] ?? otherwise;
