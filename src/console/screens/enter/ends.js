// How an entry ends: done, or not to be gone on with.

import { html, useEffect, useRef } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Icon } from '../../parts/icon.js';

const SET = { set: key('enter-done-set'), change: key('enter-done-change') };

/**
 * @param {object} props
 * @param {'set' | 'change'} props.kind
 * @param {boolean} props.handed  on the branch's device, which goes back to the specialist
 * @param {unknown} [props.children]
 */
export function Done({ kind, handed, children }) {
  return html`
    <section class="entry-end entry-end-done" role="status">
      <p class="entry-end-mark"><${Icon} name="check" size=${56} /></p>
      <${Title} text=${t('enter-done-title')} />
      <p class="entry-end-what">${t(SET[kind])}</p>
      <p>${t('enter-done-remember')}</p>
      <p class="entry-end-next">${handed ? t('enter-done-give-back') : t('enter-done-close')}</p>
      ${children}
    </section>`;
}

const OVER = {
  expired: { title: key('enter-over-expired-title'), text: key('enter-over-expired') },
  ended: { title: key('enter-over-ended-title'), text: key('enter-over-ended') },
};

/**
 * @param {object} props
 * @param {'expired' | 'ended'} props.why
 * @param {boolean} props.handed
 * @param {unknown} [props.children]
 */
export function Over({ why, handed, children }) {
  return html`
    <section class="entry-end entry-end-over" role="status">
      <p class="entry-end-mark"><${Icon} name="clock" size=${56} /></p>
      <${Title} text=${t(OVER[why].title)} />
      <p class="entry-end-what">${t(OVER[why].text)}</p>
      <p class="entry-end-next">${handed ? t('enter-done-give-back') : t('enter-over-ask')}</p>
      ${children}
    </section>`;
}

/**
 * The focus goes to what is new on the page, so that it is read out and never lost.
 * @param {{ text: string }} props
 */
function Title({ text }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  return html`<h1 class="entry-title" ref=${heading} tabindex="-1">${text}</h1>`;
}
