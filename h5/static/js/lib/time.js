// Countdowns by the server's clock.

import { serverNow } from "./api.js";

/** Whole seconds until an ISO time; never below 0. */
export const secondsLeft = (iso) => Math.max(0, Math.ceil((Date.parse(iso) - serverNow()) / 1000));

/** Seconds as m:ss. */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Call `tick(secondsLeft)` every second until 0 was told; returns a function that stops it. */
export function countdown(iso, tick) {
  let timer = null;
  const step = () => {
    const left = secondsLeft(iso);
    if (left === 0) clearInterval(timer);
    tick(left);
  };
  timer = setInterval(step, 1000);
  step();
  return () => clearInterval(timer);
}

/** An ISO time as China time with offset, as everywhere in the product: 2026-11-21 18:05:03 +08:00. */
export function chinaTime(iso) {
  const parsed = Date.parse(iso ?? "");
  if (Number.isNaN(parsed)) return iso ?? "";
  const shifted = new Date(parsed + 8 * 3600 * 1000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} +08:00`;
}
