// Time that runs out: 14:52, and a bar where the whole is known.

import { now } from '../app/clock.js';
import { duration } from '../app/format.js';
import { html, useEffect, useRef, useState } from '../app/view.js';

/**
 * `until` is a moment in RFC 3339, or milliseconds by the server's clock. The last minute is shown as urgent.
 * It is not read out each second: say what matters by announce().
 * @param {{ until: string | number, total?: number, onEnd?: () => unknown, label?: string, class?: string }} props
 *   `total` in seconds draws the bar
 */
export function Countdown({ until, total, onEnd, label, class: extra = '' }) {
  const end = typeof until === 'number' ? until : Date.parse(until);
  const [, tick] = useState(0);
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    let timer = 0;
    const next = () => {
      tick((count) => count + 1);
      const left = end - now();
      if (left <= 0) ended.current?.();
      else timer = window.setTimeout(next, left % 1000 || 1000);
    };
    next();
    return () => clearTimeout(timer);
  }, [end]);
  const left = Math.max(0, (end - now()) / 1000);
  return html`<span class=${`countdown ${left <= 60 ? 'countdown-urgent' : ''} ${extra}`} role="timer">
    <span class="countdown-text"><span class="countdown-time">${duration(left)}</span>${label && html` <span class="countdown-label">${label}</span>`}</span>
    ${total && html`<span class="countdown-bar" aria-hidden="true"><span style=${{ inlineSize: `${Math.min(100, (left / total) * 100)}%` }}></span></span>`}
  </span>`;
}
