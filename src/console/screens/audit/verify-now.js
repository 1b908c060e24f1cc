// Verifies the whole audit against its seals, and says what was found so that it cannot be overlooked.

import { api } from '../../app/api.js';
import { now } from '../../app/clock.js';
import { dateTime, number } from '../../app/format.js';
import { useSend } from '../../app/send.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Live } from '../../parts/live.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';

/** @typedef {import('../../app/api.js').Schemas['VerificationReportBody']} Report */

/** @param {{ onVerified: () => unknown }} props */
export function VerifyNow({ onVerified }) {
  const send = useSend();
  const [found, setFound] = useState(
    /** @type {{ report?: Report, at?: number, error?: import('../../app/api.js').Problem }} */ ({}),
  );
  const verify = async () => {
    setFound({});
    const answer = await send((idempotencyKey) =>
      api.POST('/v1/audit/verification', { headers: { 'Idempotency-Key': idempotencyKey } }),
    );
    if (!answer) return;
    setFound({ report: answer.data, at: now(), error: answer.error });
    onVerified();
  };
  const busy = send.busy.value;
  return html`<div class="reports-verify">
    <${Button} kind="primary" icon="check" busy=${busy} onClick=${verify}>${t('reports-verify-now')}<//>
    <${Live}>${busy ? t('reports-verify-running') : !found.report && !found.error && t('reports-verify-never')}<//>
    <${Waiting} send=${send} />
    <${Problem} error=${found.error} />
    ${found.report && (found.report.ok ? html`<${Good} report=${found.report} at=${found.at} />` : html`<${Bad} report=${found.report} />`)}
  </div>`;
}

/** @param {{ report: Report, at: number | undefined }} props */
function Good({ report, at }) {
  const counts = { events: number(report.events), seals: number(report.seals), unsealed: number(report.unsealed) };
  return html`<${Notice} tone="ok" said="assertive" title=${t('reports-verify-good')}>
    <p>${t('reports-verify-good-detail', counts)}</p>
    ${at && html`<p class="reports-muted">${t('reports-verify-at', { time: dateTime(new Date(at).toISOString(), { seconds: true }) })}</p>`}
  <//>`;
}

/** @param {{ report: Report }} props */
function Bad({ report }) {
  return html`<${Notice} tone="bad" said="assertive" title=${t('reports-verify-bad')}>
    ${report.first_bad && html`<p>${placeOf(report.first_bad)}</p>`}
    <p>${t('reports-verify-bad-next')}</p>
  <//>`;
}

/** @param {NonNullable<Report['first_bad']>} bad */
function placeOf({ seq, seal, why }) {
  if (seq !== null) return t('reports-verify-bad-event', { place: String(seq), why });
  if (seal !== null) return t('reports-verify-bad-seal', { place: String(seal), why });
  return t('reports-verify-bad-where', { why });
}
