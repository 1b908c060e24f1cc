// The last two minutes of a session: said above the screen, so that nothing typed goes astray.

import { Button } from '../parts/button.js';
import { Countdown } from '../parts/countdown.js';
import { Icon } from '../parts/icon.js';
import { useKeys } from './keys.js';
import { endingSoon, endsAt, keepAlive } from './session.js';
import { html } from './view.js';
import { key, t } from './words.js';

function Warning() {
  useKeys({ F8: [keepAlive, key('console-key-go-on')] });
  return html`<${Icon} name="clock" />
    <p>${t('console-ending')} <strong><${Countdown} until=${endsAt.value ?? 0} /></strong>. ${t('console-ending-do')}</p>
    <${Button} keys="F8" onClick=${keepAlive}>${t('console-go-on')}<//>`;
}

/** The region is there before its text, or the text would not be read out. */
export function Ending() {
  return html`<div role="alert" class=${endingSoon.value ? 'ending' : ''}>
    ${endingSoon.value && html`<${Warning} />`}
  </div>`;
}
