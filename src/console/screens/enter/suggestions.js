// Phrases to take as they are, or to make one's own from: drawn by lot by the service.

import { html, useEffect, useRef, useState } from '../../app/view.js';
import { language, t } from '../../app/words.js';

const SHOWN = 2;

/**
 * @param {object} props
 * @param {(language: 'kk' | 'ru' | 'en') => Promise<string[]>} props.suggest
 * @param {(phrase: string) => void} props.onTake
 */
export function Suggestions({ suggest, onTake }) {
  const [phrases, setPhrases] = useState(/** @type {string[]} */ ([]));
  const [first, setFirst] = useState(0);
  const asked = useRef(0);
  const wanted = language.value;

  async function draw() {
    asked.current += 1;
    const mine = asked.current;
    const drawn = await suggest(wanted);
    // The language was changed meanwhile.
    if (mine !== asked.current) return;
    setPhrases(drawn);
    setFirst(0);
  }

  useEffect(() => {
    draw();
    return () => {
      asked.current += 1;
    };
  }, [wanted]);

  if (phrases.length === 0) return null;
  const others = () => (first + SHOWN * 2 <= phrases.length ? setFirst(first + SHOWN) : draw());
  return html`
    <div class="suggestions">
      <span class="suggestions-title" id="suggestions-title">${t('enter-suggestions')}</span>
      <ul class="suggestions-list" aria-labelledby="suggestions-title" lang=${wanted}>
        ${phrases.slice(first, first + SHOWN).map(
          (phrase) => html`
            <li key=${phrase}>
              <button type="button" class="chip" onClick=${() => onTake(phrase)}>${phrase}</button>
            </li>`,
        )}
        <li>
          <button type="button" class="chip chip-more" onClick=${others}>
            <span aria-hidden="true">↻</span> ${t('enter-suggestions-more')}
          </button>
        </li>
      </ul>
    </div>`;
}
