// The screens of supervisors, auditors and admins: axe-core in every language and theme, 320 px and 200 %.

import { after, before } from 'node:test';
import { startDay } from './harness/reports.mjs';
import { ADMIN, AUDITOR, SUPERVISOR } from './harness/stops.mjs';
import { walk, walkWithin } from './harness/walk.mjs';
import { closeBrowser, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  ({ world } = await startDay());
  const receiver = { url: 'https://sms.example.kz/qupia', events: ['passphrase.destroyed'] };
  await world.call('POST', '/v1/webhooks', world.admin, receiver);
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

for (const [as, stops] of /** @type {const} */ ([
  ['saule', SUPERVISOR],
  ['oleg', AUDITOR],
  ['admin', ADMIN],
])) {
  story(
    `every screen of ${as} is accessible in each language and theme`,
    () => world,
    { as, hash: stops[0].hash },
    ({ page }) => walk(page, stops),
  );

  for (const [name, wanted] of /** @type {const} */ ([
    ['320 px', { width: 320 }],
    ['200 %', { width: 1280, scale: 2 }],
  ])) {
    story(
      `${as} loses nothing at ${name}`,
      () => world,
      { as, language: 'kk', hash: stops[0].hash, ...wanted },
      ({ page }) => walkWithin(page, stops, name),
    );
  }
}
