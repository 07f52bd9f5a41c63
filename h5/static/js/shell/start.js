// The site as an app: the worker that keeps its files for the next time. Only on https and on localhost.

/** The worker's registration; null where the browser has none or refuses it (a private window, a home-made certificate). */
export async function startShell() {
  try {
    return (await navigator.serviceWorker?.register("/sw.js")) ?? null;
  } catch {
    return null;
  }
}
