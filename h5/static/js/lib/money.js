// Amounts as they are shown everywhere: ¥1,200.00.

/** Of an amount in 元, as the API gives it; null stays null. */
export const money = (amount) =>
  (amount === null ? null : `¥${Number(amount).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`);
