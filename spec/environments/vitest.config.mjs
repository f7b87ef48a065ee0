import { join } from 'node:path';

export default {
  test: {
    globals: true,
    include: ['spec/functions/cases.spec.ts', 'spec/environments/doors.spec.ts'],
    testTimeout: 30_000,
    fileParallelism: false,
  },
  resolve: { alias: {} },
  root: join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..'),
};
