// The rules of a PIN as far as the phone can tell them; the server judges again, and more.

const MIN = 6;
const MAX = 20;

const steps = (digits) => [...digits].slice(1).map((digit, place) => Number(digit) - Number(digits[place]));

/** One digit repeated, a run up or down, or a short pattern repeated (121212). */
function isWeak(digits) {
  const differences = new Set(steps(digits));
  const isRun = differences.size === 1 && Math.abs([...differences][0]) <= 1;
  return isRun || /^(\d{1,3})\1+$/.test(digits) || new Set(digits).size < 3;
}

/** Which rules hold: {length, digits, strong}. */
export function judge(pin) {
  const digits = /^\d+$/.test(pin);
  const length = pin.length >= MIN && pin.length <= MAX;
  return { length, digits, strong: digits && length && !isWeak(pin) };
}
