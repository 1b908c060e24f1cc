// The bar on top: who is signed in and as what, their screens, and the switches that are always at hand.

import { Button } from '../parts/button.js';
import { Icon } from '../parts/icon.js';
import { addressOf, go, route } from './hash.js';
import { useKeys } from './keys.js';
import { later } from './later.js';
import { screensOf } from './screens.js';
import { me, seated, signOut } from './session.js';
import { setTheme, theme, themes } from './theme.js';
import { html, useRef, useState } from './view.js';
import { key, language, languages, setLanguage, t } from './words.js';

const tongues = {
  kk: { short: 'ҚАЗ', full: 'Қазақша' },
  ru: { short: 'РУС', full: 'Русский' },
  en: { short: 'ENG', full: 'English' },
};

/** Each language is named in itself. */
export function Languages() {
  return html`<div class="choice" role="group" aria-label=${t('console-language')}>
    ${languages.map(
      (tongue) => html`<button key=${tongue} type="button" lang=${tongue} title=${tongues[tongue].full}
        aria-pressed=${String(language.value === tongue)} onClick=${() => setLanguage(tongue).catch(() => {})}>
        <span aria-hidden="true">${tongues[tongue].short}</span><span class="visually-hidden">${tongues[tongue].full}</span>
      </button>`,
    )}
  </div>`;
}

const themeWords = {
  system: key('console-theme-system'),
  light: key('console-theme-light'),
  dark: key('console-theme-dark'),
  contrast: key('console-theme-contrast'),
};

/** The page's look: a small menu that closes by itself. */
export function Themes() {
  const menu = useRef(/** @type {HTMLElement | null} */ (null));
  return html`<button type="button" class="button button-quiet" popovertarget="theme-menu" title=${t('console-theme')}
      aria-label=${t('console-theme')}><${Icon} name="theme" /></button>
    <div id="theme-menu" class="menu" popover ref=${menu}>
      ${themes.map(
        (one) => html`<button key=${one} type="button" aria-pressed=${String(theme.value === one)}
          onClick=${() => {
            setTheme(one);
            menu.current?.hidePopover();
          }}><${Icon} name="check" size=${16} />${t(themeWords[one])}</button>`,
      )}
    </div>`;
}

const roleWords = /** @type {Record<string, string>} */ ({
  call_center: key('console-role-call-center'),
  branch: key('console-role-branch'),
  supervisor: key('console-role-supervisor'),
  auditor: key('console-role-auditor'),
  admin: key('console-role-admin'),
  loan_system: key('console-role-loan-system'),
});

/**
 * The name of a role.
 * @param {string} role
 */
export const roleName = (role) => (roleWords[role] ? t(roleWords[role]) : role);

function Navigation() {
  const screens = me.value ? screensOf(me.value.role) : [];
  useKeys(
    Object.fromEntries(
      screens.length > 1 ? screens.map(({ name, title }, at) => [`Alt+${at + 1}`, [() => go(name), title]]) : [],
    ),
  );
  if (screens.length < 2) return null;
  return html`<nav class="bar-nav" aria-label=${t('console-nav')}>
    ${screens.map(
      ({ name, title }) =>
        html`<a key=${name} href=${addressOf(name)} aria-current=${route.value.name === name ? 'page' : undefined}>${t(title)}</a>`,
    )}
  </nav>`;
}

const HelpDialog = later(async () => (await import('./help.js')).Help);

function Help() {
  const [open, setOpen] = useState(false);
  useKeys({ F1: [() => setOpen(true), key('console-key-help')] });
  return html`<${Button} kind="quiet" keys="F1" onClick=${() => setOpen(true)}><span class="wide-only">${t('console-keys')}</span><//>
    ${open && html`<${HelpDialog} close=${() => setOpen(false)} />`}`;
}

export function Bar() {
  const staff = seated.value ? me.value : null;
  return html`<header class="bar">
    ${staff && html`<button type="button" class="button skip" onClick=${() => document.getElementById('main')?.focus()}>${t('console-skip')}</button>`}
    <span class="bar-brand" translate="no">Qupia</span>
    ${staff && html`<span class="bar-who">${staff.name} · ${roleName(staff.role)}${staff.branch_code && ` · ${staff.branch_code}`}</span><${Navigation} />`}
    <div class="bar-tools">
      <${Languages} />
      <${Themes} />
      ${
        staff &&
        html`<${Help} />
        <${Button} kind="quiet" icon="out" onClick=${() => signOut()}><span class="wide-only">${t('console-sign-out')}</span><//>`
      }
    </div>
  </header>`;
}
