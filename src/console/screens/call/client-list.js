// Several clients on one number: arrows and Enter.

import { html, useId, useLayoutEffect, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { choose } from './actions.js';
import { nameOf, stateOf } from './client.js';
import { focusOn } from './focus.js';
import { call } from './state.js';

export function ClientList() {
  const cards = call.several.value;
  const [at, setAt] = useState(0);
  const id = useId();
  useLayoutEffect(() => focusOn('several'), []);

  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const last = cards.length - 1;
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last };
    if (event.key === 'Enter') {
      choose(cards[at]);
    } else if (event.key in moves) {
      setAt(moves[event.key]);
      document.getElementById(`${id}-${moves[event.key]}`)?.scrollIntoView({ block: 'nearest' });
    } else {
      return;
    }
    event.preventDefault();
  };

  return html`<div class="call-several">
    <p id=${`${id}-label`}>${t('call-several', { count: cards.length })}</p>
    <div class="call-several-list" role="listbox" tabindex="0" data-place="several" aria-labelledby=${`${id}-label`}
      aria-activedescendant=${`${id}-${at}`} onKeyDown=${pressed}>
      ${cards.map(
        (card, index) => html`<div class="call-option" key=${card.id} id=${`${id}-${index}`} role="option"
          aria-selected=${String(index === at)} onClick=${() => choose(card)}>
          <span class="call-option-name">${nameOf(card)}</span>
          <span class="call-facts">${card.client_number} · ${stateOf(card.passphrase)}</span>
        </div>`,
      )}
    </div>
  </div>`;
}
