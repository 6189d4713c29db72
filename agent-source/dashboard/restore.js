import { blockPath, get, post } from './api.js';
import { announce, h, notice, setText } from './dom.js';
import { formatBytes, plural } from './human.js';
import { progress } from './progress.js';
import { blockNamed, heardOfRestore, onChange, store } from './store.js';
import { planWords } from './words.js';

/** Gives something back, in three steps: where to, what would be done, then doing it. */
export function openRestore({ block, session, path, text }) {
  const toSource = h('input', { type: 'radio', name: 'where', value: 'source', id: 'to-source', checked: true });
  const toFolder = h('input', { type: 'radio', name: 'where', value: 'folder', id: 'to-folder' });
  const folder = h('input', {
    type: 'text',
    id: 'folder',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: '/volume1/restored',
    'aria-label': 'The other folder',
  });
  folder.addEventListener('input', () => {
    toFolder.checked = true;
  });
  const content = h('div', { class: 'stage' });
  const trouble = h('div');
  const running = progress('Progress of the restore');
  const buttons = h('div', { class: 'buttons end' });
  const title = h('h2', { id: 'restore-title' }, `Restore ${text}`);
  const when = h('p', { class: 'quiet' }, session === 0 ? 'As the remote has it now.' : `As it was after session ${session}.`);
  const dialog = h('dialog', { 'aria-labelledby': 'restore-title' }, title, when, trouble, content, running.element, buttons);

  const button = (label, click, isPrimary = false) =>
    h('button', { type: 'button', class: isPrimary ? 'primary' : null, on: { click } }, label);
  const ask = async (what, value) => {
    trouble.replaceChildren();
    try {
      const view = await post(blockPath(block, what), value);
      if (view.stage !== undefined) heardOfRestore(view);
    } catch (error) {
      trouble.replaceChildren(notice(error));
    }
  };
  const plan = () => {
    isOurs = true;
    // What became of an earlier one is not what is waited for.
    store.restores.delete(block);
    ask('restore', { session, path, to: toFolder.checked ? folder.value.trim() : null });
  };
  let isOurs = false;
  let shown = '';
  const stages = {
    choose: () => [
      [where(block, toSource, toFolder, folder)],
      [button('Close', () => dialog.close()), button('Show what would be done', plan, true)],
    ],
    planning: () => [
      [h('p', { role: 'status' }, 'Finding out what there is to do…')],
      [button('Stop', () => ask('restore/stop'))],
    ],
    planned: ({ plan: found, to }) => [
      planParts(found, to),
      [
        button('Back', chooseAgain),
        found === null || found.lines.length === 0
          ? button('Close', () => dialog.close(), true)
          : button('Restore', () => ask('restore/confirm', { plan: found.digest }), true),
      ],
    ],
    restoring: ({ to }) => [[h('p', { role: 'status' }, `Restoring to ${to}…`)], [button('Stop', () => ask('restore/stop'))]],
    done: (view) => [doneParts(view), [button('Close', () => dialog.close(), true)]],
    failed: ({ error }) => [[notice(error)], [button('Back', chooseAgain), button('Close', () => dialog.close(), true)]],
  };
  const chooseAgain = () => {
    isOurs = false;
    showStage();
  };
  const showStage = () => {
    const view = isOurs ? store.restores.get(block) : undefined;
    const stage = view?.stage ?? 'choose';
    running.update(stage === 'planning' || stage === 'restoring' ? store.restoring.get(block) : undefined);
    if (stage === shown) return;
    shown = stage;
    const [parts, choices] = stages[stage](view);
    content.replaceChildren(...parts);
    buttons.replaceChildren(...choices);
    if (stage !== 'choose') buttons.lastElementChild?.focus();
    if (stage === 'done') announce('Restored.');
  };
  const leave = onChange(showStage);
  dialog.addEventListener('close', () => {
    leave();
    dialog.remove();
  });
  document.body.append(dialog);
  showStage();
  dialog.showModal();
  takeUp(block, () => {
    isOurs = true;
    showStage();
  });
}

/** One that goes on since before this page was opened is shown instead. */
async function takeUp(block, showIt) {
  const view = await get(blockPath(block, 'restore')).catch(() => null);
  if (view?.stage !== 'restoring' && view?.stage !== 'planning') return;
  heardOfRestore(view);
  showIt();
}

function where(block, toSource, toFolder, folder) {
  const source = h('span', { class: 'path' }, blockNamed(block)?.source ?? '');
  return h(
    'fieldset',
    {},
    h('legend', {}, 'Where to'),
    h('label', { class: 'choice' }, toSource, h('span', {}, 'Where it came from: ', source)),
    h('label', { class: 'choice' }, toFolder, h('span', {}, 'Another folder on this machine')),
    folder,
    h('p', { class: 'quiet' }, 'No file whose content the remote does not hold is overwritten, and nothing is removed.'),
  );
}

function planParts(found, to) {
  const lines = found?.lines ?? [];
  return [
    h('p', {}, 'To ', h('span', { class: 'path' }, to)),
    h(
      'p',
      { class: 'strong' },
      found === null || lines.length === 0 ? 'Nothing to do: all of it is there already.' : planWords(found.summary),
    ),
    lines.length === 0
      ? ''
      : h(
          'ul',
          { class: 'plan', tabindex: '0', 'aria-label': 'The plan' },
          lines.map((line) => h('li', {}, line)),
        ),
    found !== null && found.more > 0 ? h('p', { class: 'quiet' }, `and ${plural(found.more, 'more step')}`) : '',
    ...spared(found),
  ];
}

function doneParts({ outcome, to }) {
  const message = h('p', { class: 'strong', role: 'status' });
  const how = outcome.problemCount > 0 ? `Restored, but for ${plural(outcome.problemCount, 'entry', 'entries')}` : 'Restored';
  setText(message, `${how}: ${plural(outcome.steps, 'step')}, ${formatBytes(outcome.receivedBytes)} fetched.`);
  return [message, h('p', {}, 'It is in ', h('span', { class: 'path' }, to)), ...spared(outcome)];
}

function spared(found) {
  if (found === null || found.problems.length === 0) return [];
  const items = found.problems
    .slice(0, 20)
    .map(({ path, message }) => h('li', {}, h('span', { class: 'path' }, path), h('span', {}, message)));
  return [h('p', {}, 'Left as they are:'), h('ul', { class: 'problems' }, items)];
}
