// The sentences to say, as the API gives them; the page makes none of its own.

import { call } from './state.js';

/** @typedef {import('./state.js').Tongue} Tongue */
/** @typedef {{ spoken?: string | null, loans?: { ticket_number: string, spoken?: string | null }[] }} Speaking */

/**
 * @param {Tongue} tongue
 * @param {Speaking} answer
 */
export function keepSentences(tongue, { spoken, loans }) {
  if (!spoken) return;
  const said = new Map(loans?.map((loan) => [loan.ticket_number, loan.spoken ?? '']));
  call.sentences.value = { ...call.sentences.peek(), [tongue]: { answer: spoken, loans: said } };
}
