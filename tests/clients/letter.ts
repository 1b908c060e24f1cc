// The signature of a webhook (docs/webhooks.md), checked without a library. The letter that it is tried on is in a
// file; the story of docs/api.md has run once this begins.
import {createHmac, timingSafeEqual} from 'node:crypto';
import {readFileSync} from 'node:fs';
import './story.js';

function isSigned(secret: string, headers: Headers, body: string) {
  const at = headers.get('webhook-timestamp');
  const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
  const wanted = hmac.update(`${headers.get('webhook-id')}.${at}.${body}`).digest();
  const isFresh = Math.abs(Date.now() / 1000 - Number(at)) < 300;
  const given = (headers.get('webhook-signature') ?? '').split(' ').filter((one) => one.startsWith('v1,'));
  const digests = given.map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  return isFresh && digests.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}

const {secret, headers, body} = JSON.parse(readFileSync(process.env.LETTER ?? '', 'utf8'));
const late = {...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 600)};
const rotated = {...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}`};
const seen = [
  isSigned(secret, new Headers(headers), body),
  isSigned(secret, new Headers(rotated), body),
  isSigned(secret, new Headers(headers), `${body} `),
  isSigned(secret, new Headers(late), body),
];
console.log('letters', seen.join(' '));
