// Nothing of a client or a word outlives the visit: it is looked for where it could be left.

import { after, before } from 'node:test';
import {
  clientAtCounter,
  draftAndPrint,
  findClient,
  handOver,
  linkFor,
  sign,
  takeBack,
  typeTwice,
} from './harness/branch.mjs';
import { closeBrowser, expectNoTraceOf, expectTraceInHeap, startWorld, story } from './harness.mjs';

/** @type {import('./harness/world.mjs').World} */
let world;

before(async () => {
  world = await startWorld();
});
after(async () => {
  await world?.stop();
  await closeBrowser();
});

// No other word of the page or of its libraries may hold these.
const SECRET_WORD = 'сары жапалақ тербеліс';
const NAMES = ['Жұмағұлова', 'Томирис', 'Бекзатқызы'];
const OF_THE_WORD = ['жапалақ', 'тербеліс'];

story(
  'after a hand-over and the next client nothing is left of the last one',
  () => world,
  { as: 'daniyar' },
  async ({ page }) => {
    const client = await clientAtCounter(world, { number: 'ТБ-881204', names: NAMES, phone: '+77473310459' });
    await findClient(page, client.phone);
    await draftAndPrint(page);
    await expectTraceInHeap(page, ['Томирис', 'ТБ-881204']);
    await sign(page);
    await handOver(page);
    await expectNoTraceOf(page, ['Томирис', 'Бекзатқызы', '77473310459', 'ТБ-881204']);
    await typeTwice(page, SECRET_WORD);
    await page.locator('.entry-end-done').waitFor();
    await expectNoTraceOf(page, OF_THE_WORD);
    await takeBack(page);
    await page.locator('.completed .button-primary:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.search input:focus').waitFor();
    await expectNoTraceOf(page, [...OF_THE_WORD, 'Жұмағұлова', 'Томирис', 'Бекзатқызы', '77473310459', 'ТБ-881204']);
  },
);

story(
  'on the device of the client nothing is left of the word and the code',
  () => world,
  { as: null, width: 320, height: 640 },
  async ({ page }) => {
    const { code } = await linkFor(world, await clientAtCounter(world, { number: 'ТБ-881205', names: NAMES }));
    await page.goto(`${world.origin}/enter/#${code}`);
    await typeTwice(page, SECRET_WORD);
    await page.locator('.entry-end-done').waitFor();
    await expectNoTraceOf(page, [...OF_THE_WORD, 'Томирис', 'ТБ-881205']);
  },
);

story(
  'a word that staff typed is gone when the visit is left',
  () => world,
  { as: 'daniyar' },
  async ({ page }) => {
    const client = await clientAtCounter(world, { number: 'ТБ-881206', names: NAMES, phone: '+77473310460' });
    await findClient(page, client.phone);
    await draftAndPrint(page);
    await sign(page);
    await page.keyboard.press('Alt+t');
    await page.locator('.word-box-input:focus').waitFor();
    await page.keyboard.type(SECRET_WORD);
    await page.locator('.strength[data-level="best"]').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('.search input:focus').waitFor();
    await expectNoTraceOf(page, [...OF_THE_WORD, 'Томирис', 'Бекзатқызы', '77473310460', 'ТБ-881206']);
  },
);
