// Before there is an answer: the three steps of a call, and where one is.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Kbd } from '../../parts/kbd.js';
import { call } from './state.js';

/** @type {[step: string, word: string, keys: string][]} */
const steps = [
  ['caller', key('call-guide-caller'), 'Enter'],
  ['word', key('call-guide-word'), 'Enter'],
  ['end', key('call-guide-end'), 'Escape Escape'],
];

export function Guide() {
  const here = call.step.value === 'word' ? 'word' : 'caller';
  return html`<div class="call-guide">
    <ol>
      ${steps.map(
        ([step, word, keys]) => html`<li key=${step} aria-current=${step === here ? 'step' : undefined}>
          <span>${t(word)}</span> <${Kbd} keys=${keys} />
        </li>`,
      )}
    </ol>
  </div>`;
}
