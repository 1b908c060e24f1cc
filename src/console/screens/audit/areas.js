// The actions by area, in the order in which they are offered.

import { key } from '../../app/words.js';

/** @type {readonly (readonly [string, readonly import('./names.js').ActionName[]])[]} */
export const AREAS = [
  [key('reports-area-session'), ['session.opened', 'session.closed', 'token.issued']],
  [
    key('reports-area-staff'),
    [
      'staff.bootstrapped',
      'staff.password_changed',
      'staff.password_reset',
      'staff.created',
      'staff.changed',
      'staff.viewed',
      'branch.created',
    ],
  ],
  [key('reports-area-client'), ['client.created', 'client.changed', 'client.searched', 'client.viewed']],
  [
    key('reports-area-application'),
    [
      'application.drafted',
      'application.viewed',
      'application.printed',
      'application.completed',
      'application.cancelled',
      'entry_link.made',
      'entry_link.opened',
      'entry_link.ended',
    ],
  ],
  [
    key('reports-area-passphrase'),
    [
      'passphrase.viewed',
      'passphrase.checked',
      'passphrase.set',
      'passphrase.changed',
      'passphrase.locked',
      'passphrase.disabled',
      'passphrase.unlocked',
      'passphrase.blocked',
      'passphrase.destroyed',
      'passphrase.renewed',
    ],
  ],
  [
    key('reports-area-verification'),
    [
      'verification.recorded',
      'attempt.taken_back',
      'attempt.lost',
      'verification.viewed',
      'verification.closed',
      'inquiry.made',
      'limit.reached',
    ],
  ],
  [key('reports-area-sync'), ['sync.client', 'sync.loan', 'sync.batch', 'sync.pulled']],
  [key('reports-area-audit'), ['audit.read', 'audit.verified', 'client.accesses_read', 'report.read', 'signal.raised']],
  [key('reports-area-webhook'), ['webhook.created', 'webhook.viewed', 'webhook.changed', 'webhook.replayed']],
  [key('reports-area-service'), ['keys.changed', 'backup.made', 'answer.replayed', 'demo.seeded']],
];
