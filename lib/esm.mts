export * from './index.js';
// `import multiprocessing from …`, as the other doors give it.
export { default } from './index.js';
