// A screen's filters, in the address behind its name.

import { addressOf, route } from './hash.js';

/**
 * Sets this screen's filters in place: no step in the history for each letter typed.
 * @param {Record<string, string>} query an empty value takes a filter off
 */
export function setQuery(query) {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  history.replaceState(null, '', addressOf(route.value.name, given));
  route.value = { name: route.value.name, query: given };
}
