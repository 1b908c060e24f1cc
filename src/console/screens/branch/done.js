// The application is completed: what the specialist does next.

import { html } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { StagePanel } from './stage.js';
import { goTo, leave } from './visit.js';

const TITLES = { set: key('branch-done-set'), change: key('branch-done-change') };

/** @param {{ application: import('./visit.js').Application }} props */
export function Completed({ application }) {
  return html`<${StagePanel} title=${t(TITLES[application.kind])} class="completed">
    <p class="completed-mark"><${Icon} name="check" size=${56} /></p>
    <p role="status">${t('branch-done-text', { number: application.number })}</p>
    <div class="stage-actions">
      <${Button} kind="primary" keys="Enter" data-first onClick=${leave}>${t('branch-next-client')}<//>
      <${Button} onClick=${() => goTo('client')}>${t('branch-done-show')}<//>
    </div>
  <//>`;
}
