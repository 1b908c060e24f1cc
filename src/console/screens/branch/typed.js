// The word typed by staff, where the client cannot: the same page of the word, with the branch's own calls.

import { api } from '../../app/api.js';
import { html, useMemo, useSignal } from '../../app/view.js';
import { Problem } from '../../parts/problem.js';
import { completing } from '../enter/access.js';
import { EnterWord } from '../enter/entry.js';
import { goOnWith, signedOn } from './visit.js';

/**
 * @param {import('./visit.js').Application} application
 * @param {string} signedOnDay
 * @returns {import('../enter/access.js').Entry}
 */
function entryOf({ id, client_id }, signedOnDay) {
  return {
    async check(passphrase, signal) {
      const { data } = await api.POST('/v1/passphrases/check', { body: { passphrase, client_id }, signal });
      return data ?? null;
    },
    async suggest(language) {
      const { data } = await api.POST('/v1/passphrases/suggestions', { body: { language, words: null } });
      return data?.items ?? [];
    },
    ...completing((passphrase, passphrase_repeat, sentAs) =>
      api.POST('/v1/applications/{id}/completion', {
        params: { path: { id } },
        body: { signed_on: signedOnDay, passphrase, passphrase_repeat },
        headers: { 'Idempotency-Key': sentAs },
      }),
    ),
  };
}

/** @param {{ application: import('./visit.js').Application, children?: unknown }} props  children: the way back */
export function TypedPanel({ application, children }) {
  const entry = useMemo(() => entryOf(application, signedOn.value), [application.id]);
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const read = async () => {
    error.value = await goOnWith(application.id);
  };
  return html`<section class="stage stage-narrow" aria-labelledby="entry-title">
    ${
      error.value === null &&
      html`<${EnterWord} entry=${entry} typist="staff" ownKeys=${false} shownAtFirst=${false} onDone=${read}
      onOver=${(/** @type {{ error: import('./visit.js').Problem }} */ ended) => {
        error.value = ended.error;
      }} />`
    }
    <${Problem} error=${error.value} retry=${read} />
    <div class="stage-actions">${children}</div>
  </section>`;
}
