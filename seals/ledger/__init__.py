"""The ledger of a company's seals (用印台账): read out of signings and events, nothing stored beside."""
