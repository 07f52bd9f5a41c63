// The chat thread with the company's assistant: cards live from the event log, typing, sending a PDF.

import { get, post } from "./lib/api.js";
import { $ } from "./lib/dom.js";
import { acceptFiles } from "./lib/files.js";
import { follow } from "./lib/live.js";
import { note } from "./lib/overlay.js";
import { uploadDocument } from "./lib/upload.js";
import { t } from "./lib/words.js";
import { Log } from "./thread/log.js";
import { startMenu } from "./thread/menu.js";

const KEEP = "ezhang.thread.scroll";
const title = document.title;
const log = new Log(() => refresh());
let cursor = null; // how far the thread goes; what a read mark is set to
let marked = null;
let unread = 0;
let noOlder = false;
let loadingOlder = false;

function showUnread() {
  const pill = $("unread");
  pill.hidden = log.atBottom || log.newSince === 0;
  pill.textContent = t("thread.new", { count: log.newSince });
  document.title = unread > 0 && document.hidden ? `(${unread}) ${title}` : title;
}

/** Set the read mark once the newest card was really on screen. */
async function markRead() {
  if (document.hidden || !log.atBottom || !cursor || cursor === marked) return showUnread();
  marked = cursor;
  log.newSince = 0;
  try {
    ({ unread } = await post("/thread/read", { cursor }));
  } catch {
    marked = null; // tried again at the next scroll or card
  }
  return showUnread();
}

function take(cards, newCursor) {
  const known = new Set(log.known.keys());
  const isNew = log.tell(cards);
  if (newCursor) cursor = newCursor;
  if (isNew && known.size) log.announce(cards.filter((card) => !known.has(card.id)));
  markRead();
}

async function refresh() {
  const answer = await get("/thread");
  unread = answer.unread;
  take(answer.cards, answer.cursor);
  return answer;
}

let refreshTimer = null;

/** A new event may change what older cards still allow, so their buttons are fetched again. */
function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => refresh().catch(() => {}), 400);
}

async function loadOlder() {
  if (loadingOlder || noOlder || !log.oldest) return;
  loadingOlder = true;
  try {
    const { cards } = await get(`/thread?before=${encodeURIComponent(log.oldest)}`);
    noOlder = log.prepend(cards) === 0;
    if (noOlder) $("top").textContent = t("thread.beginning");
  } finally {
    loadingOlder = false;
  }
}

async function send(event) {
  event.preventDefault();
  const words = $("text").value.trim();
  if (!words) return;
  $("text").value = "";
  const done = log.pending(words);
  try {
    const { cards } = await post("/thread/messages", { text: words });
    done();
    take(cards);
    log.toBottom(true);
    refreshSoon();
  } catch (error) {
    done();
    $("text").value = words;
    note(error.text);
  }
}

async function sendFile(file) {
  const done = log.pending(`${t("thread.sending")} ${file.name}`);
  try {
    const made = await uploadDocument(file, "thread", () => {});
    if (made) location.assign(`/m/seal?document=${encodeURIComponent(made.id)}`);
  } catch (error) {
    note(error.text);
  } finally {
    done();
  }
}

/** Where the reader was, as long as nothing new came; else the newest card. */
function restoreScroll() {
  const [top, then] = (sessionStorage.getItem(KEEP) ?? "").split(" ");
  if (then === cursor) log.port.scrollTop = Number(top);
  else log.toBottom();
}

function keepScroll() {
  if (log.atBottom) sessionStorage.removeItem(KEEP);
  else sessionStorage.setItem(KEEP, `${log.port.scrollTop} ${cursor}`);
}

async function start() {
  startMenu();
  await refresh();
  restoreScroll();
  log.port.addEventListener("scroll", () => {
    if (log.port.scrollTop < 60) loadOlder().catch(() => {});
    markRead();
  }, { passive: true });
  addEventListener("pagehide", keepScroll);
  addEventListener("resize", markRead);
  $("unread").addEventListener("click", () => log.toBottom(true));
  $("composer").addEventListener("submit", send);
  acceptFiles(log.port, $("file"), sendFile);
  document.addEventListener("visibilitychange", markRead);
  markRead();
  follow(`/api/thread/events?after=${encodeURIComponent(cursor)}`, {
    card: (card, id) => {
      take([card], id);
      refreshSoon();
    },
    unread: (told) => {
      unread = told.unread;
      showUnread();
    },
  }, refresh);
}

start().catch((error) => note(error.text ?? String(error)));
