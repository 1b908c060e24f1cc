// What is served of a script or style: all but comment lines, indentation and empty lines. The service
// does the same; `node lean.mjs` shows that no script means anything else by it.

import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'acorn';

/** @param {string} text */
export function lean(text) {
  const kept = [];
  let inComment = false;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (inComment) {
      inComment = !trimmed.endsWith('*/');
    } else if (trimmed.startsWith('/*') && !trimmed.includes('*/')) {
      inComment = true;
    } else if (trimmed && !trimmed.startsWith('//') && !(trimmed.startsWith('/*') && trimmed.endsWith('*/'))) {
      kept.push(trimmed);
    }
  }
  return `${kept.join('\n')}\n`;
}

/** The tree without places; blanks around a line's end in a template mean nothing to htm. */
function treeOf(text) {
  return JSON.stringify(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }), (name, value) => {
    if (name === 'start' || name === 'end') return undefined;
    if (name === 'raw' || name === 'cooked') return value.replace(/\s*\n\s*/g, '\n').replace(/[ \t]+/g, ' ');
    return value;
  });
}

async function scripts(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'vendor')
      found.push(...(await scripts(new URL(`${entry.name}/`, folder))));
    else if (entry.name.endsWith('.js')) found.push(new URL(entry.name, folder));
  }
  return found;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const file of await scripts(new URL('../../src/console/', import.meta.url))) {
    const text = await readFile(file, 'utf8');
    if (treeOf(text) === treeOf(lean(text))) continue;
    console.error(`lean: ${file.pathname}: means something else without its comments and indentation`);
    process.exitCode = 1;
  }
}
