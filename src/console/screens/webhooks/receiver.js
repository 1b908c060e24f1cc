// One receiver: what it gets, its secrets, what ends or changes it, and its deliveries.

import { api } from '../../app/api.js';
import { dateTime } from '../../app/format.js';
import { addressOf, go } from '../../app/hash.js';
import { html, useEffect, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { announce } from '../../parts/live.js';
import { Problem } from '../../parts/problem.js';
import { SecretOnce } from '../staff/secret-once.js';
import { Asked } from './asked.js';
import { Deliveries } from './deliveries.js';
import { ReceiverForm } from './form.js';
import { eventsText, ReceiverStatus } from './receivers.js';

/** @typedef {import('./words.js').Receiver} Receiver */
/** @typedef {'change' | 'disable' | 'enable' | 'remove' | 'rotate' | null} Over */

/** @param {{ id: string }} props */
export function Receiver({ id }) {
  const [{ receiver, error }, setAnswer] = useState(
    /** @type {{ receiver?: Receiver, error?: import('../../app/api.js').Problem }} */ ({}),
  );
  const [over, setOver] = useState(/** @type {Over} */ (null));
  const [secret, setSecret] = useState(/** @type {{ text: string | undefined } | null} */ (null));
  const read = async () => {
    const { data, error } = await api.GET('/v1/webhooks/{id}', { params: { path: { id } } });
    setAnswer(data ? { receiver: data } : { error });
  };
  useEffect(() => void read(), [id]);
  /** @param {Receiver} receiver */
  const changed = (receiver) => {
    setOver(null);
    setAnswer({ receiver });
    announce(t('admin-webhooks-changed'));
  };
  const back = html`<p><a href=${addressOf('webhooks')}>${t('admin-webhooks-back')}</a></p>`;
  if (!receiver) return html`<h1>${t('admin-webhooks-title')}</h1>${back}<${Problem} error=${error} retry=${read} />`;
  return html`<header class="admin-head"><h1 class="admin-url">${receiver.url}</h1></header>
    ${back}
    <div class="admin-pair">
      <${Card} receiver=${receiver} onAsk=${setOver} />
      <${Secrets} receiver=${receiver} onAsk=${setOver} />
    </div>
    <${Deliveries} receiver=${receiver} />
    ${
      over === 'change' &&
      html`<${ReceiverForm} title=${t('admin-webhooks-change')} action=${t('admin-save')} receiver=${receiver} onDone=${changed}
      onClose=${() => setOver(null)} call=${(
        /** @type {string} */ _,
        /** @type {import('./form.js').Written} */ body,
      ) => api.PATCH('/v1/webhooks/{id}', { params: { path: { id } }, body })} />`
    }
    ${
      over !== null &&
      over !== 'change' &&
      html`<${Asked} what=${over} receiver=${receiver} onClose=${() => setOver(null)} onChanged=${changed}
      onRemoved=${() => {
        announce(t('admin-webhooks-removed'));
        go('webhooks');
      }}
      onRotated=${(/** @type {Receiver} */ rotated) => {
        changed(rotated);
        setSecret({ text: rotated.secret });
      }} />`
    }
    ${
      secret &&
      html`<${SecretOnce} title=${t('admin-webhooks-rotated')} next=${t('admin-secret-webhook-next')} onClose=${() => setSecret(null)}
      values=${[{ label: t('admin-secret-webhook'), text: secret.text }]} />`
    }`;
}

/** @param {{ receiver: Receiver, onAsk: (what: Over) => unknown }} props */
function Card({ receiver, onAsk }) {
  return html`<section class="card stack" aria-label=${receiver.url}>
    <dl class="admin-facts">
      <div><dt>${t('admin-webhooks-status')}</dt><dd><${ReceiverStatus} receiver=${receiver} /></dd></div>
      <div><dt>${t('admin-webhooks-description')}</dt><dd>${receiver.description ?? '–'}</dd></div>
      <div><dt>${t('admin-webhooks-events')}</dt><dd>${eventsText(receiver)}</dd></div>
      <div><dt>${t('admin-webhooks-since')}</dt><dd>${dateTime(receiver.created_at)}</dd></div>
    </dl>
    <div class="row">
      <${Button} onClick=${() => onAsk('change')}>${t('admin-webhooks-change')}<//>
      ${
        receiver.status === 'active'
          ? html`<${Button} icon="ban" onClick=${() => onAsk('disable')}>${t('admin-webhooks-disable')}<//>`
          : html`<${Button} icon="check" onClick=${() => onAsk('enable')}>${t('admin-webhooks-enable')}<//>`
      }
      <${Button} kind="danger" icon="cross" onClick=${() => onAsk('remove')}>${t('admin-webhooks-remove')}<//>
    </div>
  </section>`;
}

/** @param {{ receiver: Receiver, onAsk: (what: Over) => unknown }} props */
function Secrets({ receiver, onAsk }) {
  const title = t('admin-webhooks-secrets');
  return html`<section class="card stack" aria-label=${title}>
    <h2>${title}</h2>
    <ul class="admin-plain">
      ${receiver.secrets.map(
        ({ created_at: since, expires_at: until }) =>
          html`<li key=${since}>${
            until === null
              ? t('admin-webhooks-secret-current', { since: dateTime(since) })
              : t('admin-webhooks-secret-old', { until: dateTime(until) })
          }</li>`,
      )}
    </ul>
    <div><${Button} icon="repeat" onClick=${() => onAsk('rotate')}>${t('admin-webhooks-rotate')}<//></div>
  </section>`;
}
