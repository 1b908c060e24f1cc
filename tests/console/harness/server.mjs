// The real server as a process of its own, in a folder of its own, with cheap hashes.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BINARY = process.env.QUPIA_BINARY ?? join(ROOT, 'target/debug/qupia');
export const ADMIN_FIRST_PASSWORD = 'first-password-of-the-tests-71';

// Hashes are cheap and people are quick in tests; the limits of their own are set by the tests that reach them.
const SETTINGS = {
  QUPIA_HASH__MEMORY_KIB: '64',
  QUPIA_LIMITS__LOGINS_PER_MINUTE: '1000',
  QUPIA_LIMITS__SIGN_INS_PER_MINUTE: '100000',
  QUPIA_LIMITS__VERIFICATIONS_PER_MINUTE: '1000',
  QUPIA_LIMITS__CLIENTS_PER_HOUR: '10000',
  QUPIA_LIMITS__EMPTY_SEARCHES_PER_MINUTE: '1000',
  QUPIA_LOG__FILTER: 'info',
};

/**
 * Starts a server on loopback and waits until it listens.
 * @param {Record<string, string>} [settings] more `QUPIA_…` variables
 */
export async function startServer(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'qupia-console-'));
  const port = await freePort();
  const variables = {
    PATH: process.env.PATH,
    ...SETTINGS,
    QUPIA_BOOTSTRAP_ADMIN_PASSWORD: ADMIN_FIRST_PASSWORD,
    ...settings,
  };
  const flags = ['serve', '--data-dir', join(folder, 'data'), '--listen', `127.0.0.1:${port}`];
  let running = await run(BINARY, flags, variables, 'listening on http://');
  const own = `http://127.0.0.1:${port}`;
  const page = await servePage(own);

  return {
    /** where the API is */
    api: own,
    /** where the page is, and the API as the page sees it */
    origin: page?.origin ?? own,
    /** Ends the process; the data stay. */
    async halt() {
      await end(running, 'SIGKILL');
    },
    /** Starts it again on the same data and port. */
    async resume() {
      running = await run(BINARY, flags, variables, 'listening on http://');
    },
    /** Ends it and removes its data. */
    async stop() {
      if (page) {
        await end(page.process, 'SIGKILL');
      }
      await end(running, 'SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A binary that has no page in it is given one by `dev.mjs`, from the same files.
 * @param {string} api
 */
async function servePage(api) {
  const answer = await fetch(`${api}/console/`);
  if (answer.ok) {
    return null;
  }
  const port = await freePort();
  const script = fileURLToPath(new URL('../dev.mjs', import.meta.url));
  const flags = [script, '--port', String(port), '--api', api];
  const child = await run(process.execPath, flags, { PATH: process.env.PATH }, 'http://');
  return { origin: `http://127.0.0.1:${port}`, process: child };
}

/**
 * @param {string} program
 * @param {string[]} flags
 * @param {NodeJS.ProcessEnv} variables
 * @param {string} ready what it writes when it can be asked
 * @returns {Promise<import('node:child_process').ChildProcess>}
 */
function run(program, flags, variables, ready) {
  const child = spawn(program, flags, { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let written = '';
    const listen = (/** @type {Buffer} */ chunk) => {
      written = (written + chunk.toString()).slice(-20_000);
      if (written.includes(ready)) {
        resolve(child);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready:\n${written}`)));
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function end(child, signal) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve(undefined);
      return;
    }
    child.once('exit', resolve);
    child.kill(signal);
  });
}

/** @returns {Promise<number>} a port that nobody listens on */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => resolve(address.port));
    });
  });
}
