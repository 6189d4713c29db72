import { s } from './dom.js';

const PATHS = {
  good: 'M5 10.5l3.5 3.5L15 7',
  warn: 'M10 5.5v6M10 14.4v.1',
  bad: 'M6.5 6.5l7 7M13.5 6.5l-7 7',
  paused: 'M8 6.5v7M12 6.5v7',
  busy: 'M10 5.5a4.5 4.5 0 1 1-4.2 2.9M5.4 5.4v3h3',
};

/** A disc whose sign differs, not its colour alone. Words stand beside it. */
export function badge(look) {
  const sign = s('path', { d: PATHS[look] });
  return s(
    'svg',
    { class: `badge ${look}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    s('circle', { cx: 10, cy: 10, r: 10 }),
    sign,
  );
}

const KINDS = {
  directory: 'M2.5 5.5a1 1 0 0 1 1-1h4l1.5 2h7.500a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1z',
  file: 'M5 2.500h6l4 4v11H5zM11 2.500v4h4',
  symlink:
    'M8.500 11.500l3-3M9 6.500l1.600-1.600a3 3 0 0 1 4.300 4.300L13.300 10.800M11 13.500l-1.600 1.600a3 3 0 0 1-4.300-4.300L6.700 9.200',
  special: 'M10 3v14M3.900 6.500l12.200 7M16.100 6.500l-12.200 7',
};

export function kindIcon(kind) {
  return s('svg', { class: `kind ${kind}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' }, s('path', { d: KINDS[kind] }));
}
