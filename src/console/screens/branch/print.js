// The form: shown in a frame, printed, signed. The frame's document may load nothing but the form's style.

import { api } from '../../app/api.js';
import { date } from '../../app/format.js';
import { useKeys } from '../../app/keys.js';
import { html, useEffect, useRef, useSignal } from '../../app/view.js';
import { key, t } from '../../app/words.js';
import { Button } from '../../parts/button.js';
import { Problem } from '../../parts/problem.js';
import { CancelButton } from './cancel.js';
import { Choices } from './choices.js';
import { daysOfSigning } from './days.js';
import { StagePanel } from './stage.js';
import { formLanguage, goToWord, printsAtOnce, signedOn } from './visit.js';

/** The blank document with its own content security policy. */
const BLANK = '/console/print.html';

/** @param {{ application: import('./visit.js').Application }} props */
export function Print({ application }) {
  const form = useForm(application.id);
  const days = daysOfSigning(application.drafted_at);
  const day = useSignal(signedOn.value || days[0]);
  useKeys({ 'Alt+p': [form.print, key('branch-key-print')] });

  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    goToWord(day.value);
  };
  return html`<${StagePanel} title=${t('branch-print-title')} class="print">
    <div class="print-side">
      <${Choices} legend=${t('branch-form-language')} value=${formLanguage.value}
        options=${[{ value: 'kk', text: t('branch-form-kk') }, { value: 'ru', text: t('branch-form-ru') }]}
        onChange=${(/** @type {'kk' | 'ru'} */ chosen) => {
          formLanguage.value = chosen;
        }} />
      <${Button} icon="print" keys="Alt+p" disabled=${!form.shown.value} onClick=${form.print}>${t('branch-print-again')}<//>
      <form class="form" onSubmit=${submit}>
        <${Choices} legend=${t('branch-signed')} hint=${t('branch-signed-hint')} value=${day.value} first=${true}
          options=${days.map((value, index) => ({
            value,
            text:
              index === 0
                ? t('branch-signed-today', { day: date(value) })
                : t('branch-signed-earlier', { day: date(value) }),
          }))}
          onChange=${(/** @type {string} */ chosen) => {
            day.value = chosen;
          }} />
        <${Button} kind="primary" type="submit" keys="Enter">${t('branch-signed-next')}<//>
      </form>
      <${CancelButton} application=${application} />
    </div>
    <div class="print-sheet">
      <${Problem} error=${form.error.value} retry=${form.load} />
      <iframe ref=${form.frame} src=${BLANK} class="print-frame" title=${t('branch-print-form', { number: application.number })}
        onLoad=${form.ready}></iframe>
    </div>
  <//>`;
}

/**
 * The form in the frame, in the language chosen.
 * @param {string} id
 */
function useForm(id) {
  const frame = useRef(/** @type {HTMLIFrameElement | null} */ (null));
  const isReady = useRef(false);
  const asked = useRef(0);
  const shown = useSignal(false);
  const error = useSignal(/** @type {import('./visit.js').Problem | null} */ (null));
  const lang = formLanguage.value;

  async function load() {
    asked.current += 1;
    const mine = asked.current;
    error.value = null;
    const answer = await api.GET('/v1/applications/{id}/form', {
      params: { path: { id }, query: { lang } },
      parseAs: 'text',
    });
    const page = frame.current?.contentDocument;
    if (mine !== asked.current || !page) return;
    if (!answer.data) {
      // The API's document names no JSON for it, but it is a problem as ever.
      error.value = /** @type {any} */ (answer.error);
      return;
    }
    page.open();
    page.write(answer.data);
    page.close();
    shown.value = true;
    if (printsAtOnce.value) print();
  }

  function print() {
    if (!shown.value) return;
    printsAtOnce.value = false;
    frame.current?.contentWindow?.print();
  }

  useEffect(() => {
    if (isReady.current) void load();
  }, [id, lang]);
  useEffect(
    () => () => {
      asked.current += 1;
    },
    [],
  );
  return {
    frame,
    shown,
    error,
    load,
    print,
    /** The blank document has come; writing into it fires the event once more. */
    ready: () => {
      if (isReady.current) return;
      isReady.current = true;
      void load();
    },
  };
}
