// The stacked bars of a report, drawn by uPlot, which is loaded when a chart is first shown.

import { html, useEffect, useRef } from '../../app/view.js';
import { OUTCOMES } from './figures.js';

const HEIGHT = 260;

/** @type {Promise<any> | undefined} */
let library;

function loadLibrary() {
  library ??= loadBoth().catch((error) => {
    // Asked for again with the next chart, for the server may have been away.
    library = undefined;
    throw error;
  });
  return library;
}

async function loadBoth() {
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = new URL('../../vendor/uplot.css', import.meta.url).href;
  const styled = new Promise((resolve) => {
    sheet.onload = resolve;
    sheet.onerror = resolve;
  });
  document.head.append(sheet);
  const [module] = await Promise.all([import('../../vendor/uplot.js'), styled]);
  return module.default;
}

/**
 * The heights of the bars, the tallest first: each series is drawn over the one before it.
 * @param {import('./figures.js').Slot[]} slots
 */
export function stacked(slots) {
  const heights = slots.map(() => 0);
  const series = OUTCOMES.map((name) =>
    slots.map((slot, index) => {
      heights[index] += slot.outcomes[name];
      return heights[index];
    }),
  );
  return [slots.map((_, index) => index), ...series.reverse()];
}

/**
 * A colour of the style sheet as a canvas takes it: a probe resolves `light-dark()` and the like.
 * @param {HTMLElement} near
 * @param {string} name
 */
function colour(near, name) {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/**
 * @param {any} uPlot
 * @param {import('./figures.js').Slot[]} slots
 * @param {HTMLElement} target
 */
function options(uPlot, slots, target) {
  const [text, line, gap] = ['--text-muted', '--border', '--surface'].map((name) => colour(target, name));
  const font = `13px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: text, font, ticks: { stroke: line, width: 1 } };
  return {
    width: target.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false, range: [-0.5, slots.length - 0.5] },
      y: {
        range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ max) => [
          0,
          Math.max(max, 4) * 1.05,
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 36,
        grid: { show: false },
        splits: (/** @type {any} */ plot) => labelled(slots, plot.width),
        values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map((index) => short(slots[index].label)),
      },
      {
        ...axis,
        size: 44,
        grid: { stroke: line, width: 1 },
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
      },
    ],
    series: [
      {},
      ...OUTCOMES.toReversed().map((name) => ({
        fill: colour(target, `--reports-${name}`),
        stroke: gap,
        width: 1,
        points: { show: false },
        paths: uPlot.paths.bars({ size: [0.72, 56] }),
      })),
    ],
  };
}

/**
 * The slots whose labels have room.
 * @param {import('./figures.js').Slot[]} slots
 * @param {number} width
 */
function labelled(slots, width) {
  const room = slots.length > 0 && slots[0].label.length > 2 ? 52 : 30;
  const step = Math.max(1, Math.ceil((slots.length * room) / Math.max(width - 60, room)));
  return slots.map((_, index) => index).filter((index) => index % step === 0);
}

/** @param {string} label an hour, or a day of which day and month are enough */
function short(label) {
  return label.length > 2 ? `${label.slice(8)}.${label.slice(5, 7)}` : label;
}

/**
 * A picture of the figures that stand in the table beside it.
 * @param {{ slots: import('./figures.js').Slot[], label: string }} props
 */
export function Chart({ slots, label }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const target = box.current;
    if (!target) return undefined;
    let gone = false;
    /** @type {any} */
    let plot;
    const resized = new ResizeObserver(() => plot?.setSize({ width: target.clientWidth, height: HEIGHT }));
    const draw = (/** @type {any} */ uPlot) => {
      plot?.destroy();
      plot = new uPlot(options(uPlot, slots, target), stacked(slots), target);
    };
    const redraw = () =>
      loadLibrary().then(
        (uPlot) => gone || draw(uPlot),
        () => {},
      );
    // Colours are read from the style sheet, so another theme is another picture.
    const scheming = new MutationObserver(redraw);
    scheming.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    redraw().then(() => gone || resized.observe(target));
    return () => {
      gone = true;
      resized.disconnect();
      scheming.disconnect();
      plot?.destroy();
    };
  }, [slots]);
  return html`<div class="reports-chart" role="img" aria-label=${label} ref=${box}></div>`;
}
