// What was sent to a receiver, what became of it, and sending it again.

import { api } from '../../app/api.js';
import { dateTime, number } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { Button } from '../../parts/button.js';
import { announce } from '../../parts/live.js';
import { Problem } from '../../parts/problem.js';
import { Select } from '../../parts/select.js';
import { Shown } from '../../parts/shown.js';
import { Table, usePages } from '../../parts/table.js';
import { ReplayDead } from './replay-dead.js';
import { DELIVERY_FAULTS, DELIVERY_STATES, EVENTS } from './words.js';

/** @typedef {import('./words.js').Delivery} Delivery */

/** @param {{ receiver: import('./words.js').Receiver }} props */
export function Deliveries({ receiver }) {
  const [status, setStatus] = useState(/** @type {Delivery['status'] | ''} */ (''));
  const [asking, setAsking] = useState(false);
  const pages = usePages(
    (cursor) =>
      api.GET('/v1/webhooks/{id}/deliveries', {
        params: { path: { id: receiver.id }, query: { cursor, ...(status && { status }) } },
      }),
    [receiver.id, status],
  );
  useKeys({ 'Alt+r': [() => void pages.reload(), key('admin-refresh')] });
  const title = t('admin-deliveries-title');
  const count = pages.rows.value.length;
  return html`<section class="card stack" aria-label=${title}>
    <div class="admin-head">
      <h2>${title}</h2>
      <div class="row">
        <${Button} kind="quiet" icon="repeat" onClick=${pages.reload}>${t('admin-refresh')}<//>
        <${Button} onClick=${() => setAsking(true)}>${t('admin-deliveries-replay-dead')}<//>
      </div>
    </div>
    <div class="admin-filters">
      <${Select} label=${t('admin-deliveries-which')} value=${status} onChange=${setStatus}
        options=${[
          { value: '', text: t('admin-deliveries-all') },
          ...Object.entries(DELIVERY_STATES).map(([value, word]) => ({ value, text: t(word) })),
        ]} />
    </div>
    <${Table} label=${title} pages=${pages} columns=${columns(receiver.id, pages.reload)}
      empty=${status ? t('admin-deliveries-empty-filtered') : t('admin-deliveries-empty')} />
    <${Shown} text=${count > 0 && t('admin-deliveries-shown', { count })} />
    ${
      asking &&
      html`<${ReplayDead} receiver=${receiver} onClose=${() => setAsking(false)}
      onDone=${(/** @type {{ replayed: number }} */ { replayed }) => {
        setAsking(false);
        announce(t('admin-deliveries-replayed', { count: replayed }));
        void pages.reload();
      }} />`
    }
  </section>`;
}

/**
 * @param {string} receiver its id
 * @param {() => unknown} onReplayed
 * @returns {import('../../parts/table.js').Column<Delivery>[]}
 */
function columns(receiver, onReplayed) {
  return [
    { head: t('admin-deliveries-written'), cell: (delivery) => dateTime(delivery.created_at, { seconds: true }) },
    {
      head: t('admin-deliveries-event'),
      cell: (delivery) => html`${t(EVENTS[delivery.event])} <code class="small muted">${delivery.event}</code>`,
    },
    { head: t('admin-deliveries-state'), cell: stateCell },
    { head: t('admin-deliveries-attempts'), numeric: true, cell: (delivery) => number(delivery.attempts) },
    { head: t('admin-deliveries-last'), cell: lastCell },
    { head: t('admin-deliveries-next'), cell: (delivery) => dateTime(delivery.next_attempt_at, { seconds: true }) },
    {
      head: t('admin-actions'),
      cell: (delivery) => html`<${Replay} receiver=${receiver} delivery=${delivery} onReplayed=${onReplayed} />`,
    },
  ];
}

const TONES = /** @type {const} */ ({ pending: 'info', delivered: 'ok', dead: 'bad' });

/** @param {Delivery} delivery */
const stateCell = ({ status }) => html`<${Badge} tone=${TONES[status]}>${t(DELIVERY_STATES[status])}<//>`;

/** @param {Delivery} delivery */
function lastCell({ last_attempt_at: at, last_status: status, last_error: fault }) {
  if (!at) return null;
  const answered = status !== null ? t('admin-delivery-answered', { status: String(status) }) : '';
  const word = fault ? (DELIVERY_FAULTS[fault] ? t(DELIVERY_FAULTS[fault]) : fault) : answered;
  return html`${dateTime(at, { seconds: true })} <span class="admin-line small muted">${word}</span>`;
}

/**
 * One that waits is sent anyway.
 * @param {{ receiver: string, delivery: Delivery, onReplayed: () => unknown }} props
 */
function Replay({ receiver, delivery, onReplayed }) {
  const send = useSend();
  const [error, setError] = useState(/** @type {import('../../app/api.js').Problem | undefined} */ (undefined));
  if (delivery.status === 'pending') return null;
  const replay = async () => {
    setError(undefined);
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/webhooks/{id}/deliveries/{delivery_id}/replay', {
        params: { path: { id: receiver, delivery_id: delivery.id } },
        headers: { 'Idempotency-Key': idempotencyKey },
      }),
    );
    if (answer?.error) setError(answer.error);
    else if (answer) {
      announce(t('admin-delivery-replayed'));
      onReplayed();
    }
  };
  return html`<${Button} icon="repeat" busy=${send.busy.value} onClick=${replay}>${t('admin-delivery-replay')}<//>
    <${Problem} error=${error} />`;
}
