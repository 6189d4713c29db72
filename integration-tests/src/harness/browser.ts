import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Scope } from './cleanup.js';
import { repository } from './programs.js';

/** Where distributions put it. No browser is downloaded. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executable = PLACES.find((place) => existsSync(place));

/** False where a browser is there, else the reason: what `skip` of node:test takes. */
export const browserMissing: string | false = executable === undefined ? 'chromium is not installed' : false;

export async function openBrowser(scope: Scope): Promise<Browser> {
  assert.ok(executable !== undefined, 'chromium is not installed');
  // Chromium refuses its sandbox to root, as tests in containers are.
  const args = process.geteuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: executable, args });
  scope.after(() => browser.close());
  return browser;
}

export interface WatchedPage {
  readonly page: Page;
  /** What the browser complained of: errors of scripts, failed requests, breaches of the content's policy. */
  readonly complaints: readonly string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.setDefaultTimeout(60_000);
  return { page, complaints };
}

/** What of the page as it is shown now is in somebody's way; see the script. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(readFileSync(join(repository, 'integration-tests/browser/accessibility.js'), 'utf8'));
}
