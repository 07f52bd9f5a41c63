// What the desks have: role it is for, page, its name, and where its count (`waiting`) is read.

export const QUEUES = [
  { role: "operator", href: "/desk/reviews", words: "desk.reviews", path: "/desk/reviews/count" },
  { role: "operator", href: "/desk/service", words: "desk.service", path: "/desk/tickets" },
  { role: "regulator", href: "/desk/supervision", words: "desk.supervision", path: "/desk/supervision" },
];
