// A QR code as one path: dark on light in every theme, for cameras read it so.

import { html, useMemo } from '../../app/view.js';
import { encode } from '../../vendor/uqr.js';

/** ISO/IEC 18004 asks for four light modules around it. */
const QUIET_ZONE = 4;

/** @param {{ text: string, label: string }} props */
export function QrCode({ text, label }) {
  const { size, path } = useMemo(() => drawn(text), [text]);
  return html`<svg class="qr" role="img" aria-label=${label} viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" />
    <path d=${path} fill="#000" />
  </svg>`;
}

/** @param {string} text */
function drawn(text) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return { size, path };
}
