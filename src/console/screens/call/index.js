// The call screen: caller, word, answer, from top to bottom. Focus follows the step; the mouse is never needed.

import { arrival, takeArrival } from '../../app/hash.js';
import { useKeys } from '../../app/keys.js';
import { later } from '../../app/later.js';
import { effect, html, useEffect, useLayoutEffect } from '../../app/view.js';
import { key, language, t } from '../../app/words.js';
import { askForReason, end, next, otherTongue } from './actions.js';
import { Announcements } from './announcements.js';
import { Answer } from './answer.js';
import { Buttons } from './buttons.js';
import { CallNumber } from './call-number.js';
import { CallerField } from './caller-field.js';
import { ClientCard } from './client-card.js';
import { focusOn } from './focus.js';
import { Loans, showLoan } from './loans.js';
import { call, tell } from './state.js';
import { WordField } from './word-field.js';

// Not of every call: loaded when first wanted.
const BlockDialog = later(() => import('./block-dialog.js').then((loaded) => loaded.BlockDialog));
const ClientList = later(() => import('./client-list.js').then((loaded) => loaded.ClientList));

export default function Screen() {
  useEffect(() => {
    if (language.peek() !== 'en') call.tongue.value = /** @type {import('./state.js').Tongue} */ (language.peek());
  }, []);
  useEffect(() => effect(takeCall), []);
  useFocus();
  useKeys({
    'Escape Escape': [end, key('call-end')],
    Escape: warn,
    'Alt+b': [askForReason, key('call-block')],
    F2: [otherTongue, key('call-say-language')],
    F3: [() => showLoan(1), key('call-next-loan')],
    'Shift+F3': [() => showLoan(-1), key('call-loan-before')],
    F4: [() => focusOn('caller'), key('call-next')],
  });

  const round = call.round.value;
  const isWordAsked = call.client.value !== null && call.step.value === 'word';
  return html`
    <div class="call">
      <h1 class="visually-hidden">${t('call-title')}</h1>
      <div class="call-desk">
        <${CallNumber} key=${`number-${round}`} />
        <${CallerField} key=${`caller-${round}`} />
        ${call.several.value.length > 0 && html`<${ClientList} key=${`several-${round}`} />`}
        <${ClientCard} />
        ${isWordAsked && html`<${WordField} key=${`word-${round}-${call.tries.value}`} />`}
        <${Buttons} />
      </div>
      <div class="call-result">
        <${Answer} />
        <${Loans} />
      </div>
      <${Announcements} />
      ${call.blocking.value && html`<${BlockDialog} />`}
    </div>
  `;
}

/** After each step, and after a wipe, focus is where the next thing is typed or read. */
function useFocus() {
  const isFree = call.client.value === null;
  useLayoutEffect(() => focusOn(call.step.peek()), [call.step.value, call.round.value, call.tries.value, isFree]);
}

/** A call that the exchange handed over takes the place of the one before. */
function takeCall() {
  if (!arrival.value) return;
  const { call: id, phone } = takeArrival() ?? {};
  next(phone ?? '', id ?? '');
}

/** The first Esc says what a second one does. */
function warn() {
  if (call.client.peek() || call.several.peek().length > 0) {
    tell('end', 'info', key('call-end-again'));
  }
}
