// The story of a call: find the caller, check the word, tell, end.

import { now } from '../../app/clock.js';
import { time } from '../../app/format.js';
import { batch } from '../../app/view.js';
import { onWipe, wipe } from '../../app/wipe.js';
import { key } from '../../app/words.js';
import { readCaller } from './caller.js';
import { hasWord } from './client.js';
import { close, find, finding, readCard, readLoans, readRefusal, stopSending, verify } from './sending.js';
import { keepSentences } from './sentences.js';
import { call, forget, newCall, tell } from './state.js';

/** @typedef {import('./state.js').Card} Card */
/** @typedef {import('./state.js').Problem} Problem */
/** @typedef {import('./state.js').Verification} Verification */

/** The longest time that a timer of the browser takes. */
const longestTimer = 2 ** 31 - 1;
let expiry = 0;

/**
 * Looks for whom the text names; the searches that it may mean one after the other, until one finds.
 * @param {string} text
 */
export async function search(text) {
  const { kind, queries } = readCaller(text);
  if (finding.busy.peek() || kind === 'empty') return;
  if (kind === 'wrong') {
    tell('caller', 'bad', key('call-caller-wrong'));
    return;
  }
  call.message.value = null;
  for (const query of queries) {
    const found = await find(query);
    if (!found) return;
    if (found.error) {
      problem('caller', found.error, found.response);
      return;
    }
    if (found.data.items.length > 0) {
      show(found.data.items);
      return;
    }
  }
  tell('caller', 'warn', key('call-not-found'));
}

/** @param {Card[]} cards */
function show(cards) {
  if (cards.length === 1) {
    choose(cards[0]);
    return;
  }
  batch(() => {
    call.several.value = cards;
    call.step.value = 'several';
  });
}

/** @param {Card} card */
export function choose(card) {
  batch(() => {
    call.client.value = card;
    call.several.value = [];
    call.step.value = 'word';
  });
}

/**
 * Checks the word. The field is made anew whatever comes of it.
 * @param {string} word
 */
export async function check(word) {
  const client = call.client.peek();
  if (!client || call.step.peek() !== 'word') return;
  if (word.trim() === '') {
    tell('word', 'bad', key('call-word-empty'));
    return;
  }
  call.message.value = null;
  const checked = await verify(client.id, word);
  if (!checked) return;
  batch(() => {
    call.tries.value += 1;
    if (checked.error) refused(checked.error, checked.response);
    else settle(checked.data);
  });
}

/**
 * @param {Problem} error
 * @param {Response} response
 */
function refused(error, response) {
  if (error.errors?.some((field) => field.pointer === '/passphrase')) {
    tell('word', 'bad', key('call-word-refused'));
  } else if (response.status === 401) {
    tell('word', 'warn', key('call-word-again'));
  } else {
    problem('word', error, response);
  }
}

/** @param {Verification} verification */
function settle(verification) {
  const { id, outcome, opened_at, expires_at, attempts_left, locked_until } = verification;
  call.answer.value = { id, outcome, opened_at, expires_at, attempts_left, locked_until };
  call.active.value = 0;
  keepSentences(call.tongue.peek(), verification);
  const mayTryAgain = outcome === 'rejected' && attempts_left !== null && attempts_left > 0;
  call.step.value = mayTryAgain ? 'word' : 'answer';
  if (outcome === 'verified') {
    opened(verification);
  }
}

/** @param {Verification} verification */
function opened({ id, expires_at, loans, source }) {
  expiry = window.setTimeout(expire, Math.min(Date.parse(expires_at ?? '') - now(), longestTimer));
  call.loans.value = loans ?? null;
  call.source.value = source ?? null;
  void unmask();
  // An answer that was asked for again comes without them.
  if (!loans) {
    void fetchLoans(id);
  }
}

/** The names in full, now that they may be shown. Without them the masked ones stay. */
async function unmask() {
  const round = call.round.peek();
  const client = call.client.peek();
  const { data } = client ? await readCard(client.id) : { data: undefined };
  if (data && round === call.round.peek()) {
    call.client.value = data;
  }
}

/**
 * @param {string} [id]
 * @param {import('./state.js').Tongue} [tongue]
 */
export async function fetchLoans(id = call.answer.peek()?.id, tongue = call.tongue.peek()) {
  if (!id) return;
  if (call.message.peek()?.at === 'loans') {
    call.message.value = null;
  }
  const read = await readLoans(id, tongue);
  if (!read) return;
  if (read.response.status === 410) {
    expire();
  } else if (read.error) {
    problem('loans', read.error, read.response);
  } else {
    batch(() => {
      call.loans.value = read.data.loans;
      call.source.value = read.data.source;
      keepSentences(tongue, read.data);
    });
  }
}

/** F2: the sentences in the other language, as soon as they are there. */
export async function otherTongue() {
  const round = call.round.peek();
  const answer = call.answer.peek();
  const other = call.tongue.peek() === 'kk' ? 'ru' : 'kk';
  if (answer && !call.sentences.peek()[other]) {
    if (answer.outcome === 'verified') {
      await fetchLoans(answer.id, other);
    } else {
      const read = await readRefusal(answer.id, other);
      if (read?.data && round === call.round.peek()) keepSentences(other, read.data);
    }
    if (round !== call.round.peek() || call.message.peek()?.at === 'loans') return;
  }
  call.tongue.value = other;
  if (answer && !call.sentences.peek()[other]) tell('end', 'info', key('call-say-other'));
}

/**
 * @param {import('./state.js').Message['at']} at
 * @param {Problem} error
 * @param {Response} response
 */
export function problem(at, error, response) {
  const wait = Number(response.headers.get('retry-after'));
  if ((response.status === 429 || response.status === 503) && wait > 0) {
    tell(at, 'warn', key('call-too-long'), { vars: { time: time(now() + wait * 1000 + 59_000) } });
  } else {
    tell(at, 'bad', '', { problem: error });
  }
}

/** A lock has run out: the word may be tried again. */
export async function lockIsOver() {
  batch(() => {
    call.answer.value = null;
    call.sentences.value = {};
    call.step.value = 'word';
    tell('word', 'info', key('call-lock-over'));
  });
  await unmask();
}

/** Alt+B: the dialog with the reasons. */
export function askForReason() {
  const client = call.client.peek();
  if (!client) tell('caller', 'warn', key('call-block-first'));
  else if (hasWord(client.passphrase)) call.blocking.value = true;
}

/** The verification's time is over. The call may go on: its number stays. */
function expire() {
  void wipe();
  tell('caller', 'warn', key('call-expired'));
}

/** Nothing is open any more that could expire. */
export const stopExpiry = () => clearTimeout(expiry);

/** Esc Esc. */
export function end() {
  const began = call.client.peek() !== null || call.several.peek().length > 0;
  void wipe();
  newCall();
  if (began) {
    tell('caller', 'info', key('call-ended'));
  }
}

/**
 * The next caller: typed over the one before, or handed over by the exchange.
 * @param {string} text what the caller's field has in it
 * @param {string} [callId]
 */
export function next(text, callId) {
  void wipe();
  newCall();
  batch(() => {
    call.given.value = text;
    if (callId) {
      call.id.value = callId;
      call.idFrom.value = 'exchange';
    }
  });
}

onWipe(() => {
  const answer = call.answer.peek();
  const wasShown = call.client.peek() !== null;
  stopExpiry();
  stopSending();
  forget();
  if (document.hidden && wasShown) {
    tell('caller', 'warn', key('call-hidden-wiped'));
  }
  return answer?.outcome === 'verified' ? close(answer.id) : undefined;
});
