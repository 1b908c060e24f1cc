// Shows the screen that the address names, among those of the role; loads it when it is first wanted.

import { Button } from '../parts/button.js';
import { Notice } from '../parts/notice.js';
import { useErrorBoundary } from '../vendor/hooks.js';
import { addressOf, route } from './hash.js';
import { loadScreen, screenFor } from './screens.js';
import { me } from './session.js';
import { html, useEffect, useLayoutEffect, useState } from './view.js';
import { t } from './words.js';

/** @typedef {import('./screens.js').ScreenEntry} ScreenEntry */
/** @typedef {{ entry: ScreenEntry, view: () => import('preact').VNode }} Shown */

export function ScreenHost() {
  const entry = me.value ? screenFor(me.value.role, route.value.name) : undefined;
  const [shown, setShown] = useState(/** @type {Shown | null} */ (null));
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    // Another role's screen, or none: the own one, without a step in the history.
    if (!entry || entry.name === route.value.name) return;
    history.replaceState(null, '', addressOf(entry.name));
    route.value = { name: entry.name, query: new URLSearchParams() };
  }, [route.value.name]);

  useLayoutEffect(() => {
    if (!entry) return undefined;
    let wanted = true;
    setFailed(false);
    loadScreen(entry).then(
      (view) => wanted && setShown({ entry, view }),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [entry, turn]);

  useEffect(() => {
    const nothing = document.activeElement === document.body || document.activeElement === null;
    if (shown && nothing) document.getElementById('main')?.focus();
  }, [shown]);

  if (!entry) return html`<div class="page"><${Notice} tone="info" title=${t('console-no-screens')} /></div>`;
  if (failed) {
    return html`<div class="page"><${Notice} tone="bad" said="assertive" title=${t('console-screen-missing')}>
      <p>${t('console-fault-do')}</p>
      <p><${Button} icon="repeat" onClick=${() => setTurn(turn + 1)}>${t('console-retry')}<//></p>
    <//></div>`;
  }
  if (shown?.entry !== entry) return html`<div class="page muted" role="status">${t('console-loading')}</div>`;
  return html`<div class="page"><${Guarded} key=${entry.name} view=${shown.view} /></div>`;
}

/**
 * A fault of one screen is told, and does not take the page with it.
 * @param {{ view: Shown['view'] }} props
 */
function Guarded({ view: View }) {
  const [fault, again] = useErrorBoundary();
  if (!fault) return html`<${View} />`;
  return html`<${Notice} tone="bad" said="assertive" title=${t('console-fault')}>
    <p>${t('console-fault-do')}</p>
    <p><${Button} icon="repeat" onClick=${again}>${t('console-retry')}<//></p>
  <//>`;
}
