// What stands around the entry: whose page it is, the language, and the time that is left.

import { now } from '../../app/clock.js';
import { duration } from '../../app/format.js';
import { html, useEffect, useState } from '../../app/view.js';
import { language, languages, setLanguage, t } from '../../app/words.js';

const LANGUAGE_NAMES = { kk: 'Қаз', ru: 'Рус', en: 'Eng' };
const SOON_SECONDS = 120;

/**
 * @param {object} props
 * @param {string} props.number  of the application; '' where it is not known
 * @param {string | null} props.expiresAt
 * @param {() => void} props.onExpired
 * @param {unknown} [props.aside]
 * @param {unknown} [props.children]
 */
export function EntryFrame({ number, expiresAt, onExpired, aside, children }) {
  return html`
    <div class="entry-page">
      <header class="entry-head">
        <strong class="entry-head-name">Qupia</strong>
        ${number && html`<span class="entry-head-number">${t('enter-application', { number })}</span>`}
        ${expiresAt && html`<${TimeLeft} expiresAt=${expiresAt} onExpired=${onExpired} />`}
        <div class="entry-head-languages" role="group" aria-label=${t('enter-language')}>
          ${languages.map(
            (tongue) => html`
              <button type="button" key=${tongue} lang=${tongue} aria-pressed=${language.value === tongue}
                onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()}
                onClick=${() => void setLanguage(tongue)}>${LANGUAGE_NAMES[tongue]}</button>`,
          )}
        </div>
        ${aside}
      </header>
      <main class="entry-main">${children}</main>
    </div>`;
}

/** @param {{ expiresAt: string, onExpired: () => void }} props */
function TimeLeft({ expiresAt, onExpired }) {
  const left = useSecondsLeft(expiresAt);
  useEffect(() => {
    if (left <= 0) onExpired();
  }, [left <= 0]);
  const soon = left <= SOON_SECONDS;
  return html`
    <span class="entry-head-left" data-soon=${soon}>${t('enter-left', { time: duration(left) })}</span>
    <span class="visually-hidden" role="status">${soon && left > 0 ? t('enter-left-soon') : ''}</span>`;
}

/** @param {string} expiresAt */
export function useSecondsLeft(expiresAt) {
  const measure = () => Math.max(0, Math.ceil((Date.parse(expiresAt) - now()) / 1000));
  const [left, setLeft] = useState(measure);
  useEffect(() => {
    setLeft(measure());
    const timer = setInterval(() => setLeft(measure()), 500);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return left;
}
