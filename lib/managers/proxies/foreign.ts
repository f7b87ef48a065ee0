/** What others ask any object for (a promise? `JSON.stringify`, Jest), and what an object without it answers. */
export const FOREIGN: ReadonlySet<string | symbol> = new Set([
  'then',
  'toJSON',
  '$$typeof',
  'asymmetricMatch',
]);
