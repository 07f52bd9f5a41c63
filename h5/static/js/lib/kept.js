// What this browser keeps for its person. Where storage is blocked (a private window, a company's policy) nothing
// is kept and nothing fails.

function box(name) {
  const ask = (act) => {
    try {
      return act(window[name]) ?? null;
    } catch {
      return null;
    }
  };
  return {
    get: (key) => ask((store) => store.getItem(key)),
    set: (key, value) => ask((store) => store.setItem(key, value)),
    drop: (key) => ask((store) => store.removeItem(key)),
    clear: () => ask((store) => store.clear()),
  };
}

/** Beyond the visit. */
export const lasting = box("localStorage");

/** For this visit, in this tab. */
export const passing = box("sessionStorage");
