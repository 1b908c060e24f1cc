// A client's data: entered anew, or corrected. Names are taken as the document has them.

import { api, fieldError } from '../../app/api.js';
import { phone as written } from '../../app/format.js';
import { useSend } from '../../app/send.js';
import { batch, html, useRef, useSignal } from '../../app/view.js';
import { useWipe } from '../../app/wipe.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { StagePanel } from './stage.js';
import { chooseClient, client, goTo } from './visit.js';

/** @typedef {import('./visit.js').Card} Card */

export function NewClient() {
  const person = usePerson(null);
  const save = () =>
    person.send((key) =>
      api.POST('/v1/clients', {
        body: { client_number: person.number.value.trim(), ...person.body() },
        headers: { 'Idempotency-Key': key },
      }),
    );
  return html`<${StagePanel} title=${t('branch-new-title')} class="stage-narrow">
    <${PersonForm} person=${person} isNew=${true} save=${save} label=${t('branch-new-save')} onSaved=${chooseClient}
      onBack=${() => goTo('find')} />
  <//>`;
}

/** @param {{ card: Card, onBack: () => void }} props */
export function AmendClient({ card, onBack }) {
  const person = usePerson(card);
  const save = () =>
    person.send(() => api.PATCH('/v1/clients/{id}', { params: { path: { id: card.id } }, body: person.body() }));
  return html`<${StagePanel} title=${t('branch-amend-title')} class="stage-narrow">
    <${PersonForm} person=${person} isNew=${false} save=${save} label=${t('branch-amend-save')} onBack=${onBack}
      onSaved=${(/** @type {Card} */ saved) => {
        if (client.value?.id === saved.id) chooseClient(saved, t('branch-amended'));
        onBack();
      }} />
  <//>`;
}

/**
 * What is in the form. It is kept when the sending fails.
 * @param {Card | null} card
 */
function usePerson(card) {
  const send = useSend();
  const number = useSignal(card?.client_number ?? '');
  const family = useSignal(card?.family_name ?? '');
  const given = useSignal(card?.given_name ?? '');
  const patronymic = useSignal(card?.patronymic ?? '');
  const phone = useSignal(card ? written(card.phone) : '');
  const oneName = useSignal(card !== null && card.given_name === null);
  const missing = useSignal(/** @type {string[]} */ ([]));
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const all = { number, family, given, patronymic, phone };
  useWipe(() =>
    batch(() => {
      for (const part of Object.values(all)) part.value = '';
    }),
  );
  const optional = (/** @type {string} */ text) => (text.trim() === '' ? null : text.trim());
  return {
    ...all,
    send,
    oneName,
    missing,
    error,
    body: () => ({
      family_name: family.value.trim(),
      given_name: oneName.value ? null : given.value.trim(),
      patronymic: oneName.value ? null : optional(patronymic.value),
      phone: phone.value.trim(),
    }),
    /** The fields that are needed and empty. */
    lacks: (/** @type {boolean} */ isNew) => {
      const needed = {
        family_name: family,
        phone,
        ...(oneName.value ? {} : { given_name: given }),
        ...(isNew ? { client_number: number } : {}),
      };
      return Object.entries(needed)
        .filter(([, part]) => part.value.trim() === '')
        .map(([name]) => name);
    },
  };
}

/**
 * @param {object} props
 * @param {ReturnType<typeof usePerson>} props.person
 * @param {boolean} props.isNew
 * @param {() => Promise<{ data?: Card, error?: any, response: Response } | null>} props.save
 * @param {string} props.label
 * @param {(card: Card) => void} props.onSaved
 * @param {() => void} props.onBack
 */
function PersonForm({ person, isNew, save, label, onSaved, onBack }) {
  const { send, oneName, missing, error } = person;
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));

  const focusWrong = () =>
    requestAnimationFrame(() => {
      const wrong = form.current?.querySelector('[aria-invalid="true"]');
      if (wrong instanceof HTMLElement) wrong.focus();
    });

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    error.value = null;
    missing.value = person.lacks(isNew);
    if (missing.value.length > 0) {
      focusWrong();
      return;
    }
    const answer = await save();
    if (!answer) return;
    if (answer.data) onSaved(answer.data);
    else {
      error.value = answer.error;
      focusWrong();
    }
  }

  /** @param {string} name */
  const wrong = (name) => (missing.value.includes(name) ? t('branch-needed') : fieldError(error.value, `/${name}`));
  const taken = error.value?.code === 'client_number_taken' ? error.value.detail : '';
  // What stands at its field is not said twice.
  const said = error.value && !taken && error.value.code !== 'invalid_input' ? error.value : null;
  return html`<form ref=${form} class="form" onSubmit=${submit} novalidate>
    ${
      isNew &&
      html`<${Field} label=${t('branch-client-number')} value=${person.number} error=${taken || wrong('client_number')} maxlength="64"
      data-first aria-required="true" />`
    }
    <${Field} label=${oneName.value ? t('branch-name-alone') : t('branch-family-name')} value=${person.family} error=${wrong('family_name')}
      maxlength="100" data-first=${!isNew} aria-required="true" />
    ${
      !oneName.value &&
      html`<${Field} label=${t('branch-given-name')} value=${person.given} error=${wrong('given_name')} maxlength="100" aria-required="true" />
      <${Field} label=${t('branch-patronymic')} value=${person.patronymic} hint=${t('branch-optional')} error=${wrong('patronymic')}
        maxlength="100" />`
    }
    <${Check} checked=${oneName.value} label=${t('branch-one-name')} hint=${oneName.value ? t('branch-one-name-hint') : ''}
      onChange=${(/** @type {boolean} */ on) => {
        oneName.value = on;
      }} />
    <${Field} label=${t('branch-phone')} value=${person.phone} hint=${t('branch-phone-hint')} error=${wrong('phone')} inputmode="tel"
      maxlength="40" aria-required="true" />
    <${Waiting} send=${send} />
    <${Problem} error=${said} />
    <div class="stage-actions">
      <${Button} kind="primary" type="submit" keys="Enter" busy=${send.busy.value}>${label}<//>
      <${Button} kind="quiet" icon="back" onClick=${onBack}>${t('branch-back')}<//>
    </div>
  </form>`;
}

/**
 * @param {{ checked: boolean, label: string, hint?: string, onChange: (on: boolean) => void }} props
 */
export function Check({ checked, label, hint = '', onChange }) {
  return html`<div class="check">
    <label><input type="checkbox" checked=${checked}
      onChange=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) => onChange(event.currentTarget.checked)} /> ${label}</label>
    ${hint && html`<p class="field-hint">${hint}</p>`}
  </div>`;
}
