// Light, dark or high contrast: what the person chose here, else what the system asks for.

import { signal } from '../vendor/signals.js';

/** @typedef {'system' | 'light' | 'dark' | 'contrast'} Theme */

const kept = 'qupia-theme';
/** @type {readonly Theme[]} */
export const themes = ['system', 'light', 'dark', 'contrast'];

const dark = matchMedia('(prefers-color-scheme: dark)');
const contrast = matchMedia('(prefers-contrast: more)');

export const theme = signal(themes.find((known) => known === localStorage.getItem(kept)) ?? 'system');

function show() {
  const chosen = theme.value;
  const bySystem = contrast.matches ? 'contrast' : dark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = chosen === 'system' ? bySystem : chosen;
}

/** @param {Theme} chosen */
export function setTheme(chosen) {
  theme.value = chosen;
  if (chosen === 'system') localStorage.removeItem(kept);
  else localStorage.setItem(kept, chosen);
  show();
}

dark.addEventListener('change', show);
contrast.addEventListener('change', show);
show();
