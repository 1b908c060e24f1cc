// One loan. It is drawn anew only when it becomes the one told, or stops being it.

import { date, money, time, today } from '../../app/format.js';
import { html, useComputed } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Badge } from '../../parts/badge.js';
import { moment } from './client.js';
import { Sentence } from './sentence.js';
import { call } from './state.js';

/** @typedef {import('./state.js').Loan} LoanBody */

const standings = {
  current: key('call-current'),
  due_today: key('call-due-today'),
  in_grace: key('call-in-grace'),
  grace_expired: key('call-grace-expired'),
  overdue: key('call-overdue'),
};

/** @param {{ loan: LoanBody, index: number }} props */
export function Loan({ loan, index }) {
  const isActive = useComputed(() => call.active.value === index).value;
  const days = loan.standing === 'in_grace' ? loan.days_left_in_grace : loan.days_until_due;
  const show = () => {
    call.active.value = index;
  };
  return html`<li class=${`call-loan ${isActive ? 'call-loan-active' : ''}`} tabindex="-1"
    data-place=${isActive ? 'loan' : undefined} aria-current=${isActive ? 'true' : undefined} onClick=${show}>
    <div class="call-loan-head">
      <h3>${loan.ticket_number} · ${loan.product}</h3>
      <${Badge} tone=${loan.standing}>${t(standings[loan.standing], { count: Math.abs(days ?? 0) })}<//>
      <p class="call-balance"><span class="visually-hidden">${t('call-balance')} </span>${money(loan.balance)}</p>
    </div>
    <dl class="call-loan-facts">
      <div><dt>${t('call-due')}</dt><dd>${date(loan.due_on)}</dd></div>
      <div><dt>${t('call-safe-to')}</dt><dd>${loan.grace_period ? date(loan.grace_period.ends_on) : t('call-period-unknown')}</dd></div>
      <div><dt>${t('call-as-of')}</dt><dd>${asOf(loan.as_of)}</dd></div>
    </dl>
    ${isActive && html`<${Sentence} ticket=${loan.ticket_number} />`}
  </li>`;
}

/** @param {string} at */
const asOf = (at) => (date(at) === date(today()) ? t('call-as-of-today', { time: time(at) }) : moment(at));
