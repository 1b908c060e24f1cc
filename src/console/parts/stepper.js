// Where one is on a way of several steps.

import { html } from '../app/view.js';
import { t } from '../app/words.js';
import { Icon } from './icon.js';

/** @param {{ steps: string[], current: number, label?: string }} props `current` counts from 0; past the last, all are done */
export function Stepper({ steps, current, label }) {
  return html`<ol class="stepper" aria-label=${label ?? t('console-steps')}>
    ${steps.map((text, index) => {
      const done = index < current;
      return html`<li key=${text} class=${`stepper-step ${done ? 'stepper-done' : ''}`} aria-current=${index === current ? 'step' : undefined}>
        <span class="stepper-mark" aria-hidden="true">${done ? html`<${Icon} name="check" size=${16} />` : index + 1}</span>
        <span>${text}${done && html`<span class="visually-hidden"> ${t('console-step-done')}</span>`}</span>
      </li>`;
    })}
  </ol>`;
}
