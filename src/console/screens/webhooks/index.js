// Webhooks: the receivers, and one of them with its secrets and deliveries.

import { route } from '../../app/hash.js';
import { html } from '../../app/view.js';
import { Receiver } from './receiver.js';
import { Receivers } from './receivers.js';

export default function Screen() {
  const id = route.value.query.get('id');
  return html`<div class="admin">${id ? html`<${Receiver} key=${id} id=${id} />` : html`<${Receivers} />`}</div>`;
}
