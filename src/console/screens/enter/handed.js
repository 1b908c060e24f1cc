// The hand-over: the client types on the branch's own device. The specialist is signed out meanwhile;
// the tab holds the narrow token alone, and is left with the specialist's password.

import { takeBack } from '../../app/session.js';
import { html, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Done, Over } from './ends.js';
import { EnterWord } from './entry.js';
import { EntryFrame } from './frame.js';

/**
 * @param {object} props
 * @param {import('./access.js').Opened} props.opened
 */
export function HandedEntry({ opened }) {
  const [ending, setEnding] = useState(/** @type {'done' | 'expired' | 'ended' | null} */ (null));
  const staff = html`<button type="button" class="entry-staff" onClick=${takeBack}>${t('enter-staff')}</button>`;
  const { entry, number, kind, expiresAt } = opened;
  return html`
    <${EntryFrame} number=${number} expiresAt=${ending ? null : expiresAt} onExpired=${() => setEnding('expired')}
      aside=${ending ? null : staff}>
      ${
        ending === null &&
        html`<${EnterWord} entry=${entry} typist="client" ownKeys=${true} shownAtFirst=${true} onDone=${() => setEnding('done')}
        onOver=${() => setEnding('ended')} />`
      }
      ${ending === 'done' && html`<${Done} kind=${kind} handed=${true}>${staff}<//>`}
      ${(ending === 'expired' || ending === 'ended') && html`<${Over} why=${ending} handed=${true}>${staff}<//>`}
    <//>`;
}
