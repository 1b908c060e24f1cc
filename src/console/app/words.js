// The words of the page, from the same Fluent files as the server's: t('call-title'), in the language chosen.
//
// A component that calls t() is drawn anew when the language changes or its file arrives.

import { FluentBundle, FluentResource } from '../vendor/fluent.js';
import { signal } from '../vendor/signals.js';

/** @typedef {'kk' | 'ru' | 'en'} Language */

/** @type {readonly Language[]} */
export const languages = ['kk', 'ru', 'en'];

const kept = 'qupia-language';

/** The language of the page; change it by `setLanguage`. */
export const language = signal(initial());

/** How many files have arrived: t() reads it, so that what was drawn too early is drawn again. */
const arrived = signal(0);

const bundles = {
  kk: new FluentBundle('kk', { useIsolating: false }),
  ru: new FluentBundle('ru', { useIsolating: false }),
  en: new FluentBundle('en', { useIsolating: false }),
};

/** @type {Map<string, Promise<void>>} */
const requests = new Map();
/** @type {Set<string>} */
const files = new Set();

/** @returns {Language} */
function initial() {
  for (const tag of [localStorage.getItem(kept), ...navigator.languages]) {
    const known = languages.find((one) => tag?.slice(0, 2) === one);
    if (known) return known;
  }
  return 'kk';
}

/**
 * The words of a key. Vars are what the message names: t('call-attempts-left', { count: 3 }).
 * @param {string} name
 * @param {Record<string, string | number>} [vars]
 * @returns {string}
 */
export function t(name, vars) {
  arrived.value;
  const bundle = bundles[language.value];
  const message = bundle.getMessage(name);
  if (!message?.value) return '';
  return bundle.formatPattern(message.value, vars, []);
}

/**
 * Marks a key that is kept in a table and given to t() later, so that the check of words sees it.
 * @param {string} name
 */
export const key = (name) => name;

/**
 * @param {string} file
 * @param {Language} tongue
 */
function request(file, tongue) {
  const id = `${tongue}/${file}`;
  const running = requests.get(id);
  if (running) return running;
  const loading = fetch(new URL(`../words/${id}.ftl`, import.meta.url))
    .then(async (response) => {
      if (!response.ok) throw new Error(`${id}: ${response.status}`);
      bundles[tongue].addResource(new FluentResource(await response.text()));
      arrived.value += 1;
    })
    .catch((error) => {
      // Asked for again next time, for the server may have been away.
      requests.delete(id);
      throw error;
    });
  requests.set(id, loading);
  return loading;
}

/**
 * Loads a file of words, such as 'console-call', and when nothing else is to do the same in the other
 * languages, so that a switch needs no server.
 * @param {string} file
 */
export async function loadWords(file) {
  files.add(file);
  await request(file, language.value);
  const others = () => languages.map((tongue) => request(file, tongue).catch(() => {}));
  if ('requestIdleCallback' in globalThis) requestIdleCallback(others, { timeout: 2000 });
  else setTimeout(others, 500);
}

/** @param {Language} tongue */
export async function setLanguage(tongue) {
  await Promise.all([...files].map((file) => request(file, tongue)));
  language.value = tongue;
  localStorage.setItem(kept, tongue);
  document.documentElement.lang = tongue;
}

document.documentElement.lang = language.value;
