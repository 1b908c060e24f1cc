// A component that is loaded when it is first drawn: what few see in a day need not be there from the start.

import { html, useEffect, useState } from './view.js';

/**
 * later(() => import('./help.js').then(({ Help }) => Help)); where the server is away it asks again.
 * @param {() => Promise<(props: any) => import('preact').VNode>} load
 */
export function later(load) {
  /** @type {((props: any) => import('preact').VNode) | null} */
  let loaded = null;

  /** @param {Record<string, unknown>} props */
  return function Later(props) {
    const [, draw] = useState(0);
    useEffect(() => {
      let wanted = true;
      const ask = async () => {
        while (wanted && !loaded) {
          loaded = await load().catch(() => new Promise((resolve) => setTimeout(() => resolve(null), 1000)));
        }
        if (wanted) draw(1);
      };
      if (!loaded) void ask();
      return () => {
        wanted = false;
      };
    }, []);
    return loaded && html`<${loaded} ...${props} />`;
  };
}
