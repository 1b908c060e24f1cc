// What is said at a place of the screen: a wait, a problem, or a sentence.

import { html } from '../../app/view.js';
import { t } from '../../app/words.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { call } from './state.js';

/**
 * @param {{
 *   at: import('./state.js').Message['at'], send?: ReturnType<typeof import('../../app/send.js').createSend>,
 *   retry?: () => unknown,
 * }} props
 */
export function Message({ at, send, retry }) {
  const message = call.message.value;
  if (send?.waiting.value) return html`<${Waiting} send=${send} />`;
  if (message?.at !== at) return null;
  if (message.problem) return html`<${Problem} error=${message.problem} retry=${retry} />`;
  return html`<${Notice} tone=${message.tone} said="polite">${t(message.word, message.vars)}<//>`;
}
