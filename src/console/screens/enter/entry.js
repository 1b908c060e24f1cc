// The passphrase, typed twice: on the client's own device, on the branch's that was handed over, or by
// staff. It never knows which; whoever shows it brings the way in (`Entry`).

import { newKey } from '../../app/api.js';
import { html, useEffect, useMemo, useRef, useState } from '../../app/view.js';
import { forgetMatch, useWipeSecrets } from '../../app/wipe.js';
import { key, t } from '../../app/words.js';
import { Meter } from './meter.js';
import { Keys, useOwnKeys } from './own-keys.js';
import { watchStrength } from './strength.js';
import { Suggestions } from './suggestions.js';
import { tidy } from './tidy.js';
import { WordInput } from './word-field.js';

/** @typedef {import('./access.js').Entry} Entry */
/** @typedef {import('./access.js').Completion} Completion */
/**
 * What stands under the field instead of advice.
 * @typedef {{ kind: 'differ' | 'wait' | 'unanswered', detail?: undefined } | { kind: 'refused', detail: string } | null} Trouble
 */

const TITLES = { first: key('enter-title-first'), second: key('enter-title-second') };
const LEADS = {
  client: { first: key('enter-lead-first-client'), second: key('enter-lead-second-client') },
  staff: { first: key('enter-lead-first-staff'), second: key('enter-lead-second-staff') },
};
const TROUBLES = {
  differ: key('enter-trouble-differ'),
  wait: key('enter-trouble-wait'),
  unanswered: key('enter-trouble-unanswered'),
};

/**
 * @param {object} props
 * @param {Entry} props.entry
 * @param {'client' | 'staff'} props.typist
 * @param {boolean} props.ownKeys  whether keys are on the screen at first
 * @param {boolean} props.shownAtFirst
 * @param {(completion: Extract<Completion, { state: 'done' }>) => void} props.onDone
 * @param {(completion: Exclude<Completion, { state: 'done' }>) => void} props.onOver  it cannot go on
 */
export function EnterWord({ entry, typist, ownKeys, shownAtFirst, onDone, onOver }) {
  const flow = useEntry(entry, onDone, onOver);
  const [shown, setShown] = useState(shownAtFirst);
  const keys = useOwnKeys(ownKeys);
  const { step, busy, trouble, insist, field } = flow;
  const next = step === 'first' ? t('enter-next') : t('enter-finish');
  const title = t(TITLES[step]);

  return html`
    <div class="entry" data-step=${step} data-keys=${keys.on}>
      <div class="entry-form">
        <h1 class="entry-title" id="entry-title">${title}</h1>
        <p class="entry-lead">${t(LEADS[typist][step])}</p>
        <${WordInput} key=${step} fieldId=${`entry-word-${step}`} label=${title} describedBy="entry-advice" shown=${shown}
          onShown=${setShown} ownKeys=${keys.on} invalid=${insist || trouble?.kind === 'differ'} busy=${busy}
          onWord=${flow.typed} onEnter=${flow.next} field=${field} />
        ${
          step === 'first'
            ? html`<${Meter} verdict=${flow.strength.verdict.value} id="entry-advice" insist=${insist} />`
            : html`<p class="entry-advice" id="entry-advice">${t('enter-advice-second')}</p>`
        }
        <${TroubleText} trouble=${trouble} waiting=${entry.waiting.value} />
        <div class="entry-actions">
          ${
            !keys.on &&
            html`<button type="button" class="entry-next" onClick=${flow.next} aria-disabled=${busy}>${next}</button>`
          }
          ${
            step === 'second' &&
            html`<button type="button" class="entry-again" onClick=${flow.restart}>${t('enter-restart')}</button>`
          }
        </div>
        ${
          step === 'first' &&
          html`<${Suggestions} suggest=${entry.suggest} onTake=${(/** @type {string} */ phrase) => {
            setShown(true);
            field.current?.replace(phrase);
          }} />`
        }
        <button type="button" class="entry-keys" aria-pressed=${keys.on} onClick=${keys.toggle}>
          ${keys.on ? t('enter-keys-off') : t('enter-keys-on')}
        </button>
      </div>
      ${keys.on && html`<${Keys} keys=${keys} field=${field} onNext=${flow.next} next=${next} busy=${busy} />`}
    </div>`;
}

/** @param {{ trouble: Trouble, waiting: import('../../app/send.js').Waiting | null }} props */
function TroubleText({ trouble, waiting }) {
  const words = waiting ? t('enter-waiting') : trouble && (trouble.detail ?? t(TROUBLES[trouble.kind]));
  return html`
    <p class="entry-trouble" role="alert">${words && html`<span aria-hidden="true">▲</span> ${words}`}</p>`;
}

/**
 * The steps of the entry and the two words. The words are in plain variables that are emptied when it ends:
 * a signal or a state would keep an older one for the next comparison.
 * @param {Entry} entry
 * @param {(completion: Extract<Completion, { state: 'done' }>) => void} onDone
 * @param {(completion: Exclude<Completion, { state: 'done' }>) => void} onOver
 */
function useEntry(entry, onDone, onOver) {
  const strength = useMemo(() => watchStrength(entry.check), [entry]);
  const words = useRef({ typed: '', first: '', key: '' });
  const field = useRef(/** @type {import('./word-field.js').WordField | null} */ (null));
  const busyNow = useRef(false);
  const [step, setStep] = useState(/** @type {'first' | 'second'} */ ('first'));
  const [busy, setBusy] = useState(false);
  const [insist, setInsist] = useState(false);
  const [trouble, setTrouble] = useState(/** @type {Trouble} */ (null));

  function forget() {
    words.current = { typed: '', first: '', key: '' };
    field.current?.replace('');
    strength.forget();
    forgetMatch();
  }
  useEffect(() => forget, []);
  useWipeSecrets(restart);

  /** @param {string} word */
  function typed(word) {
    words.current.typed = tidy(word);
    if (step === 'first') strength.typed(words.current.typed);
    setInsist(false);
    setTrouble(null);
  }

  function restart() {
    forget();
    setTrouble(null);
    setInsist(false);
    setStep('first');
    field.current?.focus();
  }

  async function goToSecond() {
    const asked = words.current.typed;
    const verdict = await strength.settled();
    // Typed on meanwhile.
    if (words.current.typed !== asked) return;
    if (asked === '' || (verdict && !verdict.acceptable)) {
      setInsist(true);
      field.current?.focus();
      return;
    }
    // Without a verdict (no connection) the completion judges.
    words.current = { typed: '', first: asked, key: newKey() };
    strength.forget();
    setTrouble(null);
    setStep('second');
  }

  async function finish() {
    const { typed: second, first, key: sentAs } = words.current;
    if (second !== first) {
      field.current?.replace('');
      setTrouble({ kind: 'differ' });
      return;
    }
    const completion = await entry.complete(first, second, sentAs);
    settle(completion);
  }

  /** @param {Completion} completion */
  function settle(completion) {
    switch (completion.state) {
      case 'done':
        forget();
        onDone(completion);
        return;
      case 'refused':
        restart();
        setTrouble({ kind: 'refused', detail: completion.detail });
        return;
      case 'differ':
      case 'wait':
      case 'unanswered':
        setTrouble({ kind: completion.state });
        return;
      default:
        forget();
        onOver(completion);
    }
  }

  async function next() {
    if (busyNow.current) return;
    busyNow.current = true;
    setBusy(true);
    try {
      await (step === 'first' ? goToSecond() : finish());
    } finally {
      busyNow.current = false;
      setBusy(false);
    }
  }

  return { step, busy, insist, trouble, strength, field, typed, next, restart };
}
