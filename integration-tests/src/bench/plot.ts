/** One line of a plot: what is measured against how much there is, both above 0. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly count: number; readonly seconds: number }[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 360, 64, 132, 44, 44];
const COLOURS = ['#0b6e4f', '#c8553d', '#3d5a80', '#8d6a9f'];
const INK = '#5c6370';

/** Seconds over counts, both in powers of ten, as an SVG that is readable on light and dark ground. */
export function plotSvg(title: string, series: readonly Series[]): string {
  const points = series.flatMap((one) => one.points);
  const [x, xTicks] = axis(
    points.map(({ count }) => count),
    LEFT,
    WIDTH - RIGHT,
  );
  const [y, yTicks] = axis(
    points.map(({ seconds }) => seconds),
    HEIGHT - BOTTOM,
    TOP,
  );
  const lines = series.map(({ name, points: own }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const places = own.map(({ count, seconds }) => [x(count), y(seconds)].map((value) => value.toFixed(1)));
    const [lastX = '0', lastY = '0'] = places.at(-1) ?? [];
    const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`).join('');
    const path = `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((at) => at.join(',')).join(' ')}"/>`;
    return `${path}${dots}<text x="${Number(lastX) + 9}" y="${Number(lastY) + 4}" fill="${colour}">${name}</text>`;
  });
  const vertical = xTicks.map((tick) => {
    const at = x(tick).toFixed(1);
    const rule = `<line x1="${at}" y1="${TOP}" x2="${at}" y2="${HEIGHT - BOTTOM}" stroke="${INK}" stroke-opacity="0.25"/>`;
    return `${rule}<text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="${INK}">${tick.toLocaleString('en-US')}</text>`;
  });
  const horizontal = yTicks.map((tick) => {
    const at = y(tick).toFixed(1);
    const rule = `<line x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}" stroke="${INK}" stroke-opacity="0.25"/>`;
    return `${rule}<text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end" fill="${INK}">${tick} s</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${title}">`,
    `<text x="${LEFT}" y="24" font-size="14" fill="${INK}">${title}</text>`,
    ...vertical,
    ...horizontal,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** A logarithmic scale from `start` to `end`, and the powers of ten on it. */
function axis(values: readonly number[], start: number, end: number): [(value: number) => number, number[]] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const scale = (value: number): number => start + ((Math.log10(value) - low) / (high - low)) * (end - start);
  return [scale, Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))];
}
