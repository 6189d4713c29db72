import { ApiError, get } from './api.js';
import { announce } from './dom.js';
import { healthWords } from './words.js';

/** What is known, as the agent has told it. */
export const store = {
  /** Null until it was heard for the first time. */
  blocks: null,
  version: '',
  /** By block: syncs that run, restores that run, restores as they stand, and how often something has changed. */
  live: new Map(),
  restoring: new Map(),
  restores: new Map(),
  changes: new Map(),
  isConnected: false,
  /** What keeps the page from knowing more. */
  error: null,
};

const REFRESH_EVERY_MS = 15_000;
const RETRY_MS = 3_000;

const listeners = new Set();

/** Calls it at each change. @returns leaves */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function blockNamed(name) {
  return store.blocks?.find((block) => block.name === name) ?? null;
}

function tell() {
  for (const listener of listeners) listener();
}

let onStranger = () => undefined;

/** Begins to follow the agent. @param whenStranger called where it does not know us any more */
export function follow(whenStranger) {
  onStranger = whenStranger;
  connect();
  setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_EVERY_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && refresh());
}

let refreshing = null;

/** Those who ask meanwhile are told of the next answer. */
export function refresh() {
  refreshing ??= load().finally(() => {
    refreshing = null;
  });
  return refreshing;
}

async function load() {
  try {
    const { blocks, version } = await get('/api/overview');
    store.blocks = blocks;
    store.version = version;
    store.error = null;
    store.live = new Map(blocks.filter(({ live }) => live !== null).map(({ name, live }) => [name, live]));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) onStranger();
    else store.error = error;
  }
  tell();
}

function connect() {
  const source = new EventSource('/api/events');
  const on = (name, hear) => source.addEventListener(name, (event) => hear(JSON.parse(event.data)));
  on('hello', () => {
    store.isConnected = true;
    store.restores.clear();
    refresh();
  });
  on('changed', changed);
  on('progress', (live) => {
    const before = store.live.get(live.block);
    store.live.set(live.block, live);
    if (before?.phase !== live.phase) announce(`${live.block}: ${live.text}`);
    tell();
  });
  on('restoring', (live) => {
    store.restoring.set(live.block, live);
    tell();
  });
  on('restore', (restore) => {
    if (restore.stage !== 'planning' && restore.stage !== 'restoring') store.restoring.delete(restore.block);
    heardOfRestore(restore);
  });
  on('crowded', () => {
    source.close();
    store.isConnected = false;
    tell();
    whenLookedAt(connect);
  });
  source.addEventListener('error', () => {
    store.isConnected = false;
    tell();
    // What was refused is not tried again by the browser.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => refresh().then(connect), RETRY_MS);
  });
}

/** More pages are open than are told of events: this one comes again when somebody looks at it. */
function whenLookedAt(then) {
  setTimeout(() => (document.visibilityState === 'visible' ? then() : whenLookedAt(then)), REFRESH_EVERY_MS);
}

/** An answer may come after the event that tells what became of it. An agent that was started anew counts anew. */
export function heardOfRestore(restore) {
  const known = store.restores.get(restore.block);
  if (known === undefined || known.revision < restore.revision) store.restores.set(restore.block, restore);
  tell();
}

async function changed({ block }) {
  const ran = store.live.has(block);
  await refreshing;
  await refresh();
  store.changes.set(block, (store.changes.get(block) ?? 0) + 1);
  const now = blockNamed(block);
  if (ran && now !== null && now.live === null) announce(`${block}: ${healthWords(now, Date.now() * 1000).state}`);
  tell();
}
