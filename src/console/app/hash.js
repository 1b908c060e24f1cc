// The address: which screen is shown, and its filters, in the fragment alone (#/audit?action=…).
//
// A softphone opens the page at #call=…&phone=…: that is taken into memory and out of the address at once.

import { signal } from '../vendor/signals.js';
import { onWipe } from './wipe.js';

/** @typedef {{ call: string | null, phone: string | null }} Arrival */

/** The screen's name, and its filters. Never anything of a client but their opaque id. */
export const route = signal({ name: '', query: new URLSearchParams() });

/** A call that was handed over in the address and that no screen has taken yet. */
export const arrival = signal(/** @type {Arrival | null} */ (null));

/** The call that was handed over, once. */
export function takeArrival() {
  const taken = arrival.value;
  arrival.value = null;
  return taken;
}

function read() {
  const fragment = location.hash.slice(1);
  if (fragment && !fragment.startsWith('/')) {
    const given = new URLSearchParams(fragment);
    history.replaceState(null, '', `${location.pathname}#/call`);
    if (given.has('call') || given.has('phone')) arrival.value = { call: given.get('call'), phone: given.get('phone') };
    route.value = { name: 'call', query: new URLSearchParams() };
    return;
  }
  const [path, query = ''] = fragment.slice(1).split('?');
  route.value = { name: path, query: new URLSearchParams(query) };
}

/**
 * Goes to a screen.
 * @param {string} name
 * @param {Record<string, string> | URLSearchParams} [query]
 */
export function go(name, query) {
  location.hash = addressOf(name, query);
}

/**
 * @param {string} name
 * @param {Record<string, string> | URLSearchParams} [query]
 */
export function addressOf(name, query) {
  const given = new URLSearchParams(query ?? {}).toString();
  return `#/${name}${given ? `?${given}` : ''}`;
}

addEventListener('hashchange', read);
onWipe(() => {
  arrival.value = null;
});
read();
