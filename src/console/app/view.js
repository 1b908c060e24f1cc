// What every screen draws with, in one import: Preact by htm's templates, hooks and signals.

import htm from '../vendor/htm.js';
import { h } from '../vendor/preact.js';

/**
 * A node for a template. htm keeps nodes that have nothing variable in them, and such a node keeps its
 * parents and with them what the screen last showed: 3 tells it to keep none.
 * @this {number[]}
 * @param {Parameters<typeof h>} parts
 */
function node(...parts) {
  this[0] = 3;
  return h(...parts);
}

/**
 * Draws a template: html`<p class="x">${text}</p>`. What is inserted is text, never markup.
 * @type {(strings: TemplateStringsArray, ...values: unknown[]) => import('preact').VNode}
 */
export const html = /** @type {any} */ (htm.bind(/** @type {any} */ (node)));

export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from '../vendor/hooks.js';
export { createContext, Fragment, render } from '../vendor/preact.js';
export { batch, computed, effect, Signal, signal, useComputed, useSignal, useSignalEffect } from '../vendor/signals.js';
