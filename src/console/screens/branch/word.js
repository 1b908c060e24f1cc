// The word: the client types it, by hand-over or on their own telephone, or staff does where they cannot.

import { useKeys } from '../../app/keys.js';
import { html, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { Kbd } from '../../parts/kbd.js';
import { Problem } from '../../parts/problem.js';
import { CancelButton } from './cancel.js';
import { startHandOver } from './hand-over.js';
import { LinkPanel } from './link.js';
import { StagePanel } from './stage.js';
import { TypedPanel } from './typed.js';
import { goTo } from './visit.js';

/** @typedef {'' | 'hand' | 'link' | 'typed'} Way */

const WAYS = /** @type {const} */ ([
  { way: 'hand', keys: 'Alt+h', title: key('branch-way-hand'), text: key('branch-way-hand-text'), icon: 'user' },
  { way: 'link', keys: 'Alt+l', title: key('branch-way-link'), text: key('branch-way-link-text'), icon: 'next' },
  { way: 'typed', keys: 'Alt+t', title: key('branch-way-typed'), text: key('branch-way-typed-text'), icon: 'lock' },
]);

/** @param {{ application: import('./visit.js').Application }} props */
export function Word({ application }) {
  const way = useSignal(/** @type {Way} */ (''));
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));

  /** @param {Way} chosen */
  async function choose(chosen) {
    // It is under way.
    if (way.value === 'hand') return;
    error.value = null;
    way.value = chosen;
    if (chosen !== 'hand') return;
    error.value = await startHandOver(application);
    if (error.value) way.value = '';
  }
  useKeys({
    'Alt+h': [() => choose('hand'), key('branch-key-hand')],
    'Alt+l': [() => choose('link'), key('branch-key-link')],
    'Alt+t': [() => choose('typed'), key('branch-key-typed')],
  });

  const another = html`<${Button} kind="quiet" icon="back" onClick=${() => choose('')}>${t('branch-way-other')}<//>`;
  if (way.value === 'link') return html`<${LinkPanel} application=${application}>${another}<//>`;
  if (way.value === 'typed') return html`<${TypedPanel} application=${application}>${another}<//>`;
  const busy = way.value === 'hand';
  return html`<${StagePanel} key="ways" title=${t('branch-word-title')}>
    <p class="stage-lead">${t('branch-word-lead')}</p>
    <${Problem} error=${error.value} />
    <ul class="ways">
      ${WAYS.map(
        ({ way: name, keys, title, text, icon }, index) => html`<li key=${name}>
          <button type="button" class=${`way ${index === 0 ? 'way-best' : ''}`} data-first=${index === 0 ? true : undefined}
            aria-keyshortcuts=${keys} aria-disabled=${busy ? 'true' : undefined} onClick=${() => choose(name)}>
            <span class="way-title"><${Icon} name=${icon} /> ${busy && name === 'hand' ? t('branch-hand-starting') : t(title)}</span>
            <span class="way-text">${t(text)}</span>
            <span aria-hidden="true"><${Kbd} keys=${keys} /></span>
          </button>
        </li>`,
      )}
    </ul>
    <div class="stage-actions">
      <${Button} kind="quiet" icon="back" onClick=${() => goTo('print')}>${t('branch-back')}<//>
      <${CancelButton} application=${application} />
    </div>
  <//>`;
}
