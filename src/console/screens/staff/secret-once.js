// A secret that was just made: shown once, copied, and gone with the dialog.

import { html } from '../../app/view.js';
import { useWipeSecrets } from '../../app/wipe.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Copy } from '../../parts/copy.js';
import { Dialog } from '../../parts/dialog.js';
import { Notice } from '../../parts/notice.js';

/**
 * Closed by its button alone: Escape is pressed too easily for something that cannot be shown again.
 * @param {{
 *   title: string, values: { label: string, text: string | undefined }[], next: string, onClose: () => unknown,
 * }} props `text` is undefined where the answer that held it was lost on the way
 */
export function SecretOnce({ title, values, next, onClose }) {
  useWipeSecrets(onClose);
  const lost = values.some(({ text }) => text === undefined);
  return html`<${Dialog} title=${title}>
    <div class="stack">
      ${
        lost
          ? html`<${Notice} tone="bad" said="assertive" title=${t('admin-secret-lost')} />`
          : html`<dl class="admin-secrets">
              ${values.map(({ label, text }) => html`<div key=${label}><dt>${label}</dt><dd><${Copy} text=${text ?? ''} label=${label} /></dd></div>`)}
            </dl>
            <${Notice} tone="warn" title=${t('admin-secret-once')}><p>${next}</p><//>`
      }
    </div>
    <div class="dialog-actions">
      <${Button} kind="primary" onClick=${onClose} autofocus>${lost ? t('console-close') : t('admin-secret-kept')}<//>
    </div>
  <//>`;
}
