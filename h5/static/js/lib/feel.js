// What a hand feels when something was done: a short shake where the phone can; where it cannot, the look of the
// button and the stamp on the page say it (css/controls.css, css/confirm.css).

const KEY_MS = 8;
const STAMP_MS = [12, 60, 24];

const shake = (pattern) => void navigator.vibrate?.(pattern);

export const feelKey = () => shake(KEY_MS);

export const feelStamp = () => shake(STAMP_MS);

/** How to scroll to what is shown: gliding, but at once for who asked for less motion. */
export const gliding = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");
