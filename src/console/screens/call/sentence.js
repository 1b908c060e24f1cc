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
  const said = call.sentences.value[tongue];
  const text = ticket === undefined ? said?.answer : said?.loans.get(ticket);
  // A loan without one has it in the answer; a server that gives none leaves it to the specialist's own words.
  if (!text && (ticket !== undefined || Object.keys(call.sentences.value).length === 0)) return null;
  return html`<div class="call-say">
    <p lang=${text ? tongue : undefined}>${text ? text : t('call-say-other')}</p>
    ${
      ticket === undefined &&
      html`<${Button} kind="quiet" keys="F2" busy=${reading.busy.value} onClick=${otherTongue}>
        ${t(tongues[tongue])}<span class="visually-hidden">: ${t('call-say-language')}</span>
      <//>`
    }
  </div>`;
}
