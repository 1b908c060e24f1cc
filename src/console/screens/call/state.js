// What is known of the call under way. One place, so that one function lets go of all of it.

import { batch, signal } from '../../app/view.js';
import { forgetMatch } from '../../app/wipe.js';
import { newCallId } from './call-id.js';

/** @typedef {import('qupia-api').components['schemas']} Schemas */
/** @typedef {Schemas['CardBody']} Card */
/** @typedef {Schemas['LoanBody']} Loan */
/** @typedef {Schemas['SourceBody']} Source */
/** @typedef {Schemas['VerificationBody']} Verification */
/** @typedef {Schemas['Problem']} Problem */
/** @typedef {'kk' | 'ru'} Tongue */

/**
 * Where the call stands. Focus follows it.
 * @typedef {'caller' | 'several' | 'word' | 'answer'} Step
 */

/**
 * What is said of a client in one language: the answer's sentence, and each loan's by its ticket.
 * @typedef {{ answer: string, loans: Map<string, string> }} Sentences
 */

/**
 * What stands under a field, in words of this page (`word`), or as the API told it (`problem`).
 * @typedef {{ at: 'caller' | 'word' | 'loans' | 'end' | 'block', tone: 'info' | 'warn' | 'bad', word: string,
 *   vars?: Record<string, string | number>, problem?: Problem | null }} Message
 */

/** @typedef {Pick<Verification, 'id' | 'outcome' | 'opened_at' | 'expires_at' | 'attempts_left' | 'locked_until'>} Answer */

/** A client has few; of hundreds no more are drawn than are looked at, so that a key never waits for them. */
export const loansAtOnce = 30;

export const call = {
  id: signal(newCallId(new Date())),
  idFrom: signal(/** @type {'exchange' | 'typed' | 'made'} */ ('made')),
  step: signal(/** @type {Step} */ ('caller')),
  /** Rises with every call: its fields are made anew, so that their undo history goes with the old ones. */
  round: signal(0),
  /** Rises with every attempt: so is the word's field. */
  tries: signal(0),
  /** what the caller's field has in it when it is made */
  given: signal(''),
  several: signal(/** @type {Card[]} */ ([])),
  client: signal(/** @type {Card | null} */ (null)),
  answer: signal(/** @type {Answer | null} */ (null)),
  /** null until they are read */
  loans: signal(/** @type {Loan[] | null} */ (null)),
  source: signal(/** @type {Source | null} */ (null)),
  active: signal(0),
  /** so many loans are drawn; more as one goes on */
  drawn: signal(loansAtOnce),
  sentences: signal(/** @type {Partial<Record<Tongue, Sentences>>} */ ({})),
  /** the language in which sentences are shown; it stays from call to call */
  tongue: signal(/** @type {Tongue} */ ('kk')),
  message: signal(/** @type {Message | null} */ (null)),
  blocking: signal(false),
  escaped: signal(false),
};

/** Lets go of the client, of what came of the call and of all fields; its number stays where the call goes on. */
export function forget() {
  batch(() => {
    call.step.value = 'caller';
    call.round.value += 1;
    call.given.value = '';
    call.several.value = [];
    call.client.value = null;
    call.answer.value = null;
    call.loans.value = null;
    call.source.value = null;
    call.active.value = 0;
    call.drawn.value = loansAtOnce;
    call.sentences.value = {};
    call.message.value = null;
    call.blocking.value = false;
    call.escaped.value = false;
  });
  forgetMatch();
}

/** A number for the next call. */
export function newCall() {
  batch(() => {
    call.id.value = newCallId(new Date());
    call.idFrom.value = 'made';
  });
}

/**
 * @param {Message['at']} at
 * @param {Message['tone']} tone
 * @param {string} word
 * @param {{ vars?: Record<string, string | number>, problem?: Problem | null }} [more]
 */
export function tell(at, tone, word, { vars, problem = null } = {}) {
  call.message.value = { at, tone, word, vars, problem };
}
