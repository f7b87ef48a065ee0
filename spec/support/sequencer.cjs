'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

/** Kinds of specs, those first whose files take the longest: then the last file to end does not end alone. */
const KINDS = ['integration', 'functions', 'contract', 'unit'];

/** Where Jest has not seen yet how long files take, it would begin with the largest; what starts programs is short. */
module.exports = class ByKind extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const rank = ({ context }) => KINDS.indexOf(context.config.displayName?.name);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
};
