// An id that support, a colleague or another system needs: shown, and copied at a press.

import { html, useRef, useState } from '../app/view.js';
import { t } from '../app/words.js';
import { Icon } from './icon.js';
import { announce } from './live.js';

/** @param {{ text: string, label?: string }} props */
export function Copy({ text, label }) {
  const [copied, setCopied] = useState(false);
  const shown = useRef(/** @type {HTMLElement | null} */ (null));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(t('console-copied'));
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // No clipboard without HTTPS: it is marked, and Ctrl+C does the rest.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
    }
  };
  return html`<span class="copy"><code ref=${shown}>${text}</code>
    <button type="button" class="copy-button" aria-label=${`${t('console-copy')} ${label ?? text}`} onClick=${copy}>
      <${Icon} name=${copied ? 'check' : 'copy'} size=${16} />
    </button></span>`;
}
