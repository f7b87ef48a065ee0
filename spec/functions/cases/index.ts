import type { Case } from './case';
import { cases as classes } from './classes';
import { cases as modules } from './modules';
import { cases as odd } from './odd';
import { cases as refusals } from './refusals';
import { cases as registered } from './registered';
import { cases as syntax } from './syntax';
import { cases as variables } from './variables';

/** Every case that any environment can run. */
export const allCases: readonly Case[] = [
  ...variables,
  ...classes,
  ...syntax,
  ...modules,
  ...refusals,
  ...registered,
  ...odd,
];
