// Copies the page's libraries from npm into src/console/vendor/, or with --check compares.
//
// Each becomes one minified standard module; imports of one another are relative, since an import map
// would need an inline script. vendor.json says which version of the registry each file was made from; a
// .d.ts beside it points the type checker to that package, and is not served.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url);
const target = new URL('../../src/console/vendor/', here);

/** The specifier of each library, and the file it becomes. */
const modules = {
  preact: 'preact.js',
  'preact/hooks': 'hooks.js',
  '@preact/signals-core': 'signals-core.js',
  '@preact/signals': 'signals.js',
  htm: 'htm.js',
  '@fluent/bundle': 'fluent.js',
  uqr: 'uqr.js',
  uplot: 'uplot.js',
};
/** Files taken as they are. */
const copies = { 'uplot.css': { name: 'uplot', path: 'dist/uPlot.min.css' } };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
const packageFile = (name, path) => new URL(`node_modules/${name}/${path}`, here);

const relativeImports = {
  name: 'relative-imports',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^[@a-z]/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (!modules[path]) return { errors: [{ text: `${path} is not vendored` }] };
      return { path: `./${modules[path]}`, external: true };
    });
  },
};

async function minified(specifier) {
  const result = await build({
    entryPoints: [specifier],
    absWorkingDir: here.pathname,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    plugins: [relativeImports],
  });
  return Buffer.from(result.outputFiles[0].contents);
}

/** The libraries that export one thing, by `default`. */
const defaults = ['htm', 'uplot'];

function declaration(specifier) {
  const star = `export * from '${specifier}';\n`;
  return defaults.includes(specifier) ? `${star}export { default } from '${specifier}';\n` : star;
}

async function licence(name) {
  const files = await readdir(packageFile(name, ''));
  const file = files.find((entry) => /^licen[cs]e/i.test(entry));
  if (file) return (await readFile(packageFile(name, file), 'utf8')).trim();
  const { license, author } = JSON.parse(await readFile(packageFile(name, 'package.json'), 'utf8'));
  return `${license} licence; ${typeof author === 'string' ? author : (author?.name ?? 'its authors')}`;
}

async function vendored() {
  const lock = JSON.parse(await readFile(new URL('package-lock.json', here), 'utf8'));
  const files = new Map();
  const record = [];
  const add = (file, name, bytes) => {
    const { version, integrity } = lock.packages[`node_modules/${name}`];
    record.push({ file, name, version, package_integrity: integrity, bytes: bytes.length, sha256: sha256(bytes) });
    files.set(file, bytes);
  };
  for (const [specifier, file] of Object.entries(modules)) {
    add(file, packageOf(specifier), await minified(specifier));
    files.set(file.replace('.js', '.d.ts'), Buffer.from(declaration(specifier)));
  }
  for (const [file, { name, path }] of Object.entries(copies)) {
    add(file, name, await readFile(packageFile(name, path)));
  }
  const names = [...new Set(record.map(({ name }) => name))];
  const texts = await Promise.all(names.map(async (name) => `${name}\n\n${await licence(name)}\n`));
  files.set('LICENSES.txt', Buffer.from(texts.join(`\n${'-'.repeat(72)}\n\n`)));
  files.set('vendor.json', Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
  return files;
}

async function check(files) {
  const held = await readdir(target);
  const wrong = held.filter((file) => !files.has(file)).map((file) => `${file}: not in the list`);
  for (const [file, bytes] of files) {
    if (!held.includes(file)) wrong.push(`${file}: missing`);
    else if (!bytes.equals(await readFile(new URL(file, target)))) wrong.push(`${file}: differs from the registry's`);
  }
  return wrong;
}

const files = await vendored();
if (process.argv.includes('--check')) {
  const wrong = await check(files);
  for (const line of wrong) console.error(`vendor: ${line}`);
  process.exitCode = wrong.length ? 1 : 0;
} else {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [file, bytes] of files) await writeFile(new URL(file, target), bytes);
}
