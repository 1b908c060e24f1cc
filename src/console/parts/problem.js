// An error as people can use it: what happened, what to do next, and the number to read to support.

import { html } from '../app/view.js';
import { key, t } from '../app/words.js';
import { Button } from './button.js';
import { Copy } from './copy.js';
import { Countdown } from './countdown.js';
import { Notice } from './notice.js';

/** What the page can say better than the API, whose texts are written for programs. */
const known = /** @type {Record<string, [title: string, advice: string]>} */ ({
  network: [key('console-problem-network'), key('console-problem-network-do')],
  unauthenticated: [key('console-problem-session'), key('console-problem-session-do')],
  bad_credentials: [key('console-problem-credentials'), key('console-problem-credentials-do')],
  forbidden: [key('console-problem-forbidden'), key('console-problem-forbidden-do')],
  rate_limited: [key('console-problem-limit'), key('console-problem-limit-do')],
  overloaded: [key('console-problem-busy'), key('console-problem-busy-do')],
  unavailable: [key('console-problem-away'), key('console-problem-away-do')],
  internal: [key('console-problem-fault'), key('console-problem-fault-do')],
  invalid_input: [key('console-problem-input'), key('console-problem-input-do')],
});

/**
 * `error` is what the API client gave; nothing is drawn where there is none. `retry` adds «Try again».
 * @param {{ error: import('../app/api.js').Problem | null | undefined, retry?: () => unknown, children?: unknown }} props
 */
export function Problem({ error, retry, children }) {
  if (!error || error.code === 'aborted') return null;
  const words = known[error.code] ?? (error.status >= 500 || !error.title ? known.internal : null);
  const fields = (error.errors ?? []).map((field) => field.detail).filter(Boolean);
  return html`<${Notice} tone="bad" said="assertive" title=${words ? t(words[0]) : error.title}>
    <p>${words ? t(words[1]) : error.detail}</p>
    ${fields.length > 0 && html`<ul class="problem-fields">${fields.map((detail) => html`<li>${detail}</li>`)}</ul>`}
    ${error.retry_at && html`<p>${t('console-problem-again')} <${Countdown} until=${error.retry_at} /></p>`}
    ${children}
    ${retry && html`<p><${Button} icon="repeat" onClick=${retry}>${t('console-retry')}<//></p>`}
    ${
      error.request_id &&
      html`<p class="problem-id">${t('console-request-id')} <${Copy} text=${error.request_id} /></p>`
    }
  <//>`;
}
