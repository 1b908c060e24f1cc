// «Someone knows my word»: blocks it. Loaded with the dialog that asks for the reason.

import { api } from '../../app/api.js';
import { batch } from '../../app/view.js';
import { problem, stopExpiry } from './actions.js';
import { blocking } from './sending.js';
import { call } from './state.js';

/**
 * What was open is over on the server too.
 * @param {string} reason
 */
export async function block(reason) {
  const client = call.client.peek();
  if (!client || blocking.busy.peek()) return;
  const done = await blocking((key) =>
    api.POST('/v1/clients/{id}/passphrase/block', {
      params: { path: { id: client.id } },
      body: { reason, call_id: call.id.peek() },
      headers: { 'Idempotency-Key': key },
    }),
  );
  if (!done) return;
  if (done.error) {
    problem('block', done.error, done.response);
    return;
  }
  stopExpiry();
  batch(() => {
    call.blocking.value = false;
    call.message.value = null;
    call.client.value = { ...client, passphrase: done.data };
    call.answer.value = null;
    call.loans.value = null;
    call.source.value = null;
    call.sentences.value = {};
    call.step.value = 'answer';
    // What had the focus may be gone.
    call.tries.value += 1;
  });
}
