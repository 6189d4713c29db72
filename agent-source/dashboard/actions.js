import { blockPath, post } from './api.js';
import { h, notice, setText } from './dom.js';
import { blockNamed, store } from './store.js';

/** The buttons of a block: sync now, pause or resume. @param isMain whether the page is about this block alone */
export function actions(name, isMain) {
  const trouble = h('div');
  const act = async (what) => {
    trouble.replaceChildren();
    try {
      await post(blockPath(name, what));
    } catch (error) {
      trouble.replaceChildren(notice(error));
    }
  };
  const sync = h('button', { type: 'button', class: isMain ? 'primary' : 'plain', on: { click: () => act('sync') } }, 'Sync now');
  const pause = h('button', { type: 'button', on: { click: () => act(isPaused() ? 'resume' : 'pause') } });
  const isPaused = () => blockNamed(name)?.pause !== null;
  const label = (button, text) => {
    setText(button, text);
    button.setAttribute('aria-label', `${text}: ${name}`);
  };
  const update = () => {
    const isRunning = store.live.has(name);
    sync.setAttribute('aria-disabled', String(isRunning));
    label(sync, isRunning ? 'Syncing…' : 'Sync now');
    label(pause, isPaused() ? 'Resume' : 'Pause');
  };
  sync.addEventListener(
    'click',
    (event) => sync.getAttribute('aria-disabled') === 'true' && event.stopImmediatePropagation(),
    true,
  );
  update();
  return { element: h('div', { class: 'actions' }, h('div', { class: 'buttons' }, sync, pause), trouble), update };
}
