import { blockPath, get } from './api.js';
import { h, notice, sentence } from './dom.js';
import { formatBytes, formatTime, plural } from './human.js';
import { kindIcon } from './icons.js';
import { openRestore } from './restore.js';

const ROWS_AT_A_TIME = 500;

/** A folder of a block as of a session; from here it is given back. */
export function filesPage(name, session, path) {
  const encoded = encodeURIComponent(name);
  const place = (token, at = session) => `#/${encoded}/files/${at}${token === '' ? '' : `/${token}`}`;
  const names = namesOf(path);
  const sessions = h('select', { id: 'session', on: { change: () => (location.hash = place(path, sessions.value)) } });
  const crumbs = h(
    'ol',
    {},
    ...names.map(({ text, token }, index) => crumb(index === 0 ? name : text, place(token), index === names.length - 1)),
  );
  const list = h('ul', { class: 'files' });
  const status = h('p', { class: 'quiet', role: 'status' }, 'Asking the remote…');
  const trouble = h('div');
  const more = h('button', { type: 'button', hidden: true }, 'Show more');
  const restore = (token, text) => openRestore({ block: name, session: Number(session), path: token, text });
  const whole = h(
    'button',
    { type: 'button', on: { click: () => restore(path, names.length === 1 ? `all of ${name}` : names.at(-1).text) } },
    names.length === 1 ? 'Restore all of it' : 'Restore this folder',
  );
  const element = h(
    'div',
    {},
    h('nav', { 'aria-label': 'Where you are' }, h('a', { href: `#/${encoded}` }, `← ${name}`)),
    h('h1', { tabindex: '-1' }, 'Files'),
    h('div', { class: 'toolbar' }, h('label', { for: 'session' }, 'As of'), sessions, whole),
    h('nav', { class: 'crumbs', 'aria-label': 'Folder' }, crumbs),
    trouble,
    status,
    list,
    more,
  );
  fillSessions(name, session, sessions);
  const load = async () => {
    try {
      const folder = await get(`${blockPath(name, 'folder')}?session=${session}&path=${path}`);
      fill(folder);
    } catch (error) {
      status.textContent = '';
      trouble.replaceChildren(error.kind === 'busy' ? busy() : notice(error));
    }
  };
  const again = h('button', { type: 'button', on: { click: () => load() } }, 'Try again');
  const busy = () =>
    h(
      'div',
      { class: 'notice', role: 'alert' },
      h('p', {}, 'The block is being worked on: its remote answers nobody else until that is done.'),
      again,
    );
  const fill = ({ entries, more: unlisted }) => {
    trouble.replaceChildren();
    const sorted = [...entries.filter(({ kind }) => kind === 'directory'), ...entries.filter(({ kind }) => kind !== 'directory')];
    let shown = 0;
    const next = () => {
      const part = sorted.slice(shown, shown + ROWS_AT_A_TIME);
      list.append(...part.map((entry) => row(entry, place, restore)));
      shown += part.length;
      more.hidden = shown >= sorted.length;
    };
    more.addEventListener('click', next);
    list.replaceChildren();
    next();
    const counted = entries.length === 0 ? 'This folder is empty.' : plural(entries.length, 'entry', 'entries');
    status.textContent = unlisted > 0 ? `${counted}, and ${unlisted} more that are not listed here.` : counted;
  };
  load();
  return { title: `Files of ${name}`, element, update: () => undefined };
}

function row(entry, place, restore) {
  const { name, path, kind, mtimeUs } = entry;
  const label = kind === 'directory' ? h('a', { href: place(path) }, name) : h('span', {}, name);
  const target = entry.target === null ? '' : ` → ${entry.target}`;
  return h(
    'li',
    {},
    kindIcon(kind),
    h('span', { class: 'name' }, label, target),
    h(
      'span',
      { class: 'facts' },
      h('span', { class: 'size quiet' }, sizeWords(entry)),
      h('span', { class: 'quiet' }, formatTime(mtimeUs)),
    ),
    h(
      'button',
      { type: 'button', class: 'give', 'aria-label': `Restore ${name}`, on: { click: () => restore(path, name) } },
      'Restore',
    ),
  );
}

function sizeWords({ kind, sizeBytes, entries }) {
  if (kind === 'directory') return plural(entries, 'entry', 'entries');
  if (kind === 'file') return sizeBytes === null ? 'unknown' : formatBytes(sizeBytes);
  return kind === 'symlink' ? 'symlink' : 'special';
}

function crumb(text, href, isLast) {
  return h('li', {}, isLast ? h('span', { 'aria-current': 'page' }, text) : h('a', { href }, text));
}

/** The folders that lead to a path, the root first. A path's bytes need not be text. */
function namesOf(path) {
  const bytes = atob(path.replaceAll('-', '+').replaceAll('_', '/'));
  const parts = bytes === '' ? [] : bytes.split('/');
  const token = (text) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const decode = (text) => new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  const deeper = parts.map((part, index) => ({ text: decode(part), token: token(parts.slice(0, index + 1).join('/')) }));
  return [{ text: '', token: '' }, ...deeper];
}

async function fillSessions(name, session, select) {
  const now = h('option', { value: '0', selected: session === '0' }, 'now, as the remote has it');
  select.replaceChildren(
    now,
    ...(session === '0' ? [] : [h('option', { value: session, selected: true }, `session ${session}`)]),
  );
  const { sessions } = await get(blockPath(name, 'history')).catch(() => ({ sessions: null }));
  if (sessions === null) return;
  const ended = sessions.filter(({ finishedUs }) => finishedUs > 0);
  const options = ended.map(({ number, finishedUs }) =>
    h('option', { value: String(number), selected: String(number) === session }, `session ${number}, ${formatTime(finishedUs)}`),
  );
  select.replaceChildren(now, ...options);
  if (!ended.some(({ number }) => String(number) === session) && session !== '0')
    select.append(h('option', { value: session, selected: true, disabled: true }, sentence(`session ${session} is not kept`)));
}
