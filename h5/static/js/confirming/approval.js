// What is said of the approval that a signing needs.

import { t } from "../lib/words.js";

/** Whether the one who reads this may not confirm before somebody approves. */
export const waitsForApproval = ({ approval }) => Boolean(approval) && !approval.given && !approval.reader_free;

/** Whose approval it needs or has, a sentence each; none where it needs none. */
export function approvalWords(approval) {
  if (!approval) return [];
  if (approval.given) return [t("approval.given", { who: approval.by_masked })];
  const who = approval.approvers_masked.join(t("approval.comma"));
  const first = who ? t("approval.waiting_by", { who }) : t("approval.nobody");
  return approval.owner_free ? [first, t("approval.owner_free")] : [first];
}
