// Lifting a timed lock: the client is found as in a call, and a reason is written into the audit.

import { api } from '../../app/api.js';
import { dateTime, phone } from '../../app/format.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { useWipe } from '../../app/wipe.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { useFirstFocus } from '../../parts/first-focus.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { readCaller } from '../call/caller.js';

/** @typedef {import('../../app/api.js').Schemas['CardBody']} Card */
/** @typedef {import('../../app/api.js').Schemas['StatusBody']} Status */
/** @typedef {import('../../app/api.js').Problem} ApiProblem */

/** @type {Record<Status['state'], string>} */
const STATES = {
  unset: key('reports-state-unset'),
  active: key('reports-state-active'),
  locked: key('reports-state-locked'),
  disabled: key('reports-state-disabled'),
  blocked: key('reports-state-blocked'),
  destroyed: key('reports-state-destroyed'),
};

/** @param {{ onClose: () => unknown }} props */
export function Unlock({ onClose }) {
  const [found, setFound] = useState(/** @type {Card[]} */ ([]));
  const [done, setDone] = useState(/** @type {Status | null} */ (null));
  useWipe(onClose);
  const again = () => {
    setFound([]);
    setDone(null);
  };
  /** @returns {unknown} */
  const step = () => {
    if (done) return html`<${Done} status=${done} onAgain=${again} onClose=${onClose} />`;
    if (found.length === 1)
      return html`<${Lift} card=${found[0]} onDone=${setDone} onAgain=${again} onClose=${onClose} />`;
    if (found.length > 1)
      return html`<${Several} cards=${found} onChoose=${(/** @type {Card} */ card) => setFound([card])} />`;
    return html`<${Find} onFound=${setFound} onClose=${onClose} />`;
  };
  return html`<${Dialog} title=${t('reports-unlock-title')} onClose=${onClose}>${step()}<//>`;
}

/**
 * Searches one way after the other until one finds somebody.
 * @param {string} entered
 * @returns {Promise<{ cards: Card[], error?: ApiProblem }>}
 */
async function search(entered) {
  for (const body of readCaller(entered).queries) {
    const { data, error } = await api.POST('/v1/clients/search', { body });
    if (error) return { cards: [], error };
    if (data && data.items.length > 0) return { cards: data.items };
  }
  return { cards: [] };
}

/** @param {{ onFound: (cards: Card[]) => unknown, onClose: () => unknown }} props */
function Find({ onFound, onClose }) {
  const first = useFirstFocus();
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState(/** @type {{ nobody?: boolean, error?: ApiProblem, busy?: boolean }} */ ({}));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (answer.busy || text.trim() === '') return;
    setAnswer({ busy: true });
    const { cards, error } = await search(text);
    setAnswer({ error, nobody: !error && cards.length === 0 });
    if (cards.length > 0) onFound(cards);
  };
  return html`<form class="reports-form" onSubmit=${submit}>
    <${Field} label=${t('reports-unlock-find')} value=${text} onInput=${setText} inputRef=${first}
      hint=${t('reports-unlock-find-hint')} error=${answer.nobody ? t('reports-unlock-nobody') : ''} />
    <${Problem} error=${answer.error} />
    <div class="dialog-actions">
      <${Button} kind="primary" type="submit" icon="search" busy=${answer.busy}>${t('reports-unlock-search')}<//>
      <${Button} onClick=${onClose}>${t('console-close')}<//>
    </div>
  </form>`;
}

/** @param {Card} card */
const nameOf = (card) => [card.family_name, card.given_name, card.patronymic].filter(Boolean).join(' ');

/** @param {{ cards: Card[], onChoose: (card: Card) => unknown }} props */
function Several({ cards, onChoose }) {
  const first = useFirstFocus();
  return html`<p>${t('reports-unlock-several')}</p>
    <div class="reports-choices">
      ${cards.map(
        (
          card,
          at,
        ) => html`<${Button} key=${card.id} buttonRef=${at === 0 ? first : undefined} onClick=${() => onChoose(card)}>
          <span>${nameOf(card)} <small>${card.client_number}</small></span><//>`,
      )}
    </div>`;
}

/**
 * @param {{
 *   card: Card, onDone: (status: Status) => unknown, onAgain: () => unknown, onClose: () => unknown,
 * }} props
 */
function Lift({ card, onDone, onAgain, onClose }) {
  const first = useFirstFocus();
  const status = card.passphrase;
  const [reason, setReason] = useState('');
  const [error, setError] = useState(/** @type {ApiProblem | undefined} */ (undefined));
  const send = useSend();
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (reason.trim() === '') return;
    setError(undefined);
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/clients/{id}/passphrase/unlock', {
        params: { path: { id: card.id } },
        body: { reason: reason.trim() },
        headers: { 'Idempotency-Key': idempotencyKey },
      }),
    );
    if (answer?.data) onDone(answer.data);
    else if (answer) setError(answer.error);
  };
  const locked = status.state === 'locked';
  return html`<form class="reports-form" onSubmit=${submit}>
    <p class="reports-client"><b>${nameOf(card)}</b> <span>${card.client_number}</span> <span>${phone(card.phone)}</span></p>
    ${
      locked
        ? html`<${Notice} tone="warn" title=${t('reports-unlock-locked-until', { time: dateTime(status.locked_until), count: status.failed_attempts })}>
            <p>${t('reports-unlock-what')}</p>
          <//>
          <${Field} label=${t('reports-unlock-reason')} value=${reason} onInput=${setReason} inputRef=${first} required maxlength="500"
            hint=${t('reports-unlock-reason-hint')} />`
        : html`<${Notice} tone="info" said="polite" title=${t('reports-unlock-not-locked', { state: t(STATES[status.state]) })} />`
    }
    <${Problem} error=${error} />
    <${Waiting} send=${send} />
    <div class="dialog-actions">
      ${locked && html`<${Button} kind="danger" type="submit" icon="lock" busy=${send.busy.value}>${t('reports-unlock-do')}<//>`}
      <${Button} onClick=${onAgain} buttonRef=${locked ? undefined : first}>${t('reports-unlock-another')}<//>
      <${Button} onClick=${onClose}>${t('console-close')}<//>
    </div>
  </form>`;
}

/** @param {{ status: Status, onAgain: () => unknown, onClose: () => unknown }} props */
function Done({ status, onAgain, onClose }) {
  const first = useFirstFocus();
  return html`<${Notice} tone="ok" said="polite" title=${t('reports-unlock-done', { count: status.failed_attempts })} />
    <div class="dialog-actions">
      <${Button} kind="primary" onClick=${onClose} buttonRef=${first}>${t('console-close')}<//>
      <${Button} onClick=${onAgain}>${t('reports-unlock-another')}<//>
    </div>`;
}
