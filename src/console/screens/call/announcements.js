// What those hear who do not see the screen: who was found, politely; the outcome, at once; then the loans.

import { useEffect } from '../../app/view.js';
import { t } from '../../app/words.js';
import { announce } from '../../parts/live.js';
import { adviceFor, outcomeWord } from './answer.js';
import { stateOf } from './client.js';
import { call } from './state.js';

/** Draws nothing. No names are said: what was said stays in the page until the next thing is. */
export function Announcements() {
  const several = call.several.value.length;
  const found = call.client.value?.id;
  const answer = call.answer.value;
  const loans = call.loans.value;

  useEffect(() => {
    const client = call.client.peek();
    if (several > 0) announce(t('call-several', { count: several }));
    else if (client) announce(`${t('call-found')}: ${stateOf(client.passphrase)}`);
  }, [several, found]);

  useEffect(() => {
    if (!answer) return;
    const left = answer.attempts_left ? t('call-attempts-left', { count: answer.attempts_left }) : '';
    const parts = [outcomeWord(answer.outcome), left, adviceFor(answer.outcome, answer.locked_until)];
    announce(parts.filter(Boolean).join('. '), 'assertive');
  }, [answer]);

  useEffect(() => {
    if (loans) announce(t('call-loans-count', { count: loans.length }));
  }, [loans]);

  return null;
}
