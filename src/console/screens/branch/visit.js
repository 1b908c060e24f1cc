// One visit at the counter: which client, which application, and how far it has come. It is kept outside
// the screen, so that a look at another screen does not lose it, and goes with every wipe.

import { api } from '../../app/api.js';
import { batch, signal } from '../../app/view.js';
import { onWipe } from '../../app/wipe.js';
import { key, language } from '../../app/words.js';

/** @typedef {import('../../app/api.js').Schemas['CardBody']} Card */
/** @typedef {import('../../app/api.js').Schemas['ApplicationBody']} Application */
/** @typedef {import('../../app/api.js').Problem} Problem */
/** @typedef {'find' | 'new' | 'client' | 'draft' | 'print' | 'word' | 'done'} Stage */
/** @typedef {'kk' | 'ru'} FormLanguage */

export const stage = signal(/** @type {Stage} */ ('find'));
export const client = signal(/** @type {Card | null} */ (null));
export const application = signal(/** @type {Application | null} */ (null));
export const signedOn = signal('');
/** The form goes to the printer as soon as it is shown: only just after the draft. */
export const printsAtOnce = signal(false);
export const formLanguage = signal(/** @type {FormLanguage} */ ('kk'));
/** There is no English form; who reads English gets the state language. */
export const languageOfForms = () => /** @type {FormLanguage} */ (language.value === 'ru' ? 'ru' : 'kk');
/** What has just been done, said on the screen that comes next. */
export const news = signal('');

/** The steps that the stepper names. */
export const STEPS = [
  key('branch-step-client'),
  key('branch-step-draft'),
  key('branch-step-print'),
  key('branch-step-word'),
];

const STEP_OF = { find: 0, new: 0, client: 0, draft: 1, print: 2, word: 3, done: STEPS.length };

/** @param {Stage} at */
export const stepOf = (at) => STEP_OF[at];

/**
 * @param {Card} card
 * @param {string} [said]
 */
export function chooseClient(card, said = '') {
  batch(() => {
    client.value = card;
    application.value = null;
    signedOn.value = '';
    news.value = said;
    stage.value = 'client';
  });
}

/**
 * @param {Application} drafted
 * @param {FormLanguage | null} printIn  in which language it is printed at once; null where it was printed before
 */
export function goToPrint(drafted, printIn) {
  batch(() => {
    application.value = drafted;
    signedOn.value = '';
    news.value = '';
    printsAtOnce.value = printIn !== null;
    formLanguage.value = printIn ?? languageOfForms();
    stage.value = 'print';
  });
}

/** @param {string} day */
export function goToWord(day) {
  batch(() => {
    signedOn.value = day;
    stage.value = 'word';
  });
}

/** @param {Stage} to */
export function goTo(to) {
  batch(() => {
    news.value = '';
    stage.value = to;
  });
}

/** @param {Application} completed */
export function finish(completed) {
  batch(() => {
    application.value = completed;
    stage.value = 'done';
  });
}

/** The next client: nothing of this one stays. */
export function leave() {
  batch(() => {
    client.value = null;
    application.value = null;
    signedOn.value = '';
    news.value = '';
    stage.value = 'find';
  });
}

onWipe(leave);

/**
 * Reads an application and its client anew, and goes to where it stands.
 * @param {string} id
 * @returns {Promise<Problem | null>}
 */
export async function goOnWith(id) {
  const read = await api.GET('/v1/applications/{id}', { params: { path: { id } } });
  if (!read.data) return read.error;
  const card = await api.GET('/v1/clients/{id}', { params: { path: { id: read.data.client_id } } });
  if (!card.data) return card.error;
  const [found, about] = [read.data, card.data];
  batch(() => {
    client.value = about;
    application.value = found;
    printsAtOnce.value = false;
    formLanguage.value = languageOfForms();
    if (found.state === 'completed') stage.value = 'done';
    else stage.value = found.state === 'draft' ? 'print' : 'client';
  });
  return null;
}

/**
 * Reads the client's card anew, after something has changed.
 * @returns {Promise<Problem | null>}
 */
export async function refreshClient() {
  const id = client.value?.id;
  if (!id) return null;
  const { data, error } = await api.GET('/v1/clients/{id}', { params: { path: { id } } });
  if (data && client.value?.id === id) client.value = data;
  return error ?? null;
}
