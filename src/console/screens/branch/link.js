// The link: a QR code and a short address, for the client's own telephone. It is asked how far it has come.

import { api } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useEffect, useRef, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { Countdown } from '../../parts/countdown.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { QrCode } from './qr-code.js';
import { StagePanel } from './stage.js';
import { goOnWith, signedOn } from './visit.js';

/** @typedef {'waiting' | 'opened' | 'done' | 'ended'} LinkState */
/** @typedef {{ url: string, code: string, expires_at: string }} Link */

const ASK_EVERY_MS = 2000;
const LIFETIME_SECONDS = 600;

/** @type {Record<LinkState, { tone: import('../../parts/badge.js').Tone, word: string }>} */
const STATES = {
  waiting: { tone: 'off', word: key('branch-link-waiting') },
  opened: { tone: 'warn', word: key('branch-link-opened') },
  done: { tone: 'ok', word: key('branch-link-done') },
  ended: { tone: 'bad', word: key('branch-link-ended') },
};

/** @param {{ application: import('./visit.js').Application, children?: unknown }} props  children: the way back */
export function LinkPanel({ application, children }) {
  const send = useSend();
  const link = useSignal(/** @type {Link | null} */ (null));
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const { state, lost, end } = useLinkState(application.id, link);

  async function make() {
    error.value = null;
    const answer = await send((sentAs) =>
      api.POST('/v1/applications/{id}/entry-link', {
        params: { path: { id: application.id } },
        body: { signed_on: signedOn.value },
        headers: { 'Idempotency-Key': sentAs },
      }),
    );
    if (!answer) return;
    if (answer.data) link.value = answer.data;
    else error.value = answer.error;
  }
  useEffect(() => {
    void make();
  }, []);

  const made = link.value;
  const at = state.value;
  return html`<${StagePanel} key="link" title=${t('branch-link-title')}>
    <${Waiting} send=${send} />
    <${Problem} error=${error.value} retry=${make} />
    <div class="link">
      ${made && at === 'waiting' && html`<${WayIn} link=${made} />`}
      ${
        made &&
        html`<div class="link-state">
        <div role="status" aria-label=${t('branch-link-state')}><${Badge} tone=${STATES[at].tone}>${t(STATES[at].word)}<//></div>
        ${
          (at === 'waiting' || at === 'opened') &&
          html`<${Countdown} until=${made.expires_at} total=${LIFETIME_SECONDS} onEnd=${end} label=${t('branch-link-label-left')} />`
        }
        ${lost.value && html`<p class="field-hint" role="status">${t('branch-link-unanswered')}</p>`}
      </div>`
      }
    </div>
    <div class="stage-actions">
      ${
        made &&
        at !== 'done' &&
        html`<${Button} kind=${at === 'ended' ? 'primary' : 'plain'} icon="repeat" busy=${send.busy.value} onClick=${make}>
        ${t('branch-link-new')}<//>`
      }
      ${children}
    </div>
  <//>`;
}

/** @param {{ link: Link }} props */
function WayIn({ link }) {
  const address = link.url.split('#')[0].replace(/^https?:\/\//u, '');
  return html`<div class="link-way">
    <figure class="link-qr">
      <${QrCode} text=${link.url} label=${t('branch-link-qr')} />
      <figcaption>${t('branch-link-scan')}</figcaption>
    </figure>
    <div class="link-typed">
      <p>${t('branch-link-or')}</p>
      <dl>
        <dt>${t('branch-link-address')}</dt>
        <dd class="link-address" translate="no">${address}</dd>
        <dt>${t('branch-link-code')}</dt>
        <dd class="link-code" translate="no">${link.code}</dd>
      </dl>
    </div>
  </div>`;
}

/**
 * Asks again and again, one question at a time, until the link is done or ended.
 * @param {string} id  of the application
 * @param {import('../../app/view.js').Signal<Link | null>} link
 */
function useLinkState(id, link) {
  const state = useSignal(/** @type {LinkState} */ ('waiting'));
  const lost = useSignal(false);
  const run = useRef(0);
  const made = link.value;

  useEffect(() => {
    run.current += 1;
    const mine = run.current;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    if (made) {
      state.value = 'waiting';
      timer = setTimeout(ask, ASK_EVERY_MS);
    }
    async function ask() {
      const { data, error } = await api.GET('/v1/applications/{id}/entry-link', { params: { path: { id } } });
      if (mine !== run.current) return;
      // Where nothing came the code is the page's own, which the API's document does not name.
      const code = /** @type {string | undefined} */ (error?.code);
      lost.value = code === 'network';
      if (data) state.value = data.state;
      if (data?.state === 'done') {
        await goOnWith(id);
        return;
      }
      if (data?.state !== 'ended') timer = setTimeout(ask, ASK_EVERY_MS);
    }
    return () => {
      run.current += 1;
      clearTimeout(timer);
    };
  }, [made]);

  return {
    state,
    lost,
    /** Its time is over by the clock; what the service says next decides. */
    end: () => {
      if (state.value === 'waiting') state.value = 'ended';
    },
  };
}
