// The access token of this tab: in memory, and in sessionStorage so that a reload does not sign one out.

const kept = 'qupia-token';

let held = sessionStorage.getItem(kept);

/** @type {(dead: string) => Promise<boolean>} */
let askForSignIn = async () => false;

export const token = {
  get value() {
    return held;
  },
  /** @param {string} fresh */
  keep(fresh) {
    held = fresh;
    sessionStorage.setItem(kept, fresh);
  },
  /** Out of the storage at once; in memory until what has to be closed is closed. */
  leave() {
    sessionStorage.removeItem(kept);
  },
  forget() {
    held = null;
    sessionStorage.removeItem(kept);
  },
  /**
   * Who is asked when the server no longer knows the token: true once there is a new one.
   * @param {(dead: string) => Promise<boolean>} ask
   */
  onDead(ask) {
    askForSignIn = ask;
  },
  /** @param {string} dead */
  renew(dead) {
    return held && held !== dead ? Promise.resolve(true) : askForSignIn(dead);
  },
};
