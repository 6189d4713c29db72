import { h, setText } from './dom.js';
import { formatCount } from './human.js';
import { isCrossing, progressWords } from './words.js';

/** How far something that runs has come. Hidden while nothing does. */
export function progress(label) {
  const title = h('p', { class: 'strong' });
  const facts = h('p', { class: 'facts' });
  const bar = h('progress', { max: 1, 'aria-label': label });
  const path = h('p', { class: 'path' });
  const element = h('div', { class: 'progress', hidden: true }, title, bar, facts, path);
  const update = (live) => {
    element.hidden = live === undefined;
    if (live === undefined) return;
    const words = progressWords(live);
    const isCounted = isCrossing(live) && live.stepsTotal > 0;
    setText(
      title,
      isCounted ? `${words.title}: ${formatCount(live.steps)} of ${formatCount(live.stepsTotal)} steps` : words.title,
    );
    setText(facts, words.facts.join(' · '));
    setText(path, live.path);
    const whole = live.bytesTotal > 0 ? live.bytes / live.bytesTotal : live.steps / Math.max(1, live.stepsTotal);
    if (isCounted) bar.value = Math.min(1, whole);
    else bar.removeAttribute('value');
  };
  return { element, update };
}
