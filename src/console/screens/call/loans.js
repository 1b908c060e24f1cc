// The client's open loans, by due date; the one that is told now has its sentence.

import { html, useEffect, useRef } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Kbd } from '../../parts/kbd.js';
import { Notice } from '../../parts/notice.js';
import { fetchLoans } from './actions.js';
import { moment } from './client.js';
import { focusOn } from './focus.js';
import { Loan } from './loan.js';
import { Message } from './message.js';
import { reading } from './sending.js';
import { call, loansAtOnce } from './state.js';

export function Loans() {
  const loans = call.loans.value;
  if (call.answer.value?.outcome !== 'verified') return null;
  return html`<section class="call-loans" aria-labelledby="call-loans-title">
    <${Band} />
    <${Message} at="loans" send=${reading} retry=${() => fetchLoans()} />
    <div class="call-loans-head">
      <h2 id="call-loans-title">${loans ? t('call-loans-count', { count: loans.length }) : t('call-loans')}</h2>
      ${loans && loans.length > 1 && html`<span class="call-loans-key"><${Kbd} keys="F3" /> ${t('call-next-loan')}</span>`}
    </div>
    ${loans?.length === 0 && html`<p class="call-loans-none">${t('call-loans-none')}</p>`}
    <ol class="call-loans-list">
      ${loans?.slice(0, call.drawn.value).map((loan, index) => html`<${Loan} key=${loan.ticket_number} loan=${loan} index=${index} />`)}
    </ol>
    ${loans && loans.length > call.drawn.value && html`<${More} key=${call.drawn.value} />`}
  </section>`;
}

/** Comes near as one scrolls on, and draws the next ones. */
function More() {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const near = new IntersectionObserver(
      ([{ isIntersecting }]) => {
        if (isIntersecting) call.drawn.value += loansAtOnce;
      },
      { rootMargin: '400px' },
    );
    if (end.current) near.observe(end.current);
    return () => near.disconnect();
  }, []);
  return html`<p class="call-loans-none" ref=${end}>…</p>`;
}

/** Old data, or a loan system that does not answer: across the whole width, before the loans. */
function Band() {
  const source = call.source.value;
  if (!source || (source.available && !source.stale)) return null;
  const time = moment(source.as_of);
  const text = source.available
    ? t('call-stale', { time })
    : time
      ? t('call-unavailable', { time })
      : t('call-unavailable-never');
  return html`<${Notice} tone="warn" class="call-band" title=${text} />`;
}

/**
 * Goes through the loans, round and round.
 * @param {1 | -1} step
 */
export function showLoan(step) {
  const count = call.loans.peek()?.length ?? 0;
  if (count === 0) return;
  call.active.value = (call.active.peek() + step + count) % count;
  call.drawn.value = Math.max(call.drawn.peek(), call.active.peek() + 2);
  // Drawn first: the place is where the active one is.
  requestAnimationFrame(() => focusOn('loan'));
}
