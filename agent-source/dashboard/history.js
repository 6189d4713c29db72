import { blockPath, get } from './api.js';
import { chart } from './chart.js';
import { h, sentence } from './dom.js';
import { formatBytes, formatTime } from './human.js';
import { store } from './store.js';
import { tallyWords } from './words.js';

const ROWS_AT_FIRST = 20;

/** What syncs have sent and saved, and the sessions that can be gone back to. */
export function history(name) {
  const figure = chart();
  const rows = h('tbody');
  const note = h('p', { class: 'quiet', role: 'status' }, 'Asking the remote…');
  const more = h('button', { type: 'button', hidden: true, on: { click: () => show(Number.POSITIVE_INFINITY) } }, 'Show all');
  const table = h(
    'table',
    { class: 'sessions' },
    h('caption', { class: 'unseen' }, `Sessions of ${name}, newest first`),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['Session', 'Ended', 'What it did', 'Sent', 'Saved', 'Files'].map((text) => h('th', { scope: 'col' }, text)),
      ),
    ),
    rows,
  );
  const scroller = h('div', { class: 'scroller', hidden: true }, table);
  const element = h(
    'section',
    { 'aria-labelledby': 'history' },
    h('h2', { id: 'history' }, 'History'),
    figure.element,
    note,
    scroller,
    more,
  );
  let sessions = [];
  const show = (most) => {
    rows.replaceChildren(...sessions.slice(0, most).map((session) => row(name, session)));
    more.hidden = sessions.length <= most;
    scroller.hidden = sessions.length === 0;
  };
  let loaded = '';
  const load = async () => {
    const answer = await get(blockPath(name, 'history')).catch((error) => ({ records: [], sessions: null, error }));
    figure.draw(answer.records);
    sessions = merged(answer);
    show(ROWS_AT_FIRST);
    note.textContent = noteOf(answer);
  };
  const update = () => {
    // While it runs, its remote answers nobody else.
    const wanted = `${store.changes.get(name) ?? 0} ${store.live.has(name)}`;
    if (wanted === loaded) return;
    loaded = wanted;
    load();
  };
  return { element, update };
}

/** The sessions that the remote keeps, with what was written down here; where it cannot be asked, what was written down. */
function merged({ records, sessions }) {
  const figures = new Map(records.filter(({ session }) => session > 0).map((record) => [record.session, record]));
  if (sessions === null)
    return [...figures.values()].toReversed().map((record) => ({ number: record.session, ...record, isKept: false }));
  return sessions
    .filter(({ finishedUs }) => finishedUs > 0)
    .map((session) => {
      const { sentBytes = null, savedBytes = null } = figures.get(session.number) ?? {};
      return { ...session, sentBytes, savedBytes, isKept: true };
    });
}

function row(name, session) {
  const { number, finishedUs, sentBytes, savedBytes, isKept } = session;
  const bytes = (count) => (count === null ? h('span', { class: 'quiet' }, 'unknown') : formatBytes(count));
  const browse = h(
    'a',
    { href: `#/${encodeURIComponent(name)}/files/${number}`, 'aria-label': `Browse session ${number}` },
    'Browse',
  );
  return h(
    'tr',
    {},
    h('th', { scope: 'row', 'data-label': 'Session' }, String(number)),
    h('td', { 'data-label': 'Ended' }, formatTime(finishedUs)),
    h(
      'td',
      { 'data-label': 'Did' },
      isKept ? `${tallyWords(session)}${session.cutOff ? '; cut off' : ''}` : `${session.steps} steps`,
    ),
    h('td', { 'data-label': 'Sent', class: 'number' }, bytes(sentBytes)),
    h('td', { 'data-label': 'Saved', class: 'number' }, bytes(savedBytes)),
    h('td', {}, isKept ? browse : '–'),
  );
}

function noteOf({ sessions, error }) {
  if (sessions === null) {
    const isBusy = error.kind === 'busy';
    return isBusy ? 'The block is being worked on: what the remote keeps is shown when that is done.' : sentence(error.message);
  }
  return sessions.length === 0 ? 'No session is kept yet.' : '';
}
