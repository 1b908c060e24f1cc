// The form of a receiver, new or known: address, purpose, and which events it gets.

import { fieldError } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { useFocusWrong } from '../staff/focus-wrong.js';
import { EVENTS } from './words.js';

/** @typedef {import('./words.js').WebhookEvent} WebhookEvent */
/** @typedef {import('../../app/api.js').Problem} ApiProblem */
/** @typedef {{ url: string, description: string | null, events: WebhookEvent[] | null }} Written */

/**
 * @param {{
 *   title: string, action: string, receiver?: import('./words.js').Receiver,
 *   call: (key: string, written: Written) => Promise<import('../../app/send.js').Answer>,
 *   onDone: (receiver: import('./words.js').Receiver) => unknown, onClose: () => unknown,
 * }} props
 */
export function ReceiverForm({ title, action, receiver, call, onDone, onClose }) {
  const send = useSend();
  const [draft, setDraft] = useState({
    url: receiver?.url ?? '',
    description: receiver?.description ?? '',
    events: receiver?.events ?? null,
  });
  const [error, setError] = useState(/** @type {ApiProblem | undefined} */ (undefined));
  const form = useFocusWrong(error);
  const none = draft.events?.length === 0;
  const [tried, setTried] = useState(false);
  /** @param {Partial<typeof draft>} change */
  const set = (change) => setDraft((before) => ({ ...before, ...change }));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setError(undefined);
    setTried(true);
    if (none) return;
    const written = { url: draft.url.trim(), description: draft.description.trim() || null, events: draft.events };
    const answer = await send((key) => call(key, written));
    if (answer?.data) onDone(answer.data);
    else if (answer) setError(answer.error);
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <form ref=${form} class="stack" onSubmit=${submit} novalidate>
      <${Field} label=${t('admin-webhooks-url')} type="url" inputmode="url" autofocus hint=${t('admin-webhooks-url-hint')}
        value=${draft.url} onInput=${(/** @type {string} */ url) => set({ url })} error=${fieldError(error, '/url')} />
      <${Field} label=${t('admin-webhooks-description')} value=${draft.description} error=${fieldError(error, '/description')}
        onInput=${(/** @type {string} */ description) => set({ description })} />
      <${EventsChoice} events=${draft.events} onChange=${(/** @type {WebhookEvent[] | null} */ events) => set({ events })}
        error=${none && tried ? t('admin-webhooks-no-events') : fieldError(error, '/events')} />
      ${!error?.errors && html`<${Problem} error=${error} />`}
      <${Waiting} send=${send} />
      <div class="dialog-actions">
        <${Button} kind="primary" type="submit" busy=${send.busy.value}>${action}<//>
        <${Button} onClick=${onClose}>${t('console-cancel')}<//>
      </div>
    </form>
  <//>`;
}

/** @param {{ events: WebhookEvent[] | null, onChange: (events: WebhookEvent[] | null) => unknown, error: string }} props */
function EventsChoice({ events, onChange, error }) {
  /** @param {WebhookEvent} event */
  const toggle = (event) =>
    onChange(events?.includes(event) ? events.filter((other) => other !== event) : [...(events ?? []), event]);
  const names = /** @type {WebhookEvent[]} */ (Object.keys(EVENTS));
  return html`<fieldset class="admin-choice">
    <legend class="field-label">${t('admin-webhooks-events')}</legend>
    <label><input type="radio" name="events" checked=${events === null} onChange=${() => onChange(null)} /> ${t('admin-webhooks-all-events')}</label>
    <label><input type="radio" name="events" checked=${events !== null} onChange=${() => onChange([])} /> ${t('admin-webhooks-some-events')}</label>
    ${
      events !== null &&
      html`<div class="admin-events">
      ${names.map(
        (
          event,
        ) => html`<label key=${event}><input type="checkbox" checked=${events.includes(event)} onChange=${() => toggle(event)} />
          <span>${t(EVENTS[event])} <code class="small muted">${event}</code></span></label>`,
      )}
    </div>`
    }
    ${error && html`<p class="field-error" role="alert">${error}</p>`}
  </fieldset>`;
}
