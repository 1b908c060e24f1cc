// The words for events, and for what became of a delivery.

import { key } from '../../app/words.js';

/** @typedef {import('../../app/api.js').Schemas['WebhookBody']} Receiver */
/** @typedef {import('../../app/api.js').Schemas['WebhookEvent']} WebhookEvent */
/** @typedef {import('../../app/api.js').Schemas['WebhookDeliveryBody']} Delivery */

/** @type {Record<WebhookEvent, string>} */
export const EVENTS = {
  'passphrase.set': key('admin-event-passphrase-set'),
  'passphrase.changed': key('admin-event-passphrase-changed'),
  'passphrase.locked': key('admin-event-passphrase-locked'),
  'passphrase.disabled': key('admin-event-passphrase-disabled'),
  'passphrase.blocked': key('admin-event-passphrase-blocked'),
  'passphrase.destroyed': key('admin-event-passphrase-destroyed'),
  'inquiry.made': key('admin-event-inquiry-made'),
};

/** @type {Record<Delivery['status'], string>} */
export const DELIVERY_STATES = {
  pending: key('admin-delivery-pending'),
  delivered: key('admin-delivery-delivered'),
  dead: key('admin-delivery-dead'),
};

/** @type {Record<string, string>} */
export const DELIVERY_FAULTS = {
  address_not_allowed: key('admin-delivery-address_not_allowed'),
  timed_out: key('admin-delivery-timed_out'),
  not_connected: key('admin-delivery-not_connected'),
  broken_off: key('admin-delivery-broken_off'),
};
