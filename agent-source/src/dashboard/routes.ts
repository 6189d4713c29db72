import { BtsootError } from '@btsoot/shared/model/errors.js';
import { z } from 'zod';
import { bodyOf } from './body.js';
import type { Wanted } from './guards.js';
import { parsePathToken, parseTypedDirectory } from './path-token.js';
import { json, type Reply } from './reply.js';
import type { Asking, Workshop } from './workshop.js';

/** One thing that can be asked for. `:block` in its path stands for a block's name. */
export interface Route extends Wanted {
  readonly path: string;
  readonly answer: (workshop: Workshop, asking: Asking) => Promise<Reply> | Reply;
}

type Answer = Route['answer'];

const get = (path: string, answer: Answer): Route => ({ method: 'GET', path, isPage: false, isOpen: false, answer });
const post = (path: string, answer: Answer): Route => ({ method: 'POST', path, isPage: false, isOpen: false, answer });
const open = (route: Route): Route => ({ ...route, isOpen: true });

const loginSchema = z.strictObject({ token: z.string().max(200) });
const nothingSchema = z.strictObject({});
const confirmSchema = z.strictObject({ plan: z.string().regex(/^[0-9a-f]{16}$/) });
const wishSchema = z.strictObject({
  session: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  path: z.string(),
  to: z.string().nullable(),
});

/** All that the dashboard answers, beside the files of the page itself. */
export const ROUTES: readonly Route[] = [
  open(get('/api/access', (_workshop, { isKnown }) => json({ isKnown }))),
  open(post('/api/login', async (workshop, { request }) => workshop.login((await bodyOf(request, loginSchema)).token))),
  get('/api/overview', async (workshop) => json(await workshop.overview())),
  get('/api/events', (workshop) => workshop.events()),
  get('/api/blocks/:block/history', async (workshop, { block }) => json(await workshop.history(block))),
  get('/api/blocks/:block/folder', async (workshop, { block, query }) =>
    json(await workshop.folder(block, sessionIn(query), parsePathToken(query.get('path') ?? ''))),
  ),
  get('/api/blocks/:block/restore', (workshop, { block }) => json(workshop.restoreOf(block))),
  post('/api/blocks/:block/restore', async (workshop, { block, request }) => {
    const { session, path, to } = await bodyOf(request, wishSchema);
    const wish = { session, path: parsePathToken(path), to: to === null ? null : parseTypedDirectory(to) };
    return json(workshop.planRestore(block, wish), 202);
  }),
  post('/api/blocks/:block/restore/confirm', async (workshop, { block, request }) =>
    json(workshop.confirmRestore(block, (await bodyOf(request, confirmSchema)).plan), 202),
  ),
  act('/api/blocks/:block/restore/stop', (workshop, block) => workshop.stopRestore(block)),
  act('/api/blocks/:block/sync', (workshop, block) => workshop.sync(block)),
  act('/api/blocks/:block/pause', (workshop, block) => workshop.pause(block)),
  act('/api/blocks/:block/resume', (workshop, block) => workshop.resume(block)),
];

/** Something that is begun, and whose end the stream of events tells. */
function act(path: string, begin: (workshop: Workshop, block: string) => void): Route {
  return post(path, async (workshop, { block, request }) => {
    await bodyOf(request, nothingSchema);
    begin(workshop, block);
    return json({}, 202);
  });
}

export interface Found {
  readonly route: Route;
  readonly block: string;
}

/** The routes of a path, by any method. */
export function routesOf(path: string, routes: readonly Route[] = ROUTES): Found[] {
  const asked = path.split('/');
  return routes.flatMap((route) => {
    const parts = route.path.split('/');
    if (parts.length !== asked.length) return [];
    if (!parts.every((part, index) => part === ':block' || part === asked[index])) return [];
    const at = parts.indexOf(':block');
    return [{ route, block: at < 0 ? '' : (asked[at] ?? '') }];
  });
}

function sessionIn(query: URLSearchParams): number {
  const text = query.get('session') ?? '0';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new BtsootError('invalid', 'a session is a number', { hint: 'The list of sessions has them.' });
}
