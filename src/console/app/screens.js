// Which screens there are, who has them, and what each needs: loaded when first shown.

import { key, loadWords } from './words.js';

/** @typedef {import('./session.js').Role} Role */
/**
 * @typedef {{
 *   name: string, title: string, roles: Role[], words: string[], styles: string[],
 *   load: () => Promise<{ default: () => import('preact').VNode }>,
 * }} ScreenEntry
 */

/** @type {ScreenEntry[]} */
const screens = [
  {
    name: 'call',
    title: key('console-nav-call'),
    roles: ['call_center', 'supervisor'],
    words: ['console-call'],
    styles: ['call'],
    load: () => import('../screens/call/index.js'),
  },
  {
    name: 'branch',
    title: key('console-nav-branch'),
    roles: ['branch'],
    words: ['console-branch', 'console-enter'],
    styles: ['branch', 'enter'],
    load: () => import('../screens/branch/index.js'),
  },
  {
    name: 'today',
    title: key('console-nav-today'),
    roles: ['supervisor', 'auditor'],
    words: ['console-reports'],
    styles: ['reports'],
    load: () => import('../screens/today/index.js'),
  },
  {
    name: 'signals',
    title: key('console-nav-signals'),
    roles: ['supervisor', 'auditor'],
    words: ['console-reports'],
    styles: ['reports'],
    load: () => import('../screens/signals/index.js'),
  },
  {
    name: 'audit',
    title: key('console-nav-audit'),
    roles: ['auditor'],
    words: ['console-reports'],
    styles: ['reports'],
    load: () => import('../screens/audit/index.js'),
  },
  {
    name: 'staff',
    title: key('console-nav-staff'),
    roles: ['admin'],
    words: ['console-admin'],
    styles: ['admin'],
    load: () => import('../screens/staff/index.js'),
  },
  {
    name: 'branches',
    title: key('console-nav-branches'),
    roles: ['admin'],
    words: ['console-admin'],
    styles: ['admin'],
    load: () => import('../screens/branches/index.js'),
  },
  {
    name: 'services',
    title: key('console-nav-services'),
    roles: ['admin'],
    words: ['console-admin'],
    styles: ['admin'],
    load: () => import('../screens/services/index.js'),
  },
  {
    name: 'webhooks',
    title: key('console-nav-webhooks'),
    roles: ['admin'],
    words: ['console-admin'],
    styles: ['admin'],
    load: () => import('../screens/webhooks/index.js'),
  },
];

/**
 * The screens of a role, the first of them its own.
 * @param {Role} role
 */
export const screensOf = (role) => screens.filter((screen) => screen.roles.includes(role));

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
 */
export async function loadScreen({ words, styles: sheets, load }) {
  const [module] = await Promise.all([load(), ...words.map(loadWords), ...sheets.map(loadStyle)]);
  return module.default;
}
