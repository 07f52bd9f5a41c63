// What goes with the PIN: the signature of this device's key, or a code by text message where it is not enrolled.

import { ownDevice, sign } from "../lib/device.js";
import { CodeField } from "./code.js";

/** A time of the API as it is signed: to the second. */
export const toSecond = (time) => time.slice(0, "2026-01-01T00:00:00".length);

/** What the device signs of a claim; the sealer builds the same from what it is about to sign. */
export const confirmed = ({ id, intent, expires_at: expires, signing }) => ({
  purpose: "confirm",
  challenge: id,
  intent,
  signing: signing.id,
  seal: signing.seal.id,
  sha256: signing.digest_sha256,
  sm3: signing.digest_sm3,
  expires: toSecond(expires),
});

export class Proof {
  constructor(form) {
    this.code = new CodeField(form);
    this.values = {};
    this.device = null;
  }

  /** Look whether this browser is a device of the person, and ask for a code where it is not. path: of what is confirmed; values: what is signed of it. */
  async prepare(path, values) {
    this.values = values;
    this.code.prepare(`${path}/code`);
    this.device = await ownDevice().catch(() => null);
    this.code.show(!this.device);
  }

  /** The error of a missing code, shown; false when nothing is missing. */
  missing() {
    return !this.device && this.code.missing();
  }

  /** The fields that go with the PIN. */
  async fields() {
    if (!this.device) return { code: this.code.value };
    return { device: this.device.id, signature: await sign(this.device, this.values) };
  }

  /** A device that was removed, or is not this person's, leaves the way by text message. */
  refused(error) {
    if (!error.code.startsWith("device.") || !this.device) return;
    this.device = null;
    this.code.show(true);
  }
}
