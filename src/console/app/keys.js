// Keys of the page, and the list of them that F1 shows.
//
// useKeys({ 'Alt+b': [block, key('call-key-block')], 'Escape Escape': [end, key('call-key-end')] });
//
// Letters and digits are matched by their place on the keyboard, so that Alt+B works while Kazakh or
// Russian is typed. Keys under an open dialog rest; those registered within it work.

import { useContext, useEffect, useRef } from '../vendor/hooks.js';
import { createContext } from '../vendor/preact.js';

/** @typedef {(event: KeyboardEvent) => unknown} Act gives false where the key is to do what it does without us */
/** @typedef {Act | [Act, string]} Binding what it does, and the word's key for the help */

/** How many dialogs are open around a component. */
export const Depth = createContext(0);

/** @type {Set<{ depth: number, keys: () => Record<string, Binding> }>} */
const registry = new Set();
/** @type {Set<{ depth: number, holds: () => Record<string, [(held: boolean) => void, string]> }>} */
const holdRegistry = new Set();
/** @type {number[]} */
const openDepths = [];

/** @param {number} depth */
export function openDepth(depth) {
  openDepths.push(depth);
  return () => {
    openDepths.splice(openDepths.indexOf(depth), 1);
  };
}

const topDepth = () => Math.max(0, ...openDepths);
const doubleWithin = 600;
let last = { name: '', at: 0 };

/**
 * The name of a pressed key: 'Alt+b', 'F2', 'Escape', 'Control+Enter'.
 * @param {KeyboardEvent} event
 */
export function nameOf(event) {
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(event.code);
  const plain = place && (event.altKey || event.ctrlKey) ? (place[1] ?? place[2]).toLowerCase() : event.key;
  const shift = event.shiftKey && plain.length > 1 ? 'Shift+' : '';
  return `${event.ctrlKey ? 'Control+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${plain}`;
}

/** @param {string} name */
function find(name) {
  const depth = topDepth();
  for (const entry of [...registry].reverse()) {
    const binding = entry.depth === depth ? entry.keys()[name] : undefined;
    if (binding) return Array.isArray(binding) ? binding[0] : binding;
  }
  return null;
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.isComposing || event.defaultPrevented) return;
  const name = nameOf(event);
  const twice = !event.repeat && last.name === name && event.timeStamp - last.at < doubleWithin;
  last = event.repeat || twice ? { name: '', at: 0 } : { name, at: event.timeStamp };
  const act = (twice && find(`${name} ${name}`)) || find(name);
  if (act && act(event) !== false) event.preventDefault();
  if (!event.repeat && hold(name, true)) event.preventDefault();
}

/**
 * @param {string} name
 * @param {boolean} held
 */
function hold(name, held) {
  const depth = topDepth();
  let found = false;
  for (const entry of holdRegistry) {
    if (entry.depth !== depth || !entry.holds()[name]) continue;
    entry.holds()[name][0](held);
    found = true;
  }
  return found;
}

function releaseAll() {
  for (const entry of holdRegistry) for (const [change] of Object.values(entry.holds())) change(false);
}

addEventListener('keydown', press);
// Whichever of the keys is let go first: nothing stays shown.
addEventListener('keyup', releaseAll);
addEventListener('blur', releaseAll);

/**
 * Keys for as long as the component is there. With a word's key they are listed under F1.
 * @param {Record<string, Binding>} bindings
 */
export function useKeys(bindings) {
  const latest = useRef(bindings);
  latest.current = bindings;
  const depth = useContext(Depth);
  useEffect(() => {
    const entry = { depth, keys: () => latest.current };
    registry.add(entry);
    return () => registry.delete(entry);
  }, [depth]);
}

/**
 * What holds only while a key is held: useHeld({ 'Alt+s': [setShown, key('call-key-show')] }).
 * @param {Record<string, [(held: boolean) => void, string]>} bindings
 */
export function useHeld(bindings) {
  const latest = useRef(bindings);
  latest.current = bindings;
  const depth = useContext(Depth);
  useEffect(() => {
    const entry = { depth, holds: () => latest.current };
    holdRegistry.add(entry);
    return () => {
      for (const [change] of Object.values(latest.current)) change(false);
      holdRegistry.delete(entry);
    };
  }, [depth]);
}

/** What F1 lists: the keys that work on the screen now, with the keys of their words. */
export function listed() {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { depth, holds } of holdRegistry) {
    if (depth === 0) for (const [name, [, word]] of Object.entries(holds())) found.set(name, word);
  }
  // The screen's own before the frame's: it was drawn later.
  for (const { depth, keys } of [...registry].reverse()) {
    if (depth !== 0) continue;
    for (const [name, binding] of Object.entries(keys())) if (Array.isArray(binding)) found.set(name, binding[1]);
  }
  return [...found];
}
