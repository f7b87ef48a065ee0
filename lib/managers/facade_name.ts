/** Whose classes: those whose methods give promises, or those whose methods block. */
export type FacadeName = 'async' | 'sync';
