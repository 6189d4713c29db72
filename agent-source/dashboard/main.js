import { get, post } from './api.js';
import { blockPage } from './block.js';
import { notice, setText } from './dom.js';
import { filesPage } from './files.js';
import { loginPage } from './login.js';
import { overview } from './overview.js';
import { follow, onChange, refresh, store } from './store.js';

const main = document.getElementById('main');
let view = null;
let isFollowing = false;

function show(next, isFirst) {
  view = next;
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  main.replaceChildren(next.element);
  document.title = `${next.title} – BTSOOT`;
  if (isFirst) return;
  window.scrollTo(0, 0);
  next.element.querySelector('h1')?.focus();
}

/** What is behind the # says what is shown. */
function pageOf(hash) {
  const [name = '', what, session, path = ''] = hash.replace(/^#\/?/, '').split('/').map(decode);
  if (name === '') return overview();
  if (what === 'files' && /^\d+$/.test(session ?? '') && /^[\w-]*$/.test(path)) return filesPage(name, session, path);
  return blockPage(name);
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function update() {
  setText(document.getElementById('connection'), store.isConnected ? '' : 'Not connected');
  setText(document.getElementById('foot'), store.version === '' ? '' : `BTSOOT ${store.version}`);
  view?.update();
}

function begin() {
  show(pageOf(location.hash), true);
  if (isFollowing) refresh();
  else follow(askIn);
  isFollowing = true;
}

function askIn() {
  show(loginPage(begin), true);
}

/** A token behind the # was never sent anywhere, and does not stay in the address. */
async function enter() {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    history.replaceState(null, '', '#/');
    await post('/api/login', { token }).catch(() => undefined);
  }
  const { isKnown } = await get('/api/access');
  if (isKnown) begin();
  else askIn();
}

document.getElementById('skip').addEventListener('click', () => main.focus());
window.addEventListener('hashchange', () => isFollowing && show(pageOf(location.hash), false));
onChange(update);
enter().catch((error) => main.replaceChildren(notice(error)));
