// «Not counted, again in 4 s»: what a sender waits for, and the way to stop it.

import { html, useEffect, useState } from '../app/view.js';
import { key, t } from '../app/words.js';
import { Button } from './button.js';
import { Notice } from './notice.js';

const words = {
  network: key('console-waiting-network'),
  busy: key('console-waiting-busy'),
  limit: key('console-waiting-limit'),
};

/** @param {{ send: ReturnType<typeof import('../app/send.js').createSend> }} props */
export function Waiting({ send }) {
  const waiting = send.waiting.value;
  const [, tick] = useState(0);
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [waiting]);
  if (!waiting) return null;
  const seconds = Math.max(0, Math.ceil((waiting.until - Date.now()) / 1000));
  return html`<${Notice} tone="warn" title=${t(words[waiting.why])} said="polite">
    <p class="waiting-row">
      <span aria-hidden="true">${t('console-waiting-again', { seconds })}</span>
      <${Button} onClick=${send.now}>${t('console-waiting-now')}<//>
      <${Button} onClick=${send.stop}>${t('console-waiting-stop')}<//>
    </p>
  <//>`;
}
