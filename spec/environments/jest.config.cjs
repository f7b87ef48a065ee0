'use strict';

const { projects, ...rest } = require('../../jest.config.cjs');

const root = `${__dirname}/../..`;
const functions = projects.find(({ displayName }) => displayName === 'functions');

/** The cases and the doors, as jest runs all specs here. Doors are no part of `npm test`: each has its own specs. */
module.exports = {
  ...rest,
  rootDir: root,
  projects: [
    {
      ...functions,
      testMatch: ['<rootDir>/spec/functions/cases.spec.ts', '<rootDir>/spec/environments/doors.spec.ts'],
    },
  ],
};
