// Who stands at the counter: one field for a telephone, a client number or a ticket.

import { api } from '../../app/api.js';
import { phone } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { useSend } from '../../app/send.js';
import { html, useRef, useSignal } from '../../app/view.js';
import { useWipe } from '../../app/wipe.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Field } from '../../parts/field.js';
import { Notice } from '../../parts/notice.js';
import { Problem } from '../../parts/problem.js';
import { Waiting } from '../../parts/waiting.js';
import { readCaller } from '../call/caller.js';
import { nameOf } from '../client/card.js';
import { StateBadge } from '../client/state.js';
import { StagePanel } from './stage.js';
import { chooseClient, goTo, news } from './visit.js';

/** @typedef {import('./visit.js').Card} Card */
/** @typedef {'' | 'empty' | 'wrong' | 'none'} Trouble */

const TROUBLES = { empty: key('branch-find-empty'), wrong: key('branch-find-wrong'), none: key('branch-find-none') };

export function Find() {
  const search = useSearch(chooseClient);
  useKeys({ 'Alt+n': [() => goTo('new'), key('branch-key-new')] });
  return html`<${StagePanel} title=${t('branch-find-title')} class="stage-narrow">
    ${news.value && html`<${Notice} tone="ok" said="polite"><p>${news.value}</p><//>`}
    <${SearchForm} search=${search} />
    <${Found} cards=${search.found.value} onChoose=${chooseClient} />
    <p class="stage-aside">
      <${Button} icon="plus" keys="Alt+n" onClick=${() => goTo('new')}>${t('branch-find-new')}<//>
    </p>
  <//>`;
}

/**
 * One search after the other, until one finds somebody.
 * @param {(card: Card) => void} onOne
 */
export function useSearch(onOne) {
  const send = useSend();
  const entered = useSignal('');
  const trouble = useSignal(/** @type {Trouble} */ (''));
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const found = useSignal(/** @type {Card[]} */ ([]));

  function forget() {
    entered.value = '';
    trouble.value = '';
    error.value = null;
    found.value = [];
  }
  useWipe(forget);

  async function run() {
    const { kind, queries } = readCaller(entered.value);
    found.value = [];
    error.value = null;
    trouble.value = kind === 'empty' || kind === 'wrong' ? kind : '';
    for (const body of queries) {
      const answer = await send(() => api.POST('/v1/clients/search', { body }));
      if (!answer) return;
      if (!answer.data) {
        error.value = answer.error;
        return;
      }
      const cards = answer.data.items;
      if (cards.length === 1) onOne(cards[0]);
      else found.value = cards;
      if (cards.length > 0) return;
    }
    if (queries.length > 0) trouble.value = 'none';
  }
  const mend = () => {
    trouble.value = '';
  };
  return { send, entered, trouble, error, found, run, mend, forget };
}

/** @param {{ search: ReturnType<typeof useSearch> }} props */
export function SearchForm({ search }) {
  const { send, entered, trouble, error, run } = search;
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    await run();
    if (trouble.value) input.current?.select();
  };
  return html`<form class="search" onSubmit=${submit} role="search">
    <${Field} label=${t('branch-find-label')} value=${entered} inputRef=${input} hint=${t('branch-find-hint')} data-first
      error=${trouble.value ? t(TROUBLES[trouble.value]) : ''} onInput=${search.mend} maxlength="100"
      enterkeyhint="search" />
    <${Button} kind="primary" type="submit" icon="search" keys="Enter" busy=${send.busy.value}>${t('branch-find')}<//>
  </form>
  <${Waiting} send=${send} />
  <${Problem} error=${error.value} />`;
}

/**
 * Several clients on one telephone: arrows and Enter choose.
 * @param {{ cards: Card[], onChoose: (card: Card) => void }} props
 */
export function Found({ cards, onChoose }) {
  if (cards.length === 0) return null;
  /** @param {KeyboardEvent & { currentTarget: HTMLElement }} event */
  const walk = (event) => {
    const all = [...event.currentTarget.querySelectorAll('button')];
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  };
  return html`<div class="found">
    <p role="status">${t('branch-find-several', { count: cards.length })}</p>
    <ul class="found-list" onKeyDown=${walk}>
      ${cards.map(
        (card, index) => html`<li key=${card.id}>
          <button type="button" class="found-card" onClick=${() => onChoose(card)}
            ref=${index === 0 ? focusFirst : undefined}>
            <strong>${nameOf(card)}</strong>
            <span>${card.client_number}</span> <span>${phone(card.phone)}</span>
            <${StateBadge} state=${card.passphrase.state} />
          </button>
        </li>`,
      )}
    </ul>
  </div>`;
}

/** @param {HTMLElement | null} button */
function focusFirst(button) {
  button?.focus();
}
