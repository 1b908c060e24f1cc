// Starts the page: its words, who this tab's token belongs to, then the shell.

import { resume } from './session.js';
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

await words();
wipeWithTheTab();
render(html`<${Shell} />`, document.body);
void resume();
