// What a browser forgets when its person logs out: drafts and where he was, not the key that makes it his device.

import { passing } from "./kept.js";

export const forget = () => passing.clear();
