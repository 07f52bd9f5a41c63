// The service worker. VERSION and FILES stand above this text, see h5/installed.py.
// It keeps the program's own files and two pages that hold nobody's data; all else is the network's.

const SHELL = `ezhang-${VERSION}`;
const THREAD = "/m";
const OFFLINE = "/offline";

async function fill() {
  const cache = await caches.open(SHELL);
  await cache.addAll([...FILES, OFFLINE]);
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("ezhang-") && name !== SHELL).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A file of this version, once fetched, is never asked for again: its address changes with its content. */
async function file(request) {
  const cache = await caches.open(SHELL);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && new URL(request.url).pathname.startsWith(`/static/${VERSION}/`)) await cache.put(request, answer.clone());
  return answer;
}

/** A page from the network; without one the thread as it was written for nobody, or the page that says so. */
async function page(request) {
  const isThread = new URL(request.url).pathname === THREAD;
  const cache = await caches.open(SHELL);
  try {
    const answer = await fetch(request);
    if (isThread && answer.ok && !answer.redirected) await cache.put(THREAD, answer.clone());
    if (isThread && answer.redirected) await cache.delete(THREAD); // logged out
    return answer;
  } catch {
    return (isThread && (await cache.match(THREAD))) || (await cache.match(OFFLINE)) || Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
/** A message from the server (server/adapters/web_push.py): what waits, and where. */
async function ring(event) {
  const { title, body, path, tag } = event.data.json();
  const icon = "/icons/any-192.png";
  await self.registration.showNotification(title, { body, tag, icon, badge: icon, renotify: true, data: { path } });
}

/** To the page that the message is of: in a window that is open, or in a new one. */
async function open(path) {
  const address = new URL(path, self.location.origin);
  if (address.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: "window" });
  const same = windows.find(({ url }) => url === address.href);
  if (same) await same.focus();
  else await self.clients.openWindow(address.href);
}

self.addEventListener("push", (event) => event.waitUntil(ring(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
