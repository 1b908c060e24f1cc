// The client's page in the branch: who it is, how the word stands, applications, and who asked.

import { api } from '../../app/api.js';
import { dateTime } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { html, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Notice } from '../../parts/notice.js';
import { usePages } from '../../parts/table.js';
import { CancelButton } from '../branch/cancel.js';
import { AmendClient } from '../branch/person.js';
import { StagePanel } from '../branch/stage.js';
import { goTo, goToPrint, news } from '../branch/visit.js';
import { Accesses } from './accesses.js';
import { Applications } from './applications.js';
import { ClientCard, nameOf } from './card.js';
import { kindOf, WordState } from './state.js';
import { Withdraw } from './withdraw.js';

/** @typedef {import('./card.js').Card} Card */
/** @typedef {import('../branch/visit.js').Application} Application */

const ACTIONS = { set: key('branch-client-set'), change: key('branch-client-change') };

/** @param {{ card: Card }} props */
export function ClientPage({ card }) {
  const amending = useSignal(false);
  const amend = (/** @type {boolean} */ on) => () => {
    amending.value = on;
  };
  if (amending.value) return html`<${AmendClient} key="amend" card=${card} onBack=${amend(false)} />`;
  return html`<${Overview} key="page" card=${card} onAmend=${amend(true)} />`;
}

/** @param {{ card: Card, onAmend: () => void }} props */
function Overview({ card, onAmend }) {
  const applications = usePages(
    (cursor) => api.GET('/v1/clients/{id}/applications', { params: { path: { id: card.id }, query: { cursor } } }),
    [card],
  );
  const draft = /** @type {Application | undefined} */ (applications.rows.value.find(({ state }) => state === 'draft'));
  useKeys({ 'Alt+c': [onAmend, key('branch-key-amend')] });
  return html`<${StagePanel} title=${nameOf(card)} class="client">
    ${news.value && html`<${Notice} tone="ok" said="polite"><p>${news.value}</p><//>`}
    <${ClientCard} card=${card}>
      <${Button} keys="Alt+c" onClick=${onAmend}>${t('branch-amend')}<//>
    <//>
    <${WordState} status=${card.passphrase} />
    ${
      draft
        ? html`<${OpenDraft} draft=${draft} />`
        : html`<p class="stage-actions">
          <${Button} kind="primary" data-first keys="Enter" buttonRef=${focusFirst} onClick=${() => goTo('draft')}>
            ${t(ACTIONS[kindOf(card.passphrase.state)])}<//>
        </p>`
    }
    <${Applications} pages=${applications} />
    <${Accesses} clientId=${card.id} />
    <${Withdraw} card=${card} />
  <//>`;
}

/** @param {{ draft: Application }} props */
function OpenDraft({ draft }) {
  return html`<${Notice} tone="info" said="polite" title=${t('branch-draft-open', { number: draft.number })}>
    <p>${t('branch-draft-open-text', { at: dateTime(draft.drafted_at), until: dateTime(draft.expires_at) })}</p>
    <p class="stage-actions">
      <${Button} kind="primary" keys="Enter" buttonRef=${focusFirst} onClick=${() => goToPrint(draft, null)}>${t('branch-draft-continue')}<//>
      <${CancelButton} application=${draft} />
    </p>
  <//>`;
}

/** @param {HTMLElement | null} button */
function focusFirst(button) {
  button?.focus();
}
