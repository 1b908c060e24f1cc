// What every screen draws with, in one import: Preact by htm's templates, hooks and signals.

import htm from '../vendor/htm.js';
import { h } from '../vendor/preact.js';

/**
 * Draws a template: html`<p class="x">${text}</p>`. What is inserted is text, never markup.
 * @type {(strings: TemplateStringsArray, ...values: unknown[]) => import('preact').VNode}
 */
export const html = /** @type {any} */ (htm.bind(h));

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
