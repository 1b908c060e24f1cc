// The branch: find or enter the client, draft, print, the signed day, the word. One client at a time.

import { useKeys } from '../../app/keys.js';
import { html, useEffect, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Problem } from '../../parts/problem.js';
import { Stepper } from '../../parts/stepper.js';
import { nameOf } from '../client/card.js';
import { ClientPage } from '../client/page.js';
import { StateBadge } from '../client/state.js';
import { Completed } from './done.js';
import { Draft } from './draft.js';
import { Find } from './find.js';
import { comeBack } from './hand-over.js';
import { NewClient } from './person.js';
import { Print } from './print.js';
import { application, client, leave, STEPS, stage, stepOf } from './visit.js';
import { Word } from './word.js';

/** @typedef {import('../../app/api.js').Problem} ApiProblem */

export default function Screen() {
  const error = useSignal(/** @type {ApiProblem | null} */ (null));
  useEffect(() => {
    void comeBack().then((problem) => {
      error.value = problem;
    });
  }, []);
  return html`<div class="branch">
    <div class="branch-head">
      <${Stepper} steps=${STEPS.map((word) => t(word))} current=${stepOf(stage.value)} label=${t('branch-steps')} />
      <${AtTheCounter} />
    </div>
    <${Problem} error=${error.value} />
    <${Stage} />
  </div>`;
}

/** Who is being served, in every stage after the choice. */
function AtTheCounter() {
  const card = client.value;
  if (!card || stage.value === 'find' || stage.value === 'new') return null;
  // The client's own page says it all.
  const isNamed = stage.value !== 'client';
  return html`<div class="counter">
    ${
      isNamed &&
      html`<p class="counter-who" translate="no"><strong>${nameOf(card)}</strong> <span>${card.client_number}</span></p>
      <${StateBadge} state=${card.passphrase.state} />`
    }
    <${Leave} />
  </div>`;
}

function Leave() {
  useKeys({ 'Escape Escape': [leave, key('branch-key-next')] });
  return html`<${Button} class="counter-leave" keys="Escape Escape" onClick=${leave}>${t('branch-next-client')}<//>`;
}

function Stage() {
  const card = client.value;
  const draft = application.value;
  switch (stage.value) {
    case 'new':
      return html`<${NewClient} />`;
    case 'client':
      return card && html`<${ClientPage} key=${card.id} card=${card} />`;
    case 'draft':
      return card && html`<${Draft} key=${card.id} card=${card} />`;
    case 'print':
      return draft && html`<${Print} key=${draft.id} application=${draft} />`;
    case 'word':
      return draft && html`<${Word} key=${draft.id} application=${draft} />`;
    case 'done':
      return draft && html`<${Completed} application=${draft} />`;
    default:
      return html`<${Find} />`;
  }
}
