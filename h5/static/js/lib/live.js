// Follow something live by server-sent events, by polling whenever the events do not come.

const POLL_MS = 3000;
const REOPEN_MS = 15000;

/**
 * handlers: event name → function(data, lastEventId). poll: async function that fetches the state and
 * tells it itself. Returns a function that stops everything.
 */
export function follow(url, handlers, poll) {
  let source = null;
  let openedAt = 0;
  let stopped = false;
  let polling = false;

  function open() {
    openedAt = Date.now();
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handle(JSON.parse(event.data), event.lastEventId));
    }
  }

  async function watch() {
    if (stopped || polling || document.hidden || source?.readyState === EventSource.OPEN) return;
    if (source?.readyState === EventSource.CLOSED && Date.now() - openedAt > REOPEN_MS) open();
    polling = true;
    try {
      await poll();
    } catch {
      // The next round asks again; a lasting failure shows where the person acts.
    } finally {
      polling = false;
    }
  }

  function refresh() {
    if (!stopped && !document.hidden) poll().catch(() => {});
  }

  open();
  const timer = setInterval(watch, POLL_MS);
  document.addEventListener("visibilitychange", refresh);
  const stop = () => {
    stopped = true;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", refresh);
    source?.close();
  };
  // A page kept for "back" must not keep its connection: browsers allow six to one host.
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && !stopped && open());
  return stop;
}
