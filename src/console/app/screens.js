// Which screens there are, who has them, and what each needs: loaded when first shown.

import { key, loadWords } from './words.js';

/** @typedef {import('./session.js').Role} Role */
/** @typedef {{ name: string, title: string, roles: Role[], words: string[], styles: string[] }} ScreenEntry */

const reports = { words: ['console-reports'], styles: ['lists', 'reports'] };
const admin = { roles: /** @type {Role[]} */ (['admin']), words: ['console-admin'], styles: ['lists', 'admin'] };

/** @type {ScreenEntry[]} */
const screens = [
  {
    name: 'call',
    title: key('console-nav-call'),
    roles: ['call_center', 'supervisor'],
    words: ['console-call'],
    styles: ['call'],
  },
  {
    name: 'branch',
    title: key('console-nav-branch'),
    roles: ['branch'],
    words: ['console-branch', 'console-enter'],
    styles: ['lists', 'client', 'branch', 'enter'],
  },
  { name: 'today', title: key('console-nav-today'), roles: ['supervisor', 'auditor'], ...reports },
  { name: 'signals', title: key('console-nav-signals'), roles: ['supervisor', 'auditor'], ...reports },
  { name: 'audit', title: key('console-nav-audit'), roles: ['auditor'], ...reports },
  { name: 'staff', title: key('console-nav-staff'), ...admin },
  { name: 'branches', title: key('console-nav-branches'), ...admin },
  { name: 'services', title: key('console-nav-services'), ...admin },
  { name: 'webhooks', title: key('console-nav-webhooks'), ...admin },
];

/**
 * The screens of a role, the first of them its own.
 * @param {Role} role
 */
export const screensOf = (role) => screens.filter((screen) => screen.roles.includes(role));

/**
 * The screen that the address names, if the role has it; else its own.
 * @param {Role} role
 * @param {string} name
 * @returns {ScreenEntry | undefined}
 */
export function screenFor(role, name) {
  const own = screensOf(role);
  return own.find((screen) => screen.name === name) ?? own[0];
}

/** @type {Map<string, Promise<void>>} */
const styles = new Map();

/** @param {string} name */
function loadStyle(name) {
  const running = styles.get(name);
  if (running) return running;
  const loading = /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = new URL(`../styles/${name}.css`, import.meta.url).href;
      link.onload = () => resolve();
      link.onerror = () => {
        link.remove();
        styles.delete(name);
        reject(new Error(`${name}.css`));
      };
      document.head.append(link);
    })
  );
  styles.set(name, loading);
  return loading;
}

/**
 * A screen's component, with its words and styles there.
 * @param {ScreenEntry} screen
 * @returns {Promise<() => import('preact').VNode>}
 */
export async function loadScreen({ name, words, styles: sheets }) {
  const [module] = await Promise.all([
    import(`../screens/${name}/index.js`),
    ...words.map(loadWords),
    ...sheets.map(loadStyle),
  ]);
  return module.default;
}
