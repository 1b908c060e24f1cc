// What happens between the page and the server.

/**
 * Lets a request reach the server and gives what it answered; the page has not got it yet.
 * @param {import('playwright-core').Route} route
 */
export async function reach(route) {
  const response = await route.fetch();
  const text = await response.text();
  return { response, json: text === '' ? null : JSON.parse(text) };
}
