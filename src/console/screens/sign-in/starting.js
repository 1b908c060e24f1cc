// The moment in which the server is asked whose token this tab has; where it is away, that is said.

import { html, useEffect, useState } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Notice } from '../../parts/notice.js';

export function Starting() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 1500);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class="door" role="status">
    ${slow ? html`<${Notice} tone="warn" title=${t('console-problem-network')}>${t('console-starting')}<//>` : null}
  </div>`;
}
