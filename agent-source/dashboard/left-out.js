import { h } from './dom.js';

const KINDS = { unknown: 'Not readable', skipped: 'Left out', drift: 'Changed there', damaged: 'Damaged', failed: 'Failed' };

/** What the last sync could not do, and what it found changed on the remote, each with its reason. Hidden where there is nothing. */
export function leftOut() {
  const element = h('section', { hidden: true, 'aria-labelledby': 'left-out' });
  let shown = '';
  const update = ({ last }) => {
    const problems = last?.problems ?? [];
    const drift = (last?.drift?.paths ?? []).map(({ path, message, how }) => ({
      path,
      message,
      kind: how === 'damaged' ? 'damaged' : 'drift',
    }));
    const text = JSON.stringify([problems, drift, last?.finishedUs]);
    if (text === shown) return;
    shown = text;
    const count = (last?.problemCount ?? 0) + (last?.drift === undefined ? 0 : last.drift.drifted + last.drift.damaged);
    element.hidden = problems.length + drift.length === 0;
    element.replaceChildren(
      h('h2', { id: 'left-out' }, 'What the last sync met'),
      h('ul', { class: 'problems' }, [...problems, ...drift].map(item)),
      count > problems.length + drift.length
        ? h('p', { class: 'quiet' }, `and ${count - problems.length - drift.length} more: \`btsoot sync\` lists them.`)
        : null,
    );
  };
  return { element, update };
}

function item({ path, kind, message }) {
  return h(
    'li',
    {},
    h('span', { class: 'tag' }, KINDS[kind] ?? kind),
    h('span', { class: 'path' }, path),
    h('span', {}, message),
  );
}
