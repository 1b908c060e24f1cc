// What is sent of what was typed.

/**
 * Phones put a blank after a word that they complete. Blanks make no difference to a passphrase, but two
 * entries are compared as they were typed.
 * @param {string} word
 */
export function tidy(word) {
  return word.normalize('NFC').replace(/\s+/gu, ' ').trim();
}
