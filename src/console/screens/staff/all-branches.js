// All branches, to choose one of them: there are tens, seldom hundreds.

import { api } from '../../app/api.js';
import { useEffect, useState } from '../../app/view.js';

/** @typedef {import('../../app/api.js').Schemas['BranchBody']} Branch */

/** @returns {Promise<Branch[]>} what could be read of them */
async function readAll() {
  /** @type {Branch[]} */
  const branches = [];
  /** @type {string | undefined} */
  let cursor;
  do {
    const { data } = await api.GET('/v1/branches', { params: { query: { cursor, limit: 200 } } });
    branches.push(...(data?.items ?? []));
    cursor = data?.next_cursor ?? undefined;
  } while (cursor);
  return branches;
}

export function useBranches() {
  const [branches, setBranches] = useState(/** @type {Branch[]} */ ([]));
  useEffect(() => {
    let wanted = true;
    void readAll().then((read) => wanted && setBranches(read));
    return () => {
      wanted = false;
    };
  }, []);
  return branches;
}
