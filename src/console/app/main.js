// Starts the page: its words, who this tab's token belongs to, then the shell.

import { route } from './hash.js';
import { loadScreen, screenFor } from './screens.js';
import { likelyRole, resume } from './session.js';
import { Shell } from './shell.js';
import './theme.js';
import { html, render } from './view.js';
import { wipeWithTheTab } from './wipe.js';
import { loadWords } from './words.js';

/** Without its words the page can say nothing, not even that the server is away. */
async function words() {
  for (;;) {
    try {
      await loadWords('console');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** The screen that will be wanted is loaded while the server is asked; what fails is asked for again then. */
function loadAhead() {
  const role = likelyRole();
  const screen = role && screenFor(role, route.value.name);
  if (screen) loadScreen(screen).catch(() => {});
}

wipeWithTheTab();
void resume();
loadAhead();
await words();
render(html`<${Shell} />`, document.body);
