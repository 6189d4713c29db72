import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The page and what belongs to it: written by hand, shipped as they are. */
const FOLDER = new URL('../../dashboard/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** By the path that asks for them. All are in memory, so that no path leads to any other file. */
export function loadStaticFiles(): ReadonlyMap<string, StaticFile> {
  const files = readdirSync(FOLDER).flatMap((name): [string, StaticFile][] => {
    const type = TYPES[extname(name)];
    if (type === undefined) return [];
    return [[name === 'index.html' ? '/' : `/${name}`, { type, bytes: readFileSync(new URL(name, FOLDER)) }]];
  });
  // How sizes and times are written is the program's own: browsers get the very module that terminals are served by.
  const human = {
    type: TYPES['.js'] ?? '',
    bytes: readFileSync(new URL('../../../shared/dist/model/human.js', import.meta.url)),
  };
  return new Map([...files, ['/human.js', human]]);
}
