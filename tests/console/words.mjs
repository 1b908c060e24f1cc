// Compares the page's words with its code: a key that is missing or unused, other variables in one
// language than in another, or other variables than t() is given.
//
// A key stands in the code as t('…'), or as key('…') where it is kept in a table for t().

import { readdir, readFile } from 'node:fs/promises';
import { parse as parseFluent } from '@fluent/syntax';
import { parse as parseScript } from 'acorn';
import { simple } from 'acorn-walk';

const root = new URL('../../', import.meta.url);
const languages = ['kk', 'ru', 'en'];
/** Each file, and how its keys begin. */
const prefixes = {
  console: 'console-',
  'console-call': 'call-',
  'console-branch': 'branch-',
  'console-enter': 'enter-',
  'console-reports': 'reports-',
  'console-admin': 'admin-',
};

const wrong = [];

function variablesIn(node, found = new Set()) {
  if (Array.isArray(node)) for (const part of node) variablesIn(part, found);
  else if (node && typeof node === 'object') {
    if (node.type === 'VariableReference') found.add(node.id.name);
    for (const part of Object.values(node)) variablesIn(part, found);
  }
  return found;
}

async function readWords(language) {
  const messages = new Map();
  const held = (await readdir(new URL(`locales/${language}/`, root))).filter((file) => /^console.*\.ftl$/.test(file));
  for (const file of held) {
    const where = `locales/${language}/${file}`;
    const prefix = prefixes[file.replace('.ftl', '')];
    if (!prefix) wrong.push(`${where}: no such file is known`);
    for (const entry of parseFluent(await readFile(new URL(where, root), 'utf8'), {}).body) {
      if (entry.type === 'Junk') wrong.push(`${where}: not Fluent: ${entry.content.trim().split('\n')[0]}`);
      if (entry.type !== 'Message') continue;
      const name = entry.id.name;
      if (prefix && !name.startsWith(prefix)) wrong.push(`${where}: ${name} does not begin with ${prefix}`);
      if (messages.has(name)) wrong.push(`${where}: ${name} is there twice`);
      messages.set(name, { where, variables: variablesIn(entry) });
    }
  }
  return messages;
}

async function scripts(folder) {
  const found = [];
  for (const entry of await readdir(new URL(folder, root), { withFileTypes: true })) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory() && entry.name !== 'vendor') found.push(...(await scripts(`${path}/`)));
    else if (entry.name.endsWith('.js')) found.push(path);
  }
  return found;
}

/** What t() is given: names, null where that cannot be read here. */
function namesGiven(node) {
  if (!node) return [];
  if (node.type !== 'ObjectExpression') return null;
  const names = node.properties.map((property) => (property.type === 'Property' ? property.key.name : null));
  return names.includes(null) ? null : names;
}

async function readUses() {
  const uses = [];
  for (const path of await scripts('src/console/')) {
    const text = await readFile(new URL(path, root), 'utf8');
    const tree = parseScript(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
    simple(tree, {
      CallExpression({ callee, arguments: [first, second] }) {
        if (callee.type !== 'Identifier' || (callee.name !== 't' && callee.name !== 'key') || !first) return;
        const where = `${path}:${first.loc.start.line}`;
        if (first.type === 'Literal' && typeof first.value === 'string') {
          uses.push({ where, name: first.value, given: callee.name === 't' ? namesGiven(second) : null });
        } else if (callee.name === 'key' || first.type === 'TemplateLiteral' || first.type === 'BinaryExpression') {
          wrong.push(`${where}: a key is written whole, in t('…') or key('…')`);
        }
      },
    });
  }
  return uses;
}

const same = (one, other) => one.size === other.size && [...one].every((name) => other.has(name));
const list = (names) => [...names].sort().join(', ') || 'none';

const words = new Map();
for (const language of languages) words.set(language, await readWords(language));
const all = new Set([...words.values()].flatMap((messages) => [...messages.keys()]));
const uses = await readUses();
const used = new Set(uses.map(({ name }) => name));

for (const name of all) {
  const [first, ...others] = languages.filter((language) => words.get(language).has(name));
  for (const language of languages) {
    if (!words.get(language).has(name)) wrong.push(`${name}: missing in ${language}`);
  }
  const expected = words.get(first).get(name).variables;
  for (const language of others) {
    const found = words.get(language).get(name).variables;
    if (!same(expected, found)) wrong.push(`${name}: ${first} has ${list(expected)}, ${language} ${list(found)}`);
  }
  if (!used.has(name)) wrong.push(`${name}: unused (${words.get(first).get(name).where})`);
}
for (const { where, name, given } of uses) {
  const message = languages.map((language) => words.get(language).get(name)).find(Boolean);
  if (!message) wrong.push(`${where}: ${name} is in no file of words`);
  else if (given && !same(new Set(given), message.variables)) {
    wrong.push(`${where}: ${name} wants ${list(message.variables)}, is given ${list(given)}`);
  }
}

for (const line of wrong.sort()) console.error(`words: ${line}`);
process.exitCode = wrong.length ? 1 : 0;
