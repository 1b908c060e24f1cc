// The letters of the on-screen keyboard. No shift key: letter case makes no difference to a
// passphrase (docs/heard.md), so there is nothing to hold down.

/** @typedef {'kk' | 'ru' | 'en'} Layout */

/** The first row of Kazakh is its own letters, as on Kazakh keyboards; elsewhere digits stand there. */
const KK = ['әіңғүұқөһё', 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'];
const RU = ['1234567890', 'йцукенгшщзхъ', 'фывапролджэ', 'ёячсмитьбю'];
const EN = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** @type {Record<Layout, string[][]>} */
export const LETTERS = {
  kk: KK.map((row) => [...row]),
  ru: RU.map((row) => [...row]),
  en: EN.map((row) => [...row]),
};

/** In the place of Kazakh's own letters while its key for digits is on. */
export const DIGITS = [...'1234567890'];

/** @type {Layout[]} */
export const LAYOUTS = ['kk', 'ru', 'en'];

/** What the key says that changes the letters: the language's own short name. */
export const LAYOUT_NAMES = { kk: 'ҚАЗ', ru: 'РУС', en: 'ENG' };
