// The frame of one stage: its heading, and the focus in the right place when it appears.

import { html, useLayoutEffect, useRef } from '../../app/view.js';

/**
 * The focus goes to what has `data-first`, else to the heading, so that the new stage is read out.
 * @param {{ title: string, children?: unknown, class?: string }} props
 */
export function StagePanel({ title, children, class: extra = '' }) {
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const first = panel.current?.querySelector('[data-first]') ?? panel.current?.querySelector('h1');
    if (first instanceof HTMLElement) first.focus();
  }, []);
  return html`<section ref=${panel} class=${`stage ${extra}`} aria-labelledby="stage-title">
    <h1 class="stage-title" id="stage-title" tabindex="-1">${title}</h1>
    ${children}
  </section>`;
}
