// One event, whole: all that was recorded, with ids to copy and the ways on from here.

import { dateTime } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Copy } from '../../parts/copy.js';
import { Dialog } from '../../parts/dialog.js';
import { Action, Actor, facts, Outcome } from './event-words.js';
import { auditLink } from './filters.js';
import { accessesLink } from './ids.js';

/**
 * @param {{
 *   event: import('./names.js').AuditEvent, onClose: () => unknown, onPrevious?: () => unknown, onNext?: () => unknown,
 * }} props
 */
export function EventDialog({ event, onClose, onPrevious, onNext }) {
  return html`<${Dialog} wide title=${t('reports-event-title', { id: event.id })} onClose=${onClose}>
    <${Keys} onPrevious=${onPrevious} onNext=${onNext} />
    <${Facts} event=${event} />
    <${Ways} event=${event} onLeave=${onClose} />
    <div class="dialog-actions">
      <${Button} kind="primary" keys="Escape" onClick=${onClose} autofocus>${t('console-close')}<//>
      <${Button} keys="Alt+ArrowUp" disabled=${!onPrevious} onClick=${onPrevious}>${t('reports-event-previous')}<//>
      <${Button} keys="Alt+ArrowDown" disabled=${!onNext} onClick=${onNext}>${t('reports-event-next')}<//>
    </div>
  <//>`;
}

/**
 * Within the dialog, so that its keys are the dialog's.
 * @param {{ onPrevious?: () => unknown, onNext?: () => unknown }} props
 */
function Keys({ onPrevious, onNext }) {
  useKeys({ 'Alt+ArrowUp': () => onPrevious?.(), 'Alt+ArrowDown': () => onNext?.() });
  return null;
}

/** @param {{ event: import('./names.js').AuditEvent }} props */
function Facts({ event }) {
  const id = (/** @type {string | null} */ text, /** @type {string} */ label) =>
    text && html`<${Copy} text=${text} label=${label} />`;
  /** @type {[string, unknown][]} */
  const rows = [
    [t('reports-event-when'), dateTime(event.at, { seconds: true })],
    [
      t('reports-event-who'),
      html`<${Actor} actor=${event.actor} /> ${event.actor && id(event.actor.id, t('reports-event-who'))}`,
    ],
    [t('reports-event-what'), html`<${Action} action=${event.action} />`],
    [t('reports-event-outcome'), event.outcome && html`<${Outcome} outcome=${event.outcome} />`],
    [t('reports-event-reason'), event.reason],
    [t('reports-event-client'), id(event.client_id, t('reports-event-client'))],
    [t('reports-event-subject'), id(event.subject_id, t('reports-event-subject'))],
    [t('reports-event-call'), id(event.call_id, t('reports-event-call'))],
    ...facts(event.details),
    [t('reports-event-request'), id(event.request_id, t('reports-event-request'))],
    [t('reports-event-remote'), event.remote],
  ];
  return html`<dl class="reports-facts">
    ${rows.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

/** @param {{ event: import('./names.js').AuditEvent, onLeave: () => unknown }} props */
function Ways({ event, onLeave }) {
  const { actor, client_id: client, action } = event;
  return html`<p class="reports-ways">
    ${client && html`<a href=${accessesLink(client)} onClick=${onLeave}>${t('reports-event-accesses')}</a>`}
    ${client && html`<a href=${auditLink({ client })} onClick=${onLeave}>${t('reports-event-only-client')}</a>`}
    ${actor && html`<a href=${auditLink({ actor: actor.id })} onClick=${onLeave}>${t('reports-event-only-actor')}</a>`}
    <a href=${auditLink({ action })} onClick=${onLeave}>${t('reports-event-only-action')}</a>
  </p>`;
}
