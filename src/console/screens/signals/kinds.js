// The words for each kind of signal.

import { key } from '../../app/words.js';

/** @type {Record<import('../audit/names.js').SignalKind, { title: string, count: string, advice: string }>} */
export const SIGNALS = {
  many_clients: {
    title: key('reports-signal-many_clients'),
    count: key('reports-signal-many_clients-count'),
    advice: key('reports-signal-many_clients-advice'),
  },
  look_ups_without_verification: {
    title: key('reports-signal-look_ups_without_verification'),
    count: key('reports-signal-look_ups_without_verification-count'),
    advice: key('reports-signal-look_ups_without_verification-advice'),
  },
  many_specialists: {
    title: key('reports-signal-many_specialists'),
    count: key('reports-signal-many_specialists-count'),
    advice: key('reports-signal-many_specialists-advice'),
  },
  outside_hours: {
    title: key('reports-signal-outside_hours'),
    count: key('reports-signal-outside_hours-count'),
    advice: key('reports-signal-outside_hours-advice'),
  },
  repeated_inquiries: {
    title: key('reports-signal-repeated_inquiries'),
    count: key('reports-signal-repeated_inquiries-count'),
    advice: key('reports-signal-repeated_inquiries-advice'),
  },
};
