// What the desks have: role it is for, page, its name, and where its count (`waiting`) is read.

export const QUEUES = [];
