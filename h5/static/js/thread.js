// The chat thread with the company's assistant: cards live from the event log, typing, sending files.

import { get, post } from "./lib/api.js";
import { $ } from "./lib/dom.js";
import { gliding } from "./lib/feel.js";
import { acceptFiles } from "./lib/files.js";
import { passing } from "./lib/kept.js";
import { follow } from "./lib/live.js";
import { note } from "./lib/overlay.js";
import { uploadDocument } from "./lib/upload.js";
import { t } from "./lib/words.js";
import { Log } from "./thread/log.js";
import { startMenu } from "./thread/menu.js";
import { showNotices } from "./thread/notices.js";
import { isPhoto, sealsPhoto } from "./thread/photo.js";
import { showQuick } from "./thread/quick.js";
import { startSearch } from "./thread/search.js";
import { choose, showCompany, showElsewhere, wanted } from "./thread/switch.js";
import { isUnsent, Unsent } from "./thread/unsent.js";
import { startShell } from "./shell/start.js";

const KEEP = "ezhang.thread.scroll";
const WELCOME = "welcome"; // the card above all others
const JOINED = new Set(["application.approved", "entry.approved", "member.accepted"]);
const REOPEN_MS = 3000;
const title = document.title;
const log = new Log({ changed: () => refresh(), say: (words) => sayWords(words) });
let company = null; // whose thread it is; null: all of it, for whoever has one company or none
let cursor = null; // how far the thread goes; what a read mark is set to
let marked = null;
let unread = 0;
let named = false; // the header says whose thread it is
let noOlder = false;
let loadingOlder = false;
let closeSearch = () => {};
const unsent = new Unsent(log.list, (entry, asked) => sendKept(entry, asked));

/** A path of the API with what it is asked, in this thread. */
function address(path, query = {}) {
  const given = String(new URLSearchParams({ ...query, ...(company ? { company } : {}) }));
  return given ? `${path}?${given}` : path;
}

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
    ({ unread } = await post("/thread/read", { cursor, company }));
  } catch {
    marked = null; // tried again at the next scroll or card
  }
  return showUnread();
}

/** Where a second company comes while one thread tells all: each has its own then, and the header leads to it. */
async function divide(cards) {
  if (company || !cards.some(({ kind }) => JOINED.has(kind))) return;
  const { threads } = await get("/thread/companies");
  if (threads.length > 1 && !$("text").value) location.reload();
}

function take(cards, newCursor) {
  const known = new Set(log.known.keys());
  const isNew = log.tell(cards);
  if (newCursor) cursor = newCursor;
  if (isNew && known.size) {
    const fresh = cards.filter((card) => !known.has(card.id));
    log.announce(fresh);
    divide(fresh).catch(() => {});
  }
  markRead();
}

function takeThread(answer) {
  unread = answer.unread;
  showElsewhere(answer.elsewhere);
  showQuick(answer.quick, sayWords);
  take(answer.cards, answer.cursor);
}

/** What is told now: of the newest cards, and of older ones that the reader looks at. */
async function refresh() {
  const answer = await get(address("/thread"));
  takeThread(answer);
  if (!named) named = showCompany((await get("/thread/companies")).threads, company); // the first one came just now
  const before = log.belowView(new Set(answer.cards.map((card) => card.id)));
  if (!before) return;
  const { cards } = await get(address("/thread", { before }));
  log.tell(cards.filter((card) => log.known.has(card.id)));
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
  $("earlier").hidden = true;
  $("top").textContent = t("thread.loading");
  try {
    const { cards } = await get(address("/thread", { before: log.oldest }));
    noOlder = log.prepend(cards) === 0 || log.known.has(WELCOME);
  } finally {
    loadingOlder = false;
    $("top").textContent = noOlder ? t("thread.beginning") : "";
    $("earlier").hidden = noOlder;
  }
}

/** Say words into a company's thread. Throws ApiError. */
async function deliver(words, to) {
  const { cards } = await post("/thread/messages", { text: words, company: to });
  if (to === company) take(cards);
  log.toBottom(true);
  refreshSoon();
}

/** Say words into the conversation; true when they were taken in, or are kept until there is a network. */
async function sayWords(words) {
  closeSearch();
  $("unread-above").hidden = true; // whoever answers has gone on
  const done = log.pending(words);
  try {
    await deliver(words, company);
    return true;
  } catch (error) {
    if (isUnsent(error) && (await unsent.keep(company, { words }))) return true;
    note(error.text);
    return false;
  } finally {
    done();
  }
}

async function send(event) {
  event.preventDefault();
  const words = $("text").value.trim();
  if (!words) return;
  $("text").value = "";
  if (!(await sayWords(words))) $("text").value = words;
}

