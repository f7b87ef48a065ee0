import { join } from 'node:path';

export default {
  test: {
    globals: true,
    include: ['spec/functions/cases.spec.ts'],
    testTimeout: 20_000,
    fileParallelism: false,
  },
  resolve: { alias: {} },
  root: join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..'),
};
