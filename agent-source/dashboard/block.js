import { actions } from './actions.js';
import { h, notice, setText } from './dom.js';
import { history } from './history.js';
import { badge } from './icons.js';
import { leftOut } from './left-out.js';
import { progress } from './progress.js';
import { blockNamed, store } from './store.js';
import { healthWords, nextWords } from './words.js';

/** All about one block. */
export function blockPage(name) {
  const sign = h('span', { class: 'sign' });
  const state = h('p', { class: 'state strong' });
  const detail = h('p');
  const next = h('p', { class: 'quiet' });
  const route = h('p', { class: 'route' });
  const buttons = actions(name, true);
  const running = progress(`Progress of ${name}`);
  const missing = h('div');
  const parts = [leftOut(name), history(name)];
  const files = h('a', { class: 'button', href: `#/${encodeURIComponent(name)}/files/0` }, 'Browse and restore files');
  const element = h(
    'div',
    {},
    h('nav', { 'aria-label': 'Where you are' }, h('a', { href: '#/' }, '← All blocks')),
    h('h1', { tabindex: '-1' }, name),
    route,
    missing,
    h(
      'section',
      { class: 'card block', 'aria-label': 'How it fares' },
      sign,
      h('div', { class: 'words' }, state, detail, next),
      buttons.element,
      running.element,
    ),
    h('p', { class: 'more' }, files),
    ...parts.map((part) => part.element),
  );
  const update = () => {
    const block = blockNamed(name);
    if (block === null) {
      const gone = { message: `there is no block named ${name}`, hint: 'Was it removed?' };
      missing.replaceChildren(...(store.blocks === null ? [] : [notice(gone)]));
      return;
    }
    missing.replaceChildren();
    const nowUs = Date.now() * 1000;
    const health = healthWords(block, nowUs);
    if (sign.dataset.look !== health.look) sign.replaceChildren(badge(health.look));
    sign.dataset.look = health.look;
    setText(route, `${block.source} → ${block.target}`);
    setText(state, health.state);
    setText(detail, health.detail);
    setText(next, nextWords(block, nowUs));
    buttons.update();
    running.update(store.live.get(name));
    for (const part of parts) part.update(block);
  };
  update();
  return { title: name, element, update };
}
