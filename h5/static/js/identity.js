// Where an identity check leads back to: what it was for is done here, once it was passed, or on its own page.

import { get, post } from "./lib/api.js";
import { $, showOnly } from "./lib/dom.js";
import { wait } from "./lib/waiting.js";
import { data, t } from "./lib/words.js";
import { showOutcome } from "./confirming/outcome.js";

const PATH = `/identity-checks/${encodeURIComponent(data.check)}`;
const TO_PIN = [["identity.to_pin", "/m/pin"], ["app.back_to_thread", "/m"]];
const BACK = { unfreeze: [["app.back_to_thread", "/m"]] };
const ELSEWHERE = {
  device: ({ id }) => `/m/devices?check=${encodeURIComponent(id)}`,
  entry: ({ id, subject }) => `/m/apply/${encodeURIComponent(subject)}?check=${encodeURIComponent(id)}`,
  join: ({ subject }) => `/m/granted/${encodeURIComponent(subject)}`,
};

function end(outcome) {
  showOnly(null, $("part-waiting"));
  showOutcome(outcome);
}

const bad = (text, actions) => end({ result: "bad", title: t("identity.failed"), text, actions });

async function use() {
  end({ result: "wait", title: t("identity.working"), actions: [] });
  tell(await post(`${PATH}/use`));
}

function tell(check) {
  if (ELSEWHERE[check.purpose]) return location.replace(ELSEWHERE[check.purpose](check));
  const actions = BACK[check.purpose] ?? TO_PIN;
  if (check.state === "used") end({ result: "good", title: t(`identity.done_${check.purpose}`), actions });
  else if (check.state === "passed") use().catch((error) => bad(error.text, actions));
  else if (check.state === "pending") {
    showOnly($("part-waiting"), $("part-waiting"));
    wait(check, look);
  } else bad(t(`identity.${check.state}`), actions);
  return undefined;
}

const look = () => get(PATH).then(tell).catch((error) => bad(error.text ?? String(error), TO_PIN));

look();
