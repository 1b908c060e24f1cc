// Serves the page from disk, with the policy it has in production, and passes the API on to a running
// service: node dev.mjs [--port 8090] [--api http://127.0.0.1:8080]. Edit, reload, nothing to build.

import { readFile, stat } from 'node:fs/promises';
import { request as ask, createServer } from 'node:http';
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import { lean } from './lean.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8090' }, api: { type: 'string', default: 'http://127.0.0.1:8080' } },
});
const page = new URL('../../src/console/', import.meta.url);
const locales = new URL('../../locales/', import.meta.url);
const assets = '/console/a/dev';
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');
/** The frame of the printed form, whose page brings a style of its own. */
const printPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const kinds = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.ftl': 'text/plain',
  '.txt': 'text/plain',
  '.json': 'application/json',
};
const pages = { '/console/': 'index.html', '/enter/': 'enter.html' };

async function sendPage(file, response) {
  const text = (await readFile(new URL(file, page), 'utf8')).replaceAll('{assets}', assets);
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

async function sendAsset(path, response) {
  const [base, rest] = path.startsWith('words/') ? [locales, path.slice('words/'.length)] : [page, path];
  const file = new URL(rest, base);
  if (!file.pathname.startsWith(base.pathname) || !(await stat(file).catch(() => null))?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': `${kinds[extname(file.pathname)] ?? 'application/octet-stream'}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(path === 'print.html' && { 'content-security-policy': printPolicy }),
  });
  const bytes = await readFile(file);
  const whole = path.startsWith('vendor/') || !/\.(js|css)$/.test(path);
  response.end(whole ? bytes : lean(bytes.toString()));
}

/** A service that is away closes the connection, as it would without anything between. */
function passOn(request, response) {
  const { hostname, port } = new URL(values.api);
  const onward = ask(
    { hostname, port, path: request.url, method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://page');
  if (pages[pathname]) void sendPage(pages[pathname], response);
  else if (pathname.startsWith(`${assets}/`)) void sendAsset(pathname.slice(assets.length + 1), response);
  else if (pathname === '/console/print.html') void sendAsset('print.html', response);
  else if (pathname === '/console' || pathname === '/enter')
    response.writeHead(308, { location: `${pathname}/` }).end();
  else passOn(request, response);
}).listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${values.port}/console/ and /enter/, the API at ${values.api}`);
});
