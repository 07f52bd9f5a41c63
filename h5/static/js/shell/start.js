// The site as an app: the worker that keeps its files for the next time. Only on https and on localhost.

export function startShell() {
  navigator.serviceWorker?.register("/sw.js").catch(() => {}); // a private window may refuse it
}
