// Who is signed in, until when, and the ways in and out.

import { batch, signal } from '../vendor/signals.js';
import { api } from './api.js';
import { now } from './clock.js';
import { token } from './token.js';
import { wipe, wipeSecrets } from './wipe.js';

/** @typedef {import('./api.js').Schemas['StaffBody']} Staff */
/** @typedef {import('./api.js').Schemas['RoleName']} Role */
/** @typedef {import('./api.js').Problem} Problem */

/**
 * starting: asks who the kept token belongs to; out: the sign-in page; in; ended: the sign-in over the
 * screen; handed: the tab is in a client's hands.
 * @typedef {'starting' | 'out' | 'in' | 'ended' | 'handed'} Phase
 */

export const phase = signal(/** @type {Phase} */ ('starting'));
/** Who is signed in; stays while a session has ended and its screen waits for them. */
export const me = signal(/** @type {Staff | null} */ (null));
/** When the session ends, in milliseconds by the server's clock. */
export const endsAt = signal(/** @type {number | null} */ (null));
/** A one-time password has to be changed before anything else. */
export const passwordDue = signal(false);
/** The last two minutes have begun. */
export const endingSoon = signal(false);
/** The sign-in over the screen is open although the session still lives. */
export const renewing = signal(false);
/** Why one is out: to be said on the sign-in page. */
export const outBecause = signal(/** @type {'' | 'here' | 'other-tab' | 'handed'} */ (''));
/** A screen is open: also while its session has ended and it waits. */
export const seated = signal(false);
/** Who hands the tab over, what the client sees, and where the staff goes on. */
export const handed = signal(
  /** @type {{ login: string, view: () => import('preact').VNode, over: boolean } | null} */ (null),
);
/** A one-time password as it was typed, until it is changed: it need not be typed again. */
let oneTime = '';

const warnBefore = 120_000;
const tabs = new BroadcastChannel('qupia-session');

/** @type {((signedIn: boolean) => void)[]} */
let waiting = [];
/** @type {Promise<unknown>} */
let leaving = Promise.resolve();

/** @param {boolean} signedIn */
function answerWaiting(signedIn) {
  const answered = waiting;
  waiting = [];
  for (const answer of answered) answer(signedIn);
}

/** The one-time password typed a moment ago, or ''. */
export const typedOneTime = () => oneTime;

/**
 * What a token says of itself (RFC 9068): only the sign-in answers `expires_in`.
 * @param {string | null} jwt
 * @returns {{ exp?: number, role?: Role }}
 */
function claims(jwt) {
  try {
    return JSON.parse(atob((jwt ?? '').split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return {};
  }
}

/** The role of the kept token, if there is one; the server decides if it is still good. */
export const likelyRole = () => claims(token.value).role;

/** Goes on with the token of this tab, if it is still good; asks until somebody answers. */
export async function resume() {
  for (;;) {
    const kept = token.value;
    if (!kept) break;
    const { data, response } = await api.GET('/v1/staff/me');
    if (data) {
      batch(() => {
        me.value = data;
        endsAt.value = (claims(kept).exp ?? 0) * 1000 || null;
        passwordDue.value = data.password_change_required;
        seated.value = !data.password_change_required;
        phase.value = 'in';
      });
      return;
    }
    if (response.status === 401 || response.status === 403) break;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  token.forget();
  phase.value = 'out';
}

/**
 * Signs in, or anew over the screen; gives the problem where it failed.
 * @param {string} login
 * @param {string} password
 * @param {ReturnType<typeof import('./send.js').createSend>} send waits where the server is busy
 * @returns {Promise<Problem | null>} null also where `send` was stopped
 */
export async function signIn(login, password, send) {
  await leaving;
  const answer = await send(() => api.POST('/v1/sessions', { body: { login, password } }));
  if (!answer?.data) return answer?.error ?? null;
  const { data } = answer;
  const before = token.value;
  batch(() => {
    token.keep(data.access_token);
    endsAt.value = now() + data.expires_in * 1000;
    passwordDue.value = data.staff.password_change_required;
    oneTime = passwordDue.value ? password : '';
    endingSoon.value = false;
    renewing.value = false;
    handed.value = null;
    outBecause.value = '';
    me.value = data.staff;
    phase.value = 'in';
    if (!passwordDue.value) seated.value = true;
  });
  if (before) void closeSession(before);
  if (!passwordDue.value) answerWaiting(true);
  return null;
}

/** @param {string} jwt */
const closeSession = (jwt) => api.DELETE('/v1/sessions/current', { headers: { Authorization: `Bearer ${jwt}` } });

/** The one-time password is changed: the screen opens, and what waited goes on. */
export function passwordChanged() {
  oneTime = '';
  batch(() => {
    passwordDue.value = false;
    seated.value = true;
  });
  answerWaiting(true);
}

/** Opens the sign-in over the screen before the session ends: the API prolongs none. */
export function keepAlive() {
  if (phase.value === 'in') renewing.value = true;
}

/**
 * Signs out: everything of a client is let go first, then the token dies, here and in one's other tabs.
 * @param {'here' | 'other-tab' | 'handed'} [because]
 */
export function signOut(because = 'here') {
  const jwt = token.value;
  const staff = me.value;
  token.leave();
  const closing = wipe();
  if (because !== 'other-tab' && staff) tabs.postMessage({ signedOut: staff.id });
  batch(() => {
    phase.value = because === 'handed' ? 'handed' : 'out';
    me.value = null;
    seated.value = false;
    endsAt.value = null;
    passwordDue.value = false;
    endingSoon.value = false;
    renewing.value = false;
    outBecause.value = because;
    oneTime = '';
  });
  answerWaiting(false);
  leaving = (async () => {
    // What the screens close (a verification) still needs the token, but not for long.
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 2000))]);
    token.forget();
    if (jwt) await closeSession(jwt);
  })();
  return leaving;
}

/**
 * Puts the tab into a client's hands: the staff is signed out, and the shell shows `view` and nothing else.
 * @param {() => import('preact').VNode} view
 */
export function handOver(view) {
  const login = me.value?.login ?? '';
  const left = signOut('handed');
  handed.value = { login, view, over: false };
  return left;
}

/** The client is done, or staff wants the tab back: asks for the staff's password to sign in anew. */
export function takeBack() {
  if (handed.value) handed.value = { ...handed.value, over: true };
}

/** Back to what the client sees: no password was given. */
export function handOn() {
  if (handed.value) handed.value = { ...handed.value, over: false };
}

function end() {
  void wipeSecrets();
  endingSoon.value = false;
  renewing.value = false;
  phase.value = 'ended';
}

token.onDead((dead) => {
  if (dead !== token.value) return Promise.resolve(token.value !== null && phase.value === 'in');
  if (phase.value !== 'in' && phase.value !== 'ended') return Promise.resolve(false);
  if (phase.value === 'in') end();
  return new Promise((resolve) => waiting.push(resolve));
});

tabs.addEventListener('message', ({ data }) => {
  if (me.value && data?.signedOut === me.value.id) void signOut('other-tab');
});

setInterval(() => {
  if (phase.value !== 'in' || endsAt.value === null) return;
  const left = endsAt.value - now();
  if (left <= 0) end();
  else endingSoon.value = left <= warnBefore;
}, 1000);
