import { oracle } from '../support';

/** What CPython 3.11 answered. */
export const recorded = oracle('q01_queues');

/** Numbers from 0 up to this one. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const EMPTY = { type: 'Empty', str: '' };
export const FULL = { type: 'Full', str: '' };

/** Address of an object, as the recording has it. */
export const masked = ({ type, str }: { type: string; str: string }): { type: string; str: string } => ({
  type,
  str: str.replace(/0x[\da-f]+/, '0xADDR'),
});
