// What may be entered for a caller, read without a browser.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newCallId } from '../../src/console/screens/call/call-id.js';
import { readCaller } from '../../src/console/screens/call/caller.js';

const phone = (/** @type {string} */ text) => {
  const { kind, queries } = readCaller(text);
  return kind === 'phone' ? /** @type {any} */ (queries[0]).phone : `${kind}, no phone`;
};

test('a telephone is known in every form in which it is pasted', () => {
  for (const text of [
    '+77000000101',
    '8 700 000 01 01',
    '8(700)000-01-01',
    '7 700 000-01-01',
    '7000000101',
    'tel:+7-700-000-01-01',
    '+7\u00a0700\u00a0000–01–01',
    '\u202a+7 700 000 01 01\u202c',
    '00 7 700 000 01 01',
    '８７００００００１０１',
  ]) {
    assert.equal(phone(text), '+77000000101', text);
  }
  assert.equal(phone('+44 20 7946 0958'), '+442079460958');
});

test('a client number and a ticket are told apart, and the other kind is tried next', () => {
  assert.deepEqual(readCaller('K-000101'), {
    kind: 'client',
    queries: [{ client_number: 'K-000101' }, { ticket_number: 'K-000101' }, { client_number: 'К-000101' }],
  });
  assert.deepEqual(readCaller(' № зб – 000451 ').queries.slice(0, 2), [
    { ticket_number: 'ЗБ-000451' },
    { client_number: 'ЗБ-000451' },
  ]);
  assert.equal(readCaller('000451').kind, 'client');
});

test('the wrong keyboard layout is no wrong number', () => {
  assert.deepEqual(readCaller('p,-000451').queries[0], { ticket_number: 'ЗБ-000451' });
  assert.deepEqual(readCaller('л-000101').queries[2], { client_number: 'K-000101' });
});

test('at most four searches are made for one number, for empty ones are limited', () => {
  for (const text of ['k-1', 'К-1', 'зб-1', 'л-1', '1', 'a/b']) {
    assert.ok(readCaller(text).queries.length <= 4, text);
  }
});

test('what is no number is not searched for', () => {
  for (const text of ['?!', 'кто звонит?', '8 700', '-'.repeat(65)]) {
    const { kind, queries } = readCaller(text);
    assert.ok(kind !== 'phone', text);
    assert.ok(kind !== 'wrong' || queries.length === 0, text);
  }
  assert.deepEqual(readCaller(' '), { kind: 'empty', queries: [] });
});

test('a call has a number of its own, and of letters that the API takes', () => {
  const made = new Set(Array.from({ length: 50 }, () => newCallId(new Date(Date.UTC(2026, 10, 28, 4, 30, 15)))));
  assert.ok(made.size > 40);
  for (const id of made) assert.match(id, /^call-2026-11-28-093015-[a-z0-9]{4}$/);
});
