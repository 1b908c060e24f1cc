// The keys that work on this screen, as F1 shows them.

import { Button } from '../parts/button.js';
import { Dialog } from '../parts/dialog.js';
import { Kbd } from '../parts/kbd.js';
import { listed, useKeys } from './keys.js';
import { html } from './view.js';
import { t } from './words.js';

/** @param {{ close: () => void }} props */
export function Help({ close }) {
  return html`<${Dialog} title=${t('console-keys-title')} onClose=${close}>
    <${ClosedByF1} close=${close} />
    <dl class="keys-list">
      ${listed().map(
        ([keys, word]) => html`<dt><${Kbd} keys=${keys} /></dt>
          <dd>${t(word)}</dd>`,
      )}
    </dl>
    <div class="dialog-actions">
      <${Button} kind="primary" keys="Escape" onClick=${close} autofocus>${t('console-close')}<//>
    </div>
  <//>`;
}

/**
 * Within the dialog, for keys under it rest.
 * @param {{ close: () => void }} props
 */
function ClosedByF1({ close }) {
  useKeys({ F1: close });
  return null;
}
