export { PicklingError, UnpicklingError } from '../errors';
export { by_reference, register } from './registry';
export type { Reducer } from './registry';