/** Upload a file to be sealed; null when the person stepped back or it became something else. */
async function deliverFile(file, to, share = () => {}) {
  const photo = isPhoto(file);
  if (photo && !(await sealsPhoto(file, to))) return null;
  return uploadDocument(file, "thread", share, to, photo);
}

const toSealing = ({ id }) => location.assign(`/m/seal?document=${encodeURIComponent(id)}`);

async function sendFile(file) {
  const done = log.pending(`${t("thread.sending")} ${file.name}`, true);
  try {
    const made = await deliverFile(file, company, done.share);
    if (made) toSealing(made);
  } catch (error) {
    if (!(isUnsent(error) && (await unsent.keep(company, { file })))) note(error.text);
  } finally {
    done();
  }
}

/** Send what was kept; the page is left for a file only when the person asked for it just now. */
async function sendKept({ company: to, words, file }, asked) {
  if (words !== undefined) await deliver(words, to);
  else {
    const made = await deliverFile(file, to);
    if (!made) return false;
    if (asked) toSealing(made);
    else refreshSoon();
  }
  return true;
}

/** Where the reader was, as long as nothing new came; else the newest card, with the way to the first unread. */
function restoreScroll() {
  const [top, then] = (passing.get(KEEP) ?? "").split(" ");
  if (then === cursor) return void (log.port.scrollTop = Number(top));
  const line = log.lineAbove(unread);
  log.toBottom();
  if (line && line.offsetTop < log.port.scrollTop) offerUnread(line);
}

function offerUnread(line) {
  const way = $("unread-above");
  way.textContent = t("thread.unread_above", { count: unread });
  way.hidden = false;
  const hide = () => (way.hidden = true);
  way.addEventListener("click", () => line.scrollIntoView({ block: "start", behavior: gliding() }));
  new IntersectionObserver(([seen]) => seen.isIntersecting && hide(), { root: log.port }).observe(line);
}

function keepScroll() {
  if (log.atBottom) passing.drop(KEEP);
  else passing.set(KEEP, `${log.port.scrollTop} ${cursor}`);
}

/** Open the thread: the one wanted, while it is asked which there are; both at once. */
async function open() {
  company = wanted();
  const asked = get(address("/thread")).catch((error) => (error.status === 404 ? null : Promise.reject(error)));
  const [{ threads, reader }, answer] = await Promise.all([get("/thread/companies"), asked]);
  const chosen = choose(threads, company);
  const right = answer && chosen === company;
  company = chosen;
  named = showCompany(threads, company);
  takeThread(right ? answer : await get(address("/thread")));
  unsent.readBy(reader);
}

/** The whole page once the server answers, whatever it says: "online" tells of some network only. */
async function reopen() {
  try {
    await get("/thread/companies");
  } catch (error) {
    if (!error.status) {
      if (navigator.onLine) setTimeout(reopen, REOPEN_MS);
      return;
    }
  }
  location.reload();
}

/** Without a network: what was kept, and room to write; all else when it is back. */
function openOffline() {
  $("top").textContent = t("thread.offline");
  $("composer").addEventListener("submit", send);
  acceptFiles(log.port, $("file"), sendFile);
  unsent.tellCount();
  addEventListener("online", reopen);
}

async function start() {
  startMenu(() => company);
  await open();
  closeSearch = startSearch(address, log.told);
  restoreScroll();
  noOlder = log.known.has(WELCOME);
  $("earlier").hidden = noOlder;
  showNotices($("notices"), () => log.atBottom && log.toBottom()).catch(() => {});
  log.port.addEventListener("scroll", () => {
    if (log.port.scrollTop < 60) loadOlder().catch(() => {});
    markRead();
  }, { passive: true });
  addEventListener("pagehide", keepScroll);
  addEventListener("resize", markRead);
  $("unread").addEventListener("click", () => log.toBottom(true));
  $("earlier").addEventListener("click", () => loadOlder().catch((error) => note(error.text)));
  $("composer").addEventListener("submit", send);
  acceptFiles(log.port, $("file"), sendFile);
  document.addEventListener("visibilitychange", markRead);
  markRead();
  follow(`/api${address("/thread/events", { after: cursor })}`, {
    card: (card, id) => {
      take([card], id);
      refreshSoon();
    },
    unread: (told) => {
      unread = told.unread;
      showElsewhere(told.elsewhere);
      showUnread();
    },
  }, refresh);
}

start().then(startShell, (error) => {
  if (isUnsent(error)) openOffline();
  else note(error.text ?? String(error));
});
