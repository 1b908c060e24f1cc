// Who was found: masked until verified.

import { phone } from '../../app/format.js';
import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { initialsOf, knownOutcome, nameOf, stateOf } from './client.js';
import { call } from './state.js';

export function ClientCard() {
  const card = call.client.value;
  if (!card) return null;
  const isMasked = card.phone.includes('*');
  return html`<section class="call-client" aria-label=${t('call-client')}>
    <span class="call-initials" aria-hidden="true">${initialsOf(card)}</span>
    <div>
      <p class="call-name">${nameOf(card)}</p>
      <p class="call-facts">
        <span>${card.client_number}</span> · <span>${phone(card.phone)}</span>
        ${isMasked && html`<span class="visually-hidden"> (${t('call-masked')})</span>`}
      </p>
      <p class=${knownOutcome(card.passphrase) ? 'call-facts call-facts-warn' : 'call-facts'}>${stateOf(card.passphrase)}</p>
    </div>
  </section>`;
}
