import { h, s } from './dom.js';
import { formatBytes, formatTime, plural } from './human.js';

const HEIGHT = 220;
const EDGE = { top: 12, right: 12, bottom: 28, left: 64 };
const STEP_MIN = 18;

/**
 * What each sync has sent, against what it has saved. The two differ by powers of ten, so the scale is one of powers. The
 * table below it has the same numbers.
 */
export function chart() {
  const plot = h('div', { class: 'plot' });
  const legend = h(
    'p',
    { class: 'legend' },
    h('span', {}, mark('sent'), 'sent'),
    h('span', {}, mark('saved'), 'saved: did not have to cross the wire'),
  );
  const element = h('figure', { hidden: true }, plot, h('figcaption', {}, legend));
  let records = [];
  const redraw = () => {
    const width = plot.clientWidth;
    if (width > 0 && records.length > 0) plot.replaceChildren(drawing(records, width));
  };
  new ResizeObserver(redraw).observe(plot);
  const draw = (all) => {
    records = all.filter(({ session }) => session > 0);
    element.hidden = records.length === 0;
    redraw();
  };
  return { element, draw };
}

function mark(kind) {
  return s('svg', { class: 'mark', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, symbol(kind, 6, 6));
}

/** Told apart by form too: a disc is what was sent, a square what was saved. */
function symbol(kind, x, y) {
  if (kind === 'sent') return s('circle', { class: 'sent', cx: x, cy: y, r: 4.5 });
  return s('rect', { class: 'saved', x: x - 4, y: y - 4, width: 8, height: 8 });
}

function drawing(records, width) {
  const inner = width - EDGE.left - EDGE.right;
  const shown = records.slice(-Math.max(1, Math.floor(inner / STEP_MIN)));
  const most = Math.max(1000, ...shown.flatMap(({ sentBytes, savedBytes }) => [sentBytes, savedBytes]));
  const powers = Math.ceil(Math.log10(most));
  const y = (bytes) => EDGE.top + (HEIGHT - EDGE.top - EDGE.bottom) * (1 - Math.log10(Math.max(1, bytes)) / powers);
  const step = Math.min(48, inner / shown.length);
  const x = (index) => EDGE.left + step * (index + 0.5);
  return s(
    'svg',
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': summary(shown) },
    ...grid(powers, width, y),
    ...shown.map((record, index) => pair(record, x(index), y)),
    ...ends(shown, x),
  );
}

function grid(powers, width, y) {
  const lines = Array.from({ length: Math.floor(powers / 3) + 1 }, (_, index) => 10 ** (3 * index));
  return lines.flatMap((bytes) => [
    s('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(bytes), y2: y(bytes) }),
    s(
      'text',
      { class: 'axis', x: EDGE.left - 10, y: y(bytes) + 4, 'text-anchor': 'end' },
      bytes === 1 ? '0' : formatBytes(bytes),
    ),
  ]);
}

function pair({ session, sentBytes, savedBytes, finishedUs }, x, y) {
  const title = `Session ${session}, ${formatTime(finishedUs)}: ${formatBytes(sentBytes)} sent, ${formatBytes(savedBytes)} saved`;
  return s(
    'g',
    { class: 'pair' },
    s('title', {}, title),
    s('line', { class: 'span', x1: x, x2: x, y1: y(sentBytes), y2: y(savedBytes) }),
    symbol('saved', x, y(savedBytes)),
    symbol('sent', x, y(sentBytes)),
  );
}

/** Dates of the first and the last, where there is room for both. */
function ends(shown, x) {
  const [first, last] = [shown[0], shown.at(-1)];
  const day = ({ finishedUs }) => formatTime(finishedUs).slice(0, 10);
  const label = (record, at, anchor) => s('text', { class: 'axis', x: at, y: HEIGHT - 6, 'text-anchor': anchor }, day(record));
  const isWide = x(shown.length - 1) - x(0) > 160 && day(first) !== day(last);
  return [label(first, EDGE.left, 'start'), ...(isWide ? [label(last, x(shown.length - 1) + 6, 'end')] : [])];
}

function summary(shown) {
  const sum = (key) => formatBytes(shown.reduce((all, record) => all + record[key], 0));
  return `The last ${plural(shown.length, 'sync', 'syncs')}: ${sum('sentBytes')} sent, ${sum('savedBytes')} saved. The table below has each of them.`;
}
