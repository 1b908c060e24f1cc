// The sentence to read out, in Kazakh or Russian, as the API gave it.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { otherTongue } from './actions.js';
import { reading } from './sending.js';
import { call } from './state.js';

const tongues = { kk: key('call-in-kk'), ru: key('call-in-ru') };

/** The answer's own sentence, or a loan's by its ticket. @param {{ ticket?: string }} props */
export function Sentence({ ticket }) {
  if (!call.answer.value) return null;
  const tongue = call.tongue.value;
  const known = call.sentences.value;
  // A refusal's is told in one language alone: better in that one than not at all.
  const said = known[tongue] ? tongue : tongue === 'kk' ? 'ru' : 'kk';
  const text = ticket === undefined ? known[said]?.answer : known[said]?.loans.get(ticket);
  if (!text) return null;
  return html`<div class="call-say">
    <p lang=${said}>${text}</p>
    ${
      ticket === undefined &&
      html`<${Button} kind="quiet" keys="F2" busy=${reading.busy.value} onClick=${otherTongue}>
        ${t(tongues[tongue])}<span class="visually-hidden">: ${t('call-say-language')}</span>
      <//>`
    }
  </div>`;
}
