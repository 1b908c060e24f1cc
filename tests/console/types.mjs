// The API's document as the console reads it: the console comes with the service, and so knows every word of the
// lists that are open to others. Their types make the checker name a word that has no text yet. Codes of problems
// stay open: the console has some of its own, such as `aborted`.
import { readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
const document = JSON.parse(readFileSync(from, 'utf8'));
for (const [name, schema] of Object.entries(document.components.schemas)) {
  const words = schema['x-extensible-enum'];
  if (words && name !== 'ProblemCode') schema.enum = words;
}
writeFileSync(to, JSON.stringify(document));
