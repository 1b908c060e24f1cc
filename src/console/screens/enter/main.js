// The entry point of /enter/.

import '../../app/theme.js';
import { effect, html, render } from '../../app/view.js';
import { wipe, wipeWithTheTab } from '../../app/wipe.js';
import { loadWords, t } from '../../app/words.js';
import { takeCode } from './code.js';
import { EnterPage } from './page.js';

// First of all: the code is nowhere to be read, whatever comes of the rest.
const code = takeCode();

wipeWithTheTab();
// Coming back by the browser's «back» shows the page as it was left: emptied.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void wipe();
});

await loadWords('console-enter');
effect(() => {
  document.title = t('enter-page-title');
});
render(html`<${EnterPage} code=${code} />`, document.body);
