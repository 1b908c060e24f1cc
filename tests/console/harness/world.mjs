// What is in the server of a test: staff of each role, clients, loans and passphrases, all by the public API.

import { request } from 'node:http';
import { ADMIN_FIRST_PASSWORD, startServer } from './server.mjs';

/** Everybody's password but the one-time ones. */
export const PASSWORD = 'copper-lantern-quail-58';

/** @typedef {{ ticket: string, product?: string, due: number, balance?: string, grace?: number | null, asOf?: string }} LoanPart */
/**
 * @typedef {{ number: string, names: string[], phone: string, word?: string, blocked?: boolean, loans?: LoanPart[] }} ClientPart
 * `due` is in days from today; `word` is set by an application; `blocked` blocks it.
 */

/** @type {{ login: string, name: string, role: string, branch_code?: string }[]} */
export const STAFF = [
  { login: 'aigul', name: 'Айгүл Серік', role: 'call_center' },
  { login: 'timur', name: 'Тимур Ахметов', role: 'call_center' },
  { login: 'daniyar', name: 'Данияр Оспанов', role: 'branch', branch_code: 'ALA-1' },
  { login: 'saule', name: 'Сәуле Ержанова', role: 'supervisor' },
  { login: 'oleg', name: 'Олег Ким', role: 'auditor' },
];

/**
 * A server with staff, and with the clients that a test wants.
 * @param {{ settings?: Record<string, string>, clients?: ClientPart[] }} [wanted]
 */
export async function startWorld({ settings = {}, clients = [] } = {}) {
  const server = await startServer(settings);
  try {
    return await furnish(server, clients);
  } catch (fault) {
    await server.stop();
    throw fault;
  }
}

/**
 * @param {Awaited<ReturnType<typeof startServer>>} server
 * @param {ClientPart[]} clients
 */
async function furnish(server, clients) {
  const call = caller(server.api);

  const admin = await firstSignIn(call, 'admin', ADMIN_FIRST_PASSWORD);
  await call('POST', '/v1/branches', admin, { code: 'ALA-1', name: 'Абай даңғылы', city: 'Алматы' });
  for (const person of STAFF) {
    const made = await call('POST', '/v1/staff', admin, person);
    await firstSignIn(call, person.login, made.password);
  }
  const service = await call('POST', '/v1/staff', admin, { login: 'loans-feed', name: 'Loans', role: 'loan_system' });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: service.client_id,
    client_secret: service.client_secret,
  });
  const feed = (await call('POST', '/v1/oauth/token', null, form)).access_token;
  const branch = await signIn(call, 'daniyar');

  const world = {
    server,
    origin: server.origin,
    call,
    admin,
    branch,
    /** @param {string} login */
    signIn: (login) => signIn(call, login),
    /** @param {ClientPart} part */
    addClient: (part) => addClient(call, feed, branch, part),
    /** The events about one client, newest first. @param {string} clientId */
    async events(clientId) {
      const auditor = await signIn(call, 'oleg');
      return (await call('GET', `/v1/audit/events?client_id=${clientId}&limit=200`, auditor)).items;
    },
    stop: () => server.stop(),
  };
  for (const part of clients) {
    await world.addClient(part);
  }
  return world;
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

/**
 * A function that asks the API and throws where it refuses.
 * @param {string} api
 */
function caller(api) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {string | null} token
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  return async function call(method, path, token, body) {
    const isForm = body instanceof URLSearchParams;
    const isText = typeof body === 'string';
    const kind = isForm ? 'application/x-www-form-urlencoded' : isText ? 'application/x-ndjson' : 'application/json';
    const sent = body === undefined ? undefined : isForm || isText ? String(body) : JSON.stringify(body);
    const { status, text } = await ask(`${api}${path}`, method, sent, {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(sent === undefined ? {} : { 'content-type': kind, 'content-length': String(Buffer.byteLength(sent)) }),
    });
    if (status >= 400) {
      throw new Error(`${method} ${path}: ${status} ${text}`);
    }
    return text === '' ? null : JSON.parse(text);
  };
}

/**
 * One request on a connection of its own: one that is kept could be closed by the server at the moment it is used.
 * @param {string} url
 * @param {string} method
 * @param {string | undefined} body
 * @param {Record<string, string>} headers
 * @returns {Promise<{ status: number, text: string }>}
 */
function ask(url, method, body, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** @typedef {ReturnType<typeof caller>} Call */

/**
 * @param {Call} call
 * @param {string} login
 * @param {string} [password]
 * @returns {Promise<string>} the token
 */
async function signIn(call, login, password = PASSWORD) {
  return (await call('POST', '/v1/sessions', null, { login, password })).access_token;
}

/**
 * Signs in with a one-time password and changes it to [PASSWORD].
 * @param {Call} call
 * @param {string} login
 * @param {string} oneTime
 */
async function firstSignIn(call, login, oneTime) {
  const token = await signIn(call, login, oneTime);
  await call('POST', '/v1/staff/me/password', token, { current_password: oneTime, new_password: PASSWORD });
  return token;
}

/**
 * @param {Call} call
 * @param {string} feed the loan system's token
 * @param {string} branch a branch specialist's token
 * @param {ClientPart} part
 * @returns {Promise<string>} the client's id
 */
async function addClient(call, feed, branch, part) {
  const asOf = new Date().toISOString();
  const lines = [
    {
      type: 'client',
      client_number: part.number,
      family_name: part.names[0],
      given_name: part.names[1] ?? null,
      patronymic: part.names[2] ?? null,
      phone: part.phone,
      as_of: asOf,
    },
    ...(part.loans ?? []).map((loan) => ({
      type: 'loan',
      ticket_number: loan.ticket,
      client_number: part.number,
      product: loan.product ?? 'Алтын',
      due_on: dayFromToday(loan.due),
      balance: { amount: loan.balance ?? '125000.00', currency: 'KZT' },
      grace_days: loan.grace === undefined ? 20 : loan.grace,
      status: 'open',
      as_of: loan.asOf ?? asOf,
    })),
  ];
  const pushed = await call(
    'POST',
    '/v1/loan-system/batches',
    feed,
    lines.map((line) => JSON.stringify(line)).join('\n'),
  );
  if (pushed.rejected_total > 0) {
    throw new Error(`not pushed: ${JSON.stringify(pushed.rejected)}`);
  }
  const found = await call('POST', '/v1/clients/search', branch, { client_number: part.number });
  const id = found.items[0].id;
  if (part.word) {
    await setWord(call, branch, id, part.word);
  }
  if (part.blocked) {
    const supervisor = await signIn(call, 'saule');
    await call('POST', `/v1/clients/${id}/passphrase/block`, supervisor, { reason: 'asked by the client' });
  }
  return id;
}

/**
 * @param {Call} call
 * @param {string} branch
 * @param {string} clientId
 * @param {string} word
 */
async function setWord(call, branch, clientId, word) {
  const draft = await call('POST', '/v1/applications', branch, {
    client_id: clientId,
    identity_document: { kind: 'identity_card', seen: true },
  });
  await call('POST', `/v1/applications/${draft.id}/completion`, branch, {
    signed_on: dayFromToday(0),
    passphrase: word,
    passphrase_repeat: word,
  });
}

/**
 * @param {number} days
 * @returns {string} the day in the business time zone
 */
export function dayFromToday(days) {
  const zone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Almaty', dateStyle: 'short' });
  return zone.format(new Date(Date.now() + days * 86_400_000));
}
