// The ways in: the sign-in page, the first password, and the sign-in over a screen.

export { Again } from './again.js';
export { FirstPassword } from './first_password.js';
export { SignIn } from './page.js';
export { Starting } from './starting.js';
