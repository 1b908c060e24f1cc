// The frame of every screen: who, which screens, language, theme, keys; and what lies over a screen.

import { LiveRegions } from '../parts/live.js';
import { Again } from '../screens/sign-in/again.js';
import { SignIn } from '../screens/sign-in/page.js';
import { Starting } from '../screens/sign-in/starting.js';
import { Bar } from './bar.js';
import { Ending } from './ending.js';
import { later } from './later.js';
import { ScreenHost } from './screen-host.js';
import { handed, me, passwordDue, phase, renewing, seated } from './session.js';
import { html } from './view.js';

const FirstPassword = later(async () => (await import('../screens/sign-in/first-password.js')).FirstPassword);

function Body() {
  if (phase.value === 'starting') return html`<${Starting} />`;
  if (seated.value && me.value) return html`<${ScreenHost} key=${me.value.id} />`;
  if (phase.value === 'in' && passwordDue.value) return html`<${FirstPassword} />`;
  return html`<${SignIn} />`;
}

/** What lies over a screen that waits underneath with what was typed. */
function Over() {
  if (!seated.value) return null;
  if (phase.value === 'ended' || renewing.value) return html`<${Again} />`;
  return passwordDue.value ? html`<${FirstPassword} over />` : null;
}

export function Shell() {
  if (phase.value === 'handed' && handed.value) {
    const { view: View, over } = handed.value;
    return html`<${View} />${over && html`<${Again} back />`}<${LiveRegions} />`;
  }
  return html`<div class="shell">
      <${Bar} />
      <${Ending} />
      <main id="main" tabindex="-1"><${Body} /></main>
    </div>
    <${Over} />
    <${LiveRegions} />`;
}
