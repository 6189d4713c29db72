import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { accessibilityFaults, browserMissing, openBrowser, openPage } from './harness/browser.js';
import { dashboardWorld } from './harness/dashboard-world.js';
import { media } from './harness/data.js';
import { dir, file, plant } from './harness/tree.js';
import { assertMirrored, mustSync, type World } from './harness/world.js';

/*
 * The dashboard as people use it: two real agents, a real browser without a window.
 */

const skip = browserMissing;
const PHONE = { width: 360, height: 740 };

function plantSome(tree: string): void {
  plant(tree, file('letter.txt', 'the first words'), dir('2025', [dir('june', [file('lake.jpg', media(1)(40_000))])]));
}

async function syncedTwice(world: World): Promise<void> {
  await mustSync(world);
  writeFileSync(join(world.tree, 'letter.txt'), 'the second words');
  await mustSync(world);
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

test('from a good block through a sync to an old version that is given back', { skip }, async (t) => {
  const world = await dashboardWorld(t, { plant: plantSome, prepare: syncedTwice });
  world.source.configureRaw('remotes.pi', 'rate_limit', '"2 MB/s"');
  const { page, complaints } = await openPage(await openBrowser(t));
  await page.goto(world.url);
  await heading(page).getByText('Your backup is good.').waitFor();

  writeFileSync(join(world.tree, 'film.mkv'), media(2)(6_000_000));
  writeFileSync(join(world.mirror, '2025/june/lake.jpg'), 'by a hand on the remote');
  await page.getByRole('link', { name: 'photos', exact: true }).click();
  await page.getByRole('rowheader', { name: '2', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Sync now: photos' }).click();
  const bar = page.getByRole('progressbar', { name: 'Progress of photos' });
  await page.getByText('film.mkv').waitFor();
  await page.getByText(/MB of 6\.0 MB · .*\/s · .* left/).waitFor();
  assert.ok(Number(await bar.getAttribute('value')) > 0);
  await page.getByRole('rowheader', { name: '3', exact: true }).waitFor();
  await bar.waitFor({ state: 'hidden' });
  assertMirrored(world.tree, world.mirror);
  const met = page.getByRole('region', { name: 'What the last sync met' });
  await met.getByText('was edited on the remote by somebody else; what was there is kept in history').waitFor();
  assert.match((await page.getByRole('row').nth(1).textContent()) ?? '', /1 added.*6\.\d MB/);

  await page.getByRole('link', { name: 'Browse session 1' }).click();
  await page.getByRole('link', { name: '2025' }).click();
  await page.getByRole('link', { name: 'june' }).click();
  await page.getByText('lake.jpg').waitFor();
  await page.getByRole('navigation', { name: 'Folder' }).getByRole('link', { name: 'photos' }).click();
  await page.getByRole('button', { name: 'Restore letter.txt' }).click();
  const to = join(world.directory, 'nas', 'restored');
  await page.getByLabel('The other folder').fill(to);
  await page.getByRole('button', { name: 'Show what would be done' }).click();
  await page.getByRole('list', { name: 'The plan' }).getByText('letter.txt').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText(/^Restored: /).waitFor();
  assert.equal(readFileSync(join(to, 'letter.txt'), 'utf8'), 'the first words');
  assert.equal(readFileSync(join(world.tree, 'letter.txt'), 'utf8'), 'the second words');
  assert.deepEqual(complaints, []);
});

test('into the source it restores what was shown, and nothing else that has changed since', { skip }, async (t) => {
  const world = await dashboardWorld(t, { plant: plantSome, prepare: syncedTwice });
  const { page } = await openPage(await openBrowser(t));
  await page.goto(`${world.url}#/photos/files/1`);
  const show = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Show what would be done' }).click();
    await page.getByRole('list', { name: 'The plan' }).waitFor();
  };
  const restore = page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true });
  await page.getByRole('button', { name: 'Restore all of it' }).click();
  await show();
  rmSync(join(world.tree, '2025/june/lake.jpg'));
  await restore.click();
  await page.getByText('files have changed meanwhile').waitFor();
  assert.equal(readFileSync(join(world.tree, 'letter.txt'), 'utf8'), 'the second words');
  writeFileSync(join(world.tree, '2025/june/lake.jpg'), 'new since then');
  await page.getByRole('button', { name: 'Back' }).click();
  await show();
  await restore.click();
  await page.getByText(/^Restored, but for 1 entry/).waitFor();
  assert.equal(readFileSync(join(world.tree, 'letter.txt'), 'utf8'), 'the first words');
  assert.equal(readFileSync(join(world.tree, '2025/june/lake.jpg'), 'utf8'), 'new since then');
});

test('a paused block says so, here and in the terminal, until it goes on', { skip }, async (t) => {
  const world = await dashboardWorld(t, { plant: plantSome, prepare: syncedTwice });
  const { page } = await openPage(await openBrowser(t));
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Pause: photos' }).press('Enter');
  await page.getByText('nothing begins by itself').waitFor();
  assert.match((await world.source.mustRun('status')).stdout, /paused since 20\d\d-/);
  await page.getByRole('button', { name: 'Resume: photos' }).press('Space');
  await page.getByText('Synced when somebody asks').waitFor();
  assert.doesNotMatch((await world.source.mustRun('status')).stdout, /paused/);
});

test('each page can be read, reached and heard, in light and dark, on a screen and on a phone', { skip }, async (t) => {
  const world = await dashboardWorld(t, { plant: plantSome, prepare: syncedTwice });
  const browser = await openBrowser(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [{ width: 1200, height: 800 }, PHONE]) {
      const { page, complaints } = await openPage(browser, { colorScheme, viewport, reducedMotion: 'reduce' });
      const check = async (what: string): Promise<void> =>
        assert.deepEqual(await accessibilityFaults(page), [], `${what}, ${colorScheme}, ${viewport.width} px`);
      await page.goto(world.url);
      await page.getByText('Backed up').waitFor();
      await check('the overview');
      await page.getByRole('link', { name: 'photos', exact: true }).click();
      await page.getByRole('link', { name: 'Browse session 1' }).waitFor();
      assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1');
      await check('a block');
      await page.getByRole('link', { name: 'Browse session 1' }).click();
      const restore = page.getByRole('button', { name: 'Restore letter.txt' });
      await restore.waitFor();
      await check('files');
      await restore.press('Enter');
      await page.getByRole('dialog').waitFor();
      await check('a restore');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Restore letter.txt');
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  }
});

test('who comes from elsewhere needs the token, and the link that is printed holds it', { skip }, async (t) => {
  const world = await dashboardWorld(t, { plant: plantSome, prepare: syncedTwice, bind: '0.0.0.0' });
  const { page } = await openPage(await openBrowser(t), { viewport: PHONE });
  await page.goto(world.url);
  await heading(page).getByText('Who is there?').waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.getByLabel('Token').fill('a guess');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('This is not the token.').waitFor();
  const link = (await world.source.mustRun('dashboard')).stdout.trim();
  const { host, hash } = new URL(link);
  assert.match(host, /^[\w.-]+:\d+$/);
  assert.match(hash, /^#token=[\w-]{43}$/);
  await page.goto('about:blank');
  // What this machine calls itself may lead nowhere here.
  await page.goto(`${world.url}${hash}`);
  await heading(page).getByText('Your backup is good.').waitFor();
  assert.equal(new URL(page.url()).hash, '#/');
  assert.doesNotMatch(world.agent.describe(), new RegExp(link.split('=')[1] ?? 'no token'));
});
