// What each outcome of a verification is called where it is counted.

import { key } from '../../app/words.js';

/** @type {Record<import('./figures.js').Outcome, string>} */
export const OUTCOME_WORDS = {
  verified: key('reports-outcome-verified'),
  rejected: key('reports-outcome-rejected'),
  locked: key('reports-outcome-locked'),
  disabled: key('reports-outcome-disabled'),
  blocked: key('reports-outcome-blocked'),
  unset: key('reports-outcome-unset'),
};
