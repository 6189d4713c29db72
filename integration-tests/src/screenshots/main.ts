import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { bench } from '../bench/program.js';
import { changes, plantSampleTree } from '../demo/sample-tree.js';
import { openBrowser, openPage } from '../harness/browser.js';
import { type DashboardWorld, dashboardWorld } from '../harness/dashboard-world.js';
import { media } from '../harness/data.js';
import { repository } from '../harness/programs.js';
import { dir, file, plant } from '../harness/tree.js';
import { mustSync, type World } from '../harness/world.js';

/*
 * Takes the pictures of the dashboard that the docs show, of two real agents: `npm run screenshots`.
 */

const FIGURES = join(repository, 'integration-tests', 'figures');
const DESKTOP = { width: 1080, height: 780 };
const PHONE = { width: 360, height: 760 };

await bench(async (cleanup) => {
  const world = await dashboardWorld(cleanup, { plant: plantSampleTree, prepare });
  const browser = await openBrowser(cleanup);
  await world.agent.line(/"sync ended"/);
  const light = await pageOf(world, browser, DESKTOP, 'light');
  await light.getByRole('button', { name: 'Sync now: films' }).click();
  await light.getByText(/ left$/).waitFor();
  await take(light, 'dashboard');
  const dark = await pageOf(world, browser, { ...DESKTOP, height: 1180 }, 'dark');
  await dark.getByRole('link', { name: 'photos', exact: true }).click();
  await dark
    .getByRole('link', { name: /^Browse session/ })
    .first()
    .waitFor();
  await take(dark, 'dashboard-dark');
  await dark
    .getByRole('link', { name: /^Browse session/ })
    .nth(4)
    .click();
  await dark.getByRole('link', { name: 'notes' }).click();
  await dark.getByRole('button', { name: /^Restore read me/ }).click();
  await dark.getByLabel('The other folder').fill(join(world.directory, 'restored'));
  await dark.getByRole('button', { name: 'Show what would be done' }).click();
  await dark.getByRole('list', { name: 'The plan' }).waitFor();
  await dark.setViewportSize(DESKTOP);
  await take(dark, 'dashboard-restore');
  const phone = await pageOf(world, browser, PHONE, 'light');
  await take(phone, 'dashboard-phone');
});

/** A few weeks of a household, in short: the blocks are synced before the agent starts. */
async function prepare(world: World): Promise<void> {
  const { source, directory, tree } = world;
  await mustSync(world);
  const random = media(7);
  for (const [index, { make }] of changes.entries()) {
    make(tree);
    writeFileSync(join(tree, `day ${index}.jpg`), random(30_000 * (index + 1)));
    await mustSync(world);
  }
  for (let day = 0; day < 8; day += 1) {
    writeFileSync(join(tree, '2025', `import ${day}.jpg`), random(20_000 * 3 ** (day % 5)));
    renameSync(join(tree, `day ${day % 6}.jpg`), join(tree, `day ${day % 6}b.jpg`));
    await mustSync(world);
    renameSync(join(tree, `day ${day % 6}b.jpg`), join(tree, `day ${day % 6}.jpg`));
  }
  await mustSync(world);
  const [documents, films] = ['documents', 'films'].map((name) => join(directory, 'nas', name)) as [string, string];
  mkdirSync(documents);
  plant(documents, dir('letters', [file('bank.odt', 'a'), file('school.odt', 'b')]), file('taxes 2025.ods', random(200_000)));
  mkdirSync(films);
  plant(films, dir('holidays', [file('2024 Sweden.mkv', random(60_000_000)), file('2025 Lake.mkv', random(60_000_000))]));
  for (const name of ['documents', 'films']) await source.mustRun('add', name, join(directory, 'nas', name), `pi:${name}`);
  await source.mustRun('sync', 'documents');
  writeFileSync(join(world.remote.root, 'documents', 'letters', 'bank.odt'), 'a hand has changed this');
  rmSync(join(documents, 'letters', 'school.odt'));
  source.configureRaw('blocks.photos', 'watch', 'true');
  source.configureRaw('blocks.documents', 'schedule', '"0 3 * * *"');
  source.configureRaw('remotes.pi', 'rate_limit', '"4 MB/s"');
  await source.mustRun('sync', 'documents');
  appendFileSync(join(tree, 'notes', 'read me, "please".txt'), 'And this.\n');
}

async function pageOf(
  { url, directory }: DashboardWorld,
  browser: Browser,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark',
): Promise<Page> {
  const { page } = await openPage(browser, { viewport, colorScheme, deviceScaleFactor: 1.5 });
  // Where the world of the tests lies tells nobody anything.
  await page.route('**/api/**', async (route) => {
    if (route.request().url().endsWith('/events')) return await route.continue();
    const response = await route.fetch();
    const body = (await response.text()).replaceAll(join(directory, 'nas'), '/volume1').replaceAll(directory, '/volume1');
    return await route.fulfill({ response, body });
  });
  await page.addInitScript((place) => {
    const parse = JSON.parse;
    JSON.parse = (text, reviver) => parse(text.replaceAll(place, '/volume1'), reviver);
  }, directory);
  await page.goto(url);
  await page.getByRole('listitem').first().waitFor();
  return page;
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FIGURES, `${name}.png`) });
}
