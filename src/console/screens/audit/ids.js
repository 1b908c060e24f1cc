// Ids as people meet them: short in a list, and as the way to what they name.

import { addressOf } from '../../app/hash.js';

/**
 * The end of an id: its beginning is the time it was made, and alike in neighbours.
 * @param {string} id
 */
export const shortId = (id) => (id.length > 12 ? `…${id.slice(-8)}` : id);

/**
 * The list of who asked about a client.
 * @param {string} client
 */
export const accessesLink = (client) => addressOf('audit', { view: 'accesses', client });
