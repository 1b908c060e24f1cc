// Who the client is: the number, the telephone, since when; the name is the page's title.

import { date, phone } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';

/** @typedef {import('../../app/api.js').Schemas['CardBody']} Card */

/** @param {Pick<Card, 'family_name' | 'given_name' | 'patronymic'>} card */
export const nameOf = (card) => [card.family_name, card.given_name, card.patronymic].filter(Boolean).join(' ');

/**
 * @param {{ card: Card, children?: unknown }} props
 */
export function ClientCard({ card, children }) {
  return html`<div class="client-card">
    <p class="client-card-facts">
      <span translate="no">${card.client_number}</span>
      <span translate="no">${phone(card.phone)}</span>
      <span>${t('branch-client-since', { day: date(card.created_at) })}</span>
    </p>
    ${children}
  </div>`;
}
