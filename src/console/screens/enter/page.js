// The page /enter/: a code, the word twice, done. It is opened on the client's own device.

import { duration } from '../../app/format.js';
import { html, useEffect, useState } from '../../app/view.js';
import { onWipe } from '../../app/wipe.js';
import { t } from '../../app/words.js';
import { open } from './access.js';
import { CodeForm, isWhole, readCode, takeCode } from './code.js';
import { Done, Over } from './ends.js';
import { EnterWord } from './entry.js';
import { EntryFrame } from './frame.js';

/** @typedef {import('./code.js').CodeTrouble} CodeTrouble */
/** @typedef {import('./access.js').Opened} Opened */
/**
 * @typedef {{ at: 'code', code: string, trouble: CodeTrouble | null }
 *   | { at: 'opening', code: string }
 *   | { at: 'word', opened: Opened }
 *   | { at: 'done', number: string, kind: 'set' | 'change' }
 *   | { at: 'over', why: 'expired' | 'ended' }} Place
 */

/** @type {Place} */
const START = { at: 'code', code: '', trouble: null };

/**
 * @param {{ code: string }} props  from the address; '' where none stood there
 */
export function EnterPage({ code: given }) {
  const [place, setPlace] = useState(START);

  /** @param {string} code */
  async function openBy(code) {
    setPlace({ at: 'opening', code });
    const answer = await open(code);
    setPlace(
      'opened' in answer ? { at: 'word', opened: answer.opened } : { at: 'code', code, trouble: troubleOf(answer) },
    );
  }

  useEffect(() => {
    if (isWhole(given)) void openBy(given);
    // A second link may be opened in this very tab.
    const followed = () => {
      const code = takeCode();
      if (isWhole(code)) void openBy(code);
    };
    addEventListener('hashchange', followed);
    const unwatch = onWipe(() => setPlace(START));
    return () => {
      removeEventListener('hashchange', followed);
      unwatch();
    };
  }, []);

  const opened = place.at === 'word' ? place.opened : null;
  const number = opened?.number ?? (place.at === 'done' ? place.number : '');
  return html`
    <${EntryFrame} number=${number} expiresAt=${opened?.expiresAt ?? null} onExpired=${() => setPlace({ at: 'over', why: 'expired' })}>
      ${
        (place.at === 'code' || place.at === 'opening') &&
        html`<${CodeForm} key=${place.code} code=${readCode(place.code)} busy=${place.at === 'opening'}
        trouble=${place.at === 'code' ? place.trouble : null} onCode=${openBy} />`
      }
      ${
        opened &&
        html`<${EnterWord} entry=${opened.entry} typist="client" ownKeys=${false} shownAtFirst=${true}
        onDone=${() => setPlace({ at: 'done', number: opened.number, kind: opened.kind })}
        onOver=${() => setPlace({ at: 'over', why: 'ended' })} />`
      }
      ${place.at === 'done' && html`<${Done} kind=${place.kind} handed=${false} />`}
      ${
        place.at === 'over' &&
        html`<${Over} why=${place.why} handed=${false}>
        <button type="button" class="entry-again" onClick=${() => setPlace(START)}>${t('enter-over-code')}</button>
      <//>`
      }
    <//>`;
}

/**
 * @param {{ error: import('../../app/api.js').Problem, retryAfter: number }} answer
 * @returns {CodeTrouble}
 */
function troubleOf({ error, retryAfter }) {
  if (error.status === 429) return { kind: 'tries', wait: duration(retryAfter) };
  if (error.status === 401 || error.status === 422) return { kind: 'bad' };
  return { kind: error.status === 503 ? 'busy' : 'unanswered' };
}
