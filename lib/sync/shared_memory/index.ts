/**
 * Python's `multiprocessing.shared_memory`. Nothing in it waits: it is that of the facade with promises.
 */
export * from '../../shared_memory';
