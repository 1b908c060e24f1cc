// Who signs for the client, and by which document.

import { fieldError } from '../../app/api.js';
import { parseDate } from '../../app/typed-day.js';
import { batch, html, useSignal } from '../../app/view.js';
import { useWipe } from '../../app/wipe.js';
import { key, t } from '../../app/words.js';
import { Field } from '../../parts/field.js';
import { Select } from '../../parts/select.js';

/** @typedef {import('../../app/api.js').Schemas['RepresentativeBody']} RepresentativeBody */
/** @typedef {'full_name' | 'document_number' | 'document_date' | 'valid_until'} Part */

/** @type {[RepresentativeBody['document_kind'], string][]} */
const MANDATES = [
  ['power_of_attorney', key('branch-mandate-power_of_attorney')],
  ['court_decision', key('branch-mandate-court_decision')],
  ['guardianship', key('branch-mandate-guardianship')],
  ['other', key('branch-mandate-other')],
];

export function useRepresentative() {
  const on = useSignal(false);
  const kind = useSignal(/** @type {string} */ ('power_of_attorney'));
  const parts = {
    full_name: useSignal(''),
    document_number: useSignal(''),
    document_date: useSignal(''),
    valid_until: useSignal(''),
  };
  const wrong = useSignal(/** @type {Partial<Record<Part, 'needed' | 'day'>>} */ ({}));
  useWipe(() =>
    batch(() => {
      for (const part of Object.values(parts)) part.value = '';
    }),
  );

  /**
   * What to send: null where the client signs, 'wrong' where something is to be mended first.
   * @returns {RepresentativeBody | null | 'wrong'}
   */
  function read() {
    wrong.value = {};
    if (!on.value) return null;
    const until = parts.valid_until.value.trim();
    const made = parseDate(parts.document_date.value);
    const ends = until === '' ? null : parseDate(until);
    /** @type {Partial<Record<Part, 'needed' | 'day'>>} */
    const found = {};
    if (parts.full_name.value.trim() === '') found.full_name = 'needed';
    if (parts.document_number.value.trim() === '') found.document_number = 'needed';
    if (made === null) found.document_date = 'day';
    if (until !== '' && ends === null) found.valid_until = 'day';
    wrong.value = found;
    if (made === null || Object.keys(found).length > 0) return 'wrong';
    return {
      full_name: parts.full_name.value.trim(),
      document_kind: /** @type {RepresentativeBody['document_kind']} */ (kind.value),
      document_number: parts.document_number.value.trim(),
      document_date: made,
      valid_until: ends,
    };
  }
  return { on, kind, parts, wrong, read };
}

/**
 * @param {{ representative: ReturnType<typeof useRepresentative>, error: import('./visit.js').Problem | null }} props
 */
export function RepresentativeFields({ representative, error }) {
  const { kind, parts, wrong } = representative;
  /** @param {Part} part */
  const errorOf = (part) => {
    const own = wrong.value[part];
    if (own) return own === 'needed' ? t('branch-needed') : t('branch-day-wrong');
    return fieldError(error, `/representative/${part}`);
  };
  return html`<div class="subform">
    <${Field} label=${t('branch-representative-name')} value=${parts.full_name} error=${errorOf('full_name')} maxlength="100" aria-required="true" />
    <${Select} label=${t('branch-mandate')} value=${kind} options=${MANDATES.map(([value, word]) => ({ value, text: t(word) }))} />
    <${Field} label=${t('branch-mandate-number')} value=${parts.document_number} error=${errorOf('document_number')} maxlength="64"
      aria-required="true" />
    <div class="form-row">
      <${Field} label=${t('branch-mandate-date')} value=${parts.document_date} error=${errorOf('document_date')} hint=${t('branch-day-hint')}
        inputmode="decimal" maxlength="10" aria-required="true" />
      <${Field} label=${t('branch-mandate-until')} value=${parts.valid_until} error=${errorOf('valid_until')}
        hint=${t('branch-mandate-until-hint')} inputmode="decimal" maxlength="10" />
    </div>
  </div>`;
}
