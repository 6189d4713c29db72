import { actions } from './actions.js';
import { h, notice, setText } from './dom.js';
import { badge } from './icons.js';
import { progress } from './progress.js';
import { store } from './store.js';
import { answer, healthWords, nextWords } from './words.js';

/** Is my backup good? Then a line a block. */
export function overview() {
  const heading = h('h1', { tabindex: '-1' }, 'BTSOOT');
  const blocks = h('ul', { class: 'blocks' });
  const trouble = h('div');
  const rows = new Map();
  const update = () => {
    trouble.replaceChildren(...(store.error === null ? [] : [notice(store.error)]));
    if (store.blocks === null) return;
    const { look, text } = answer(store.blocks, Date.now() * 1000);
    if (heading.dataset.text !== text) heading.replaceChildren(badge(look), h('span', {}, text));
    heading.dataset.text = text;
    const names = store.blocks.map(({ name }) => name);
    if (names.join('/') !== [...rows.keys()].join('/')) {
      rows.clear();
      for (const name of names) rows.set(name, row(name));
      blocks.replaceChildren(...(names.length === 0 ? [beginning()] : [...rows.values()].map(({ element }) => element)));
    }
    for (const block of store.blocks) rows.get(block.name)?.update(block);
  };
  update();
  return { title: 'Overview', element: h('div', {}, heading, trouble, blocks), update };
}

function row(name) {
  const sign = h('span', { class: 'sign' });
  const state = h('span', { class: 'state' });
  const detail = h('p');
  const next = h('p', { class: 'quiet' });
  const buttons = actions(name, false);
  const running = progress(`Progress of ${name}`);
  const head = h('h2', {}, h('a', { href: `#/${encodeURIComponent(name)}` }, name));
  const words = h('div', { class: 'words' }, h('div', { class: 'title' }, head, state), detail, next);
  const element = h('li', { class: 'card block' }, sign, words, buttons.element, running.element);
  const update = (block) => {
    const nowUs = Date.now() * 1000;
    const health = healthWords(block, nowUs);
    if (sign.dataset.look !== health.look) sign.replaceChildren(badge(health.look));
    sign.dataset.look = health.look;
    setText(state, health.state);
    setText(detail, health.detail);
    setText(next, nextWords(block, nowUs));
    buttons.update();
    running.update(store.live.get(name));
  };
  return { element, update };
}

function beginning() {
  return h('li', { class: 'card' }, h('p', {}, 'Begin in a terminal: ', h('code', {}, 'btsoot add photos ~/Photos pi:photos')));
}
