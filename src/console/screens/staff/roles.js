// The roles that a person may have; a service account is entered on a screen of its own.

/** @typedef {import('../../app/api.js').Schemas['RoleName']} RoleName */

/** @type {readonly RoleName[]} */
export const PEOPLE = ['call_center', 'branch', 'supervisor', 'auditor', 'admin'];
