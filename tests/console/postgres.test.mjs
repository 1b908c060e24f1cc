// A whole call on PostgreSQL, where QUPIA_TEST_POSTGRES names a server: tests/run --with node --test THIS_FILE.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { expectWholeCall } from './harness/whole-call.mjs';
import { closeBrowser, startWorld, story } from './harness.mjs';

const server = process.env.QUPIA_TEST_POSTGRES;
const database = `qupia_console_${randomBytes(6).toString('hex')}`;

/** @type {import('./harness/world.mjs').World} */
let world;

/**
 * @param {string} url
 * @param {string} statement
 */
async function ask(url, statement) {
  const flags = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1'];
  const { stdout } = await promisify(execFile)('psql', [url, ...flags, `--command=${statement}`]);
  return stdout.trim();
}

if (server) {
  const url = new URL(server);
  url.pathname = database;

  before(async () => {
    await ask(server, `CREATE DATABASE ${database} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0`);
    world = await startWorld({ settings: { QUPIA_DATABASE_URL: url.href } });
  });
  after(async () => {
    await world?.stop();
    await closeBrowser();
    await ask(server, `DROP DATABASE ${database} WITH (FORCE)`);
  });

  story(
    'a whole call, on PostgreSQL',
    () => world,
    {},
    async ({ page }) => {
      await expectWholeCall(world, page);
      assert.equal(await ask(url.href, 'SELECT count(*) FROM verifications'), '1', 'it is this database that has it');
    },
  );
} else {
  test('a whole call, on PostgreSQL', { skip: 'QUPIA_TEST_POSTGRES names no server' }, () => {});
}
