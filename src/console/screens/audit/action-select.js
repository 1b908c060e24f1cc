// The choice among all actions, by area, in words with the code beside.

import { html, useId } from '../../app/view.js';
import { t } from '../../app/words.js';
import { FieldFrame } from '../../parts/field.js';
import { AREAS } from './areas.js';
import { ACTIONS } from './names.js';

/** @param {{ value: string, onChange: (value: string) => unknown }} props */
export function ActionSelect({ value, onChange }) {
  const id = useId();
  return html`<${FieldFrame} id=${id} label=${t('reports-audit-action')}>
    <div class="field-box">
      <select id=${id} class="field-input field-select" value=${value}
        onChange=${(/** @type {Event & { currentTarget: HTMLSelectElement }} */ event) => onChange(event.currentTarget.value)}>
        <option value="" selected=${value === ''}>${t('reports-audit-any-action')}</option>
        ${AREAS.map(
          ([area, actions]) => html`<optgroup key=${area} label=${t(area)}>
            ${actions.map(
              (action) =>
                html`<option key=${action} value=${action} selected=${value === action}>${t(ACTIONS[action])} · ${action}</option>`,
            )}
          </optgroup>`,
        )}
      </select>
    </div>
  <//>`;
}
