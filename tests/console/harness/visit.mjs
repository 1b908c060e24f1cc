// A person before the page: a browser of their own, signed in, with every fault of the page noted.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { PASSWORD } from './world.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./world.mjs').World} World */
/**
 * @typedef {{
 *   as?: string | null, language?: 'kk' | 'ru' | 'en', theme?: 'light' | 'dark' | 'contrast',
 *   width?: number, height?: number, scale?: number, hash?: string, clock?: boolean,
 * }} Wanted
 * `as` is a login, null to stay signed out; `clock` gives the page a clock that the test moves;
 * `hash` is what the address has behind `#`.
 */

/** @type {import('playwright-core').Browser | null} */
let browser = null;

/** The shell is the same engine without windows of its own: a page opens in a fifth of the time. */
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

async function openBrowser() {
  browser ??= await chromium.launch({
    executablePath: process.env.QUPIA_CHROMIUM ?? BROWSERS.find((path) => existsSync(path)),
    // The tests may run as root, where Chromium has no sandbox.
    args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = null;
}

/**
 * Opens the console in a context of its own.
 * @param {World} world
 * @param {Wanted} [wanted]
 */
export async function visit(world, wanted = {}) {
  const { as = 'aigul', language = 'ru', theme = 'light', width = 1280, height = 860, scale = 1, hash = '' } = wanted;
  const context = await (await openBrowser()).newContext({
    viewport: { width: Math.round(width / scale), height: Math.round(height / scale) },
    deviceScaleFactor: scale,
    locale: language,
    colorScheme: theme === 'dark' ? 'dark' : 'light',
    contrast: theme === 'contrast' ? 'more' : 'no-preference',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  // Long enough for a machine that does much else; nothing waits that long where all is well.
  page.setDefaultTimeout(60_000);
  if (wanted.clock) {
    await page.clock.install();
  }
  const faults = watch(page, world.origin);
  await page.goto(`${world.origin}/console/${hash && `#${hash}`}`);
  if (as !== null) {
    await signIn(page, as);
  }
  return {
    page,
    context,
    faults,
    /** Lets one kind of console message pass, such as that of an answer 503 that the test brought about. @param {RegExp} pattern */
    allow(pattern) {
      faults.allowed.push(pattern);
    },
    /** Fails where the page did what it must never do. */
    expectClean() {
      assert.deepEqual(faults.found(), [], 'console messages, page errors, CSP reports and requests elsewhere');
    },
    close: () => context.close(),
  };
}

/** @typedef {Awaited<ReturnType<typeof visit>>} Visit */

/**
 * Console messages, errors, reports of the content security policy (they are console messages), and requests
 * that leave the origin.
 * @param {Page} page
 * @param {string} origin
 */
function watch(page, origin) {
  /** @type {string[]} */
  const seen = [];
  /** @type {RegExp[]} */
  const allowed = [];
  page.on('console', (message) => seen.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => seen.push(`page error: ${error.stack ?? error}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) {
      seen.push(`request elsewhere: ${url}`);
    }
  });
  return { allowed, found: () => seen.filter((text) => !allowed.some((pattern) => pattern.test(text))) };
}

/**
 * @param {Page} page
 * @param {string} login
 * @param {string} [password]
 */
export async function signIn(page, login, password = PASSWORD) {
  await page.locator('input[autocomplete="username"]').fill(login);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.keyboard.press('Enter');
  await page.locator('input[autocomplete="current-password"]').waitFor({ state: 'detached' });
  await page.locator('.page:not(.muted)').waitFor();
}

/**
 * A test with a visit of its own, which fails on any fault of the page beside the story.
 * @param {string} name
 * @param {() => World} world
 * @param {Wanted} wanted
 * @param {(visit: Visit, world: World) => Promise<unknown>} body
 */
export function story(name, world, wanted, body) {
  test(name, { timeout: 300_000 }, async () => {
    const visited = await visit(world(), wanted);
    try {
      await body(visited, world());
      visited.expectClean();
    } catch (fault) {
      await picture(visited.page, `failed-${name}`).catch(() => {});
      throw fault;
    } finally {
      await visited.close();
    }
  });
}

/**
 * A screenshot in the folder that QUPIA_PICTURES names; none is taken without it.
 * @param {Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  const folder = process.env.QUPIA_PICTURES;
  if (folder) {
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`), fullPage: true });
  }
}
