// The draft of an application: which document was seen, and who signs.

import { api, fieldError } from '../../app/api.js';
import { useSend } from '../../app/send.js';
import { html, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { kindOf } from '../client/state.js';
import { Choices } from './choices.js';
import { Check } from './person.js';
import { RepresentativeFields, useRepresentative } from './representative.js';
import { StagePanel } from './stage.js';
import { goTo, goToPrint, languageOfForms } from './visit.js';

/** @typedef {import('../../app/api.js').Schemas['DocumentKind']} DocumentKind */

/** @type {[DocumentKind, string][]} */
const DOCUMENTS = [
  ['identity_card', key('branch-document-identity_card')],
  ['passport', key('branch-document-passport')],
  ['residence_permit', key('branch-document-residence_permit')],
  ['other', key('branch-document-other')],
];
const TITLES = { set: key('branch-draft-title-set'), change: key('branch-draft-title-change') };

/** @param {{ card: import('./visit.js').Card }} props */
export function Draft({ card }) {
  const send = useSend();
  const document = useSignal(/** @type {DocumentKind | ''} */ (''));
  const unseen = useSignal(false);
  const printIn = useSignal(languageOfForms());
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const representative = useRepresentative();

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    const kind = document.value;
    unseen.value = kind === '';
    const signer = representative.read();
    if (kind === '' || signer === 'wrong') {
      focusWrong(/** @type {HTMLElement} */ (event.currentTarget));
      return;
    }
    error.value = null;
    const form = /** @type {HTMLElement} */ (event.currentTarget);
    const answer = await send((sentAs) =>
      api.POST('/v1/applications', {
        body: {
          client_id: card.id,
          identity_document: { kind, seen: true },
          ...(signer && { representative: signer }),
        },
        headers: { 'Idempotency-Key': sentAs },
      }),
    );
    if (!answer) return;
    if (answer.data) goToPrint(answer.data, printIn.value);
    else {
      error.value = answer.error;
      focusWrong(form);
    }
  }

  const refused = error.value;
  const open = refused?.code === 'application_already_open';
  return html`<${StagePanel} title=${t(TITLES[kindOf(card.passphrase.state)])} class="stage-narrow">
    <form class="form" onSubmit=${submit} novalidate>
      <${Choices} legend=${t('branch-document')} hint=${t('branch-document-hint')} value=${document.value} first=${true}
        error=${unseen.value ? t('branch-document-needed') : fieldError(refused, '/identity_document/kind')}
        options=${DOCUMENTS.map(([value, word]) => ({ value, text: t(word) }))}
        onChange=${(/** @type {DocumentKind} */ kind) => {
          document.value = kind;
          unseen.value = false;
        }} />
      <${Check} checked=${representative.on.value} label=${t('branch-representative')}
        onChange=${(/** @type {boolean} */ on) => {
          representative.on.value = on;
        }} />
      ${representative.on.value && html`<${RepresentativeFields} representative=${representative} error=${refused} />`}
      <${Choices} legend=${t('branch-form-language')} value=${printIn.value}
        options=${[{ value: 'kk', text: t('branch-form-kk') }, { value: 'ru', text: t('branch-form-ru') }]}
        onChange=${(/** @type {'kk' | 'ru'} */ chosen) => {
          printIn.value = chosen;
        }} />
      <${Waiting} send=${send} />
      ${
        refused?.code !== 'invalid_input' &&
        html`<${Problem} error=${refused}>
        ${open && html`<p><${Button} onClick=${() => goTo('client')}>${t('branch-draft-continue')}<//></p>`}
      <//>`
      }
      <div class="stage-actions">
        <${Button} kind="primary" type="submit" icon="print" keys="Enter" busy=${send.busy.value}>${t('branch-draft-save')}<//>
        <${Button} kind="quiet" icon="back" onClick=${() => goTo('client')}>${t('branch-back')}<//>
      </div>
    </form>
  <//>`;
}

/** @param {HTMLElement} form */
function focusWrong(form) {
  requestAnimationFrame(() => {
    const wrong = form.querySelector('[aria-invalid="true"], .field-wrong input');
    if (wrong instanceof HTMLElement) wrong.focus();
  });
}
