// The hand-over: a link is made and opened here, the specialist is signed out, and the client types on
// this screen. The specialist comes back with their password, and to this application.

import { api, newKey } from '../../app/api.js';
import { handOver, me } from '../../app/session.js';
import { effect, html } from '../../app/view.js';
import { language, setLanguage } from '../../app/words.js';
import { open } from '../enter/access.js';
import { HandedEntry } from '../enter/handed.js';
import { goOnWith, signedOn } from './visit.js';

/**
 * Where the specialist goes on: opaque ids alone, for the wipe took the rest.
 * @type {{ application: string, staff: string, language: import('../../app/words.js').Language } | null}
 */
let handed = null;

/**
 * Gives the problem where it failed: then nobody was signed out.
 * @param {import('./visit.js').Application} application
 * @returns {Promise<import('./visit.js').Problem | null>}
 */
export async function startHandOver(application) {
  const staff = me.value?.id;
  if (!staff) return null;
  // Only within the press itself does a browser grant the full screen; without it the page does as well.
  document.documentElement.requestFullscreen?.().catch(() => {});
  const link = await api.POST('/v1/applications/{id}/entry-link', {
    params: { path: { id: application.id } },
    body: { signed_on: signedOn.value },
    headers: { 'Idempotency-Key': newKey() },
  });
  const answer = link.data ? await open(link.data.code) : { error: link.error };
  if (!('opened' in answer)) {
    leaveFullScreen();
    return answer.error;
  }
  const { opened } = answer;
  handed = { application: application.id, staff, language: language.value };
  void handOver(() => html`<${HandedEntry} opened=${opened} />`);
  return null;
}

/** The specialist is back: to the application that was handed over, and to their own language. */
export async function comeBack() {
  if (!handed) return null;
  const { application, staff, language: spoken } = handed;
  handed = null;
  void setLanguage(spoken);
  return me.value?.id === staff ? goOnWith(application) : null;
}

function leaveFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
}

// The full screen ends with the specialist's return, wherever they sign in.
effect(() => {
  if (me.value) leaveFullScreen();
});
