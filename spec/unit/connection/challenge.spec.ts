import {
  CHALLENGE,
  createResponse,
  FAILURE,
  hmac,
  verifyChallenge,
  WELCOME,
} from '../../../lib/connection/challenge';
import {
  answer_challenge,
  deliver_challenge,
  shakeHands,
  wireOver,
  type Messaging,
} from '../../../lib/connection/handshake';
import { go } from '../../../lib/util/eventual';
import { makeChallenge, marksOf, MESSAGE_LENGTH } from '../../../lib/connection/marks';

const authkey = Buffer.from('supadupasecretkey');

/** What CPython 3.13 answers to `prefix + b'is-twenty-bytes-long'`. */
const ANSWERS = [
  ['', 'f08c5aa7ef61fc426b5b135fd8a223ae'],
  ['{md5}', '2b30be753d06dcff0a1db3c97c96e7eb'],
  ['{sha256}', '0ed2bf5258efb96604b831848a9212d31f7468b3fc6fc61af1ebe84f08349e47'],
  [
    '{sha384}',
    '6e1f8271304a4881208ccb08e87056add2ffad158e27907b7be42cc522d1a72702ceb7c5aa4ad6f504146d7d5d988f53',
  ],
  ['{sha3_256}', 'ea3b8daca21f2fd35aff21a61dec99d454a95c90d61c86ef8729852ba59c5ded'],
  [
    '{sha3_384}',
    '2a30bd714bec3961f46fa88b0c3dfa7352f1231125f2461af11d5e16af11095586c2ce42134b519d4cd47497f02656e8',
  ],
] as const;

const thrown = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing';
};

const rejected = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

describe('ChallengeResponseTest', () => {
  test.each(ANSWERS)('test_challengeresponse %s', (prefix, digest) => {
    const message = Buffer.from(`${prefix}is-twenty-bytes-long`);
    const response = createResponse(authkey, message);
    expect(response.toString('latin1').startsWith(prefix)).toBe(true);
    expect(response.subarray(prefix.length).toString('hex')).toBe(digest);
    expect(thrown(() => verifyChallenge(authkey, message, response))).toBe('nothing');
    expect(thrown(() => verifyChallenge(Buffer.from('other'), message, response))).toBe(
      'AuthenticationError: digest received was wrong',
    );
  });

  test('an old client answers a modern challenge with bare MD5', () => {
    const message = Buffer.concat([Buffer.from('{sha256}'), Buffer.alloc(40, 7)]);
    const response = hmac(authkey, message, 'md5') as Buffer;
    expect(response).toHaveLength(16);
    expect(thrown(() => verifyChallenge(authkey, message, response))).toBe('nothing');
  });

  const message = Buffer.concat([Buffer.from('{sha256}'), Buffer.alloc(40)]);
  test.each([
    ['x'.repeat(16), 'digest received was wrong'],
    [`{sha256}${'x'.repeat(31)}`, "expected 'sha256' of length 32 got 31"],
    [`{sha256}${'x'.repeat(32)}`, 'digest received was wrong'],
    [
      '{sha1}xxx',
      "unsupported message length, missing digest prefix, or unsupported digest: message=b'{sha1}xxx'",
    ],
    [
      '{constructor}x',
      "unsupported message length, missing digest prefix, or unsupported digest: message=b'{constructor}x'",
    ],
    ['', "unsupported message length, missing digest prefix, or unsupported digest: message=b''"],
    [
      'something bogus',
      "unsupported message length, missing digest prefix, or unsupported digest: message=b'something bogus'",
    ],
  ])('the answer %j is refused in CPython’s words', (response, text) => {
    expect(thrown(() => verifyChallenge(authkey, message, Buffer.from(response)))).toBe(
      `AuthenticationError: ${text}`,
    );
  });

  test.each([['{sha1}'.padEnd(46)], [''.padEnd(21)], ['{sha256'.padEnd(40)]])(
    'the challenge %j has no answer',
    (challenge) => {
      expect(thrown(() => createResponse(authkey, Buffer.from(challenge)))).toMatch(
        /^AuthenticationError: unsupported/,
      );
    },
  );
});

/** A peer that says these things, whatever it hears. */
function script(...lines: readonly (string | Buffer)[]): Messaging & { readonly sent: Buffer[] } {
  const sent: Buffer[] = [];
  const left = [...lines];
  return {
    sent,
    send_bytes: async (bytes) => void sent.push(Buffer.from(bytes)),
    recv_bytes: async () => Buffer.from(left.shift() ?? ''),
  };
}

describe('OtherTest', () => {
  test('test_deliver_challenge_auth_failure', async () => {
    const peer = script('something bogus');
    expect(await rejected(deliver_challenge(peer, Buffer.from('abc')))).toMatch(/^AuthenticationError: /);
    expect(peer.sent[0]?.subarray(0, CHALLENGE.length)).toEqual(CHALLENGE);
    expect(peer.sent[1]).toEqual(FAILURE);
  });

  test('test_answer_challenge_auth_failure', async () => {
    const peer = script(Buffer.concat([CHALLENGE, Buffer.alloc(20, 'x')]), 'something bogus');
    expect(await rejected(answer_challenge(peer, Buffer.from('abc')))).toBe(
      'AuthenticationError: digest sent was rejected',
    );
  });

  test.each([
    ['bogus', "Protocol error, expected challenge: message=b'bogus'"],
    ['#CHALLENGE#'.padEnd(30, 'x'), 'challenge too short: 19 bytes'],
  ])('the challenge %j is none', async (challenge, text) => {
    expect(await rejected(answer_challenge(script(challenge), authkey))).toBe(`AuthenticationError: ${text}`);
  });

  test.each([[deliver_challenge], [answer_challenge]])('%p: a key is bytes', async (call) => {
    expect(await rejected(call(script(), 'abc' as never))).toBe(
      "ValueError: Authkey must be bytes, not <class 'str'>",
    );
  });
});

describe('what a challenge tells', () => {
  test('is as long as that of CPython, and never twice the same', () => {
    const challenges = Array.from({ length: 100 }, () => makeChallenge(authkey, 'listener'));
    expect(new Set(challenges.map((each) => each.toString('hex'))).size).toBe(100);
    for (const each of challenges) {
      expect(each).toHaveLength('{sha256}'.length + MESSAGE_LENGTH);
      expect(each.toString('latin1', 0, 8)).toBe('{sha256}');
    }
    expect(MESSAGE_LENGTH).toBe(40);
  });

  test('to those who have the key: the side, and the family', () => {
    const isFamily = process.platform === 'linux';
    expect(marksOf(authkey, makeChallenge(authkey, 'listener'))).toEqual({ side: 'listener', isFamily });
    expect(marksOf(authkey, makeChallenge(authkey, 'client'))).toEqual({ side: 'client', isFamily });
  });

  test('to others nothing, and those of others tell nothing', () => {
    const nothing = { side: null, isFamily: false };
    expect(marksOf(Buffer.from('other'), makeChallenge(authkey, 'listener'))).toEqual(nothing);
    expect(marksOf(authkey, makeChallenge(authkey, null))).toEqual(nothing);
    expect(marksOf(authkey, Buffer.alloc(20))).toEqual(nothing);
  });

  test('nothing when a bit is changed', () => {
    for (let at = 8; at < 40; at++) {
      const challenge = makeChallenge(authkey, 'client');
      challenge.writeUInt8(challenge.readUInt8(at) ^ 1, at);
      expect(marksOf(authkey, challenge).side).toBeNull();
    }
  });
});

describe('a challenge that is reflected', () => {
  const REFLECTED = 'AuthenticationError: the challenge was reflected: it is not of the other end';

  test('by who lets a client answer what another client has asked', async () => {
    const asked = Buffer.concat([CHALLENGE, makeChallenge(authkey, 'client')]);
    const peer = script(asked);
    expect(await rejected(go(shakeHands(wireOver(peer), authkey, 'client')).promise())).toBe(REFLECTED);
    expect(peer.sent).toEqual([]);
  });

  test('on the connection that it was delivered on', async () => {
    let challenge = Buffer.alloc(0);
    const sent: Buffer[] = [];
    let turn = 0;
    const mirror: Messaging = {
      send_bytes: async (bytes) => {
        if (turn === 0) challenge = Buffer.from(bytes);
        sent.push(Buffer.from(bytes));
      },
      recv_bytes: async () =>
        turn++ === 0 ? createResponse(authkey, challenge.subarray(CHALLENGE.length)) : challenge,
    };
    await deliver_challenge(mirror, authkey);
    expect(await rejected(answer_challenge(mirror, authkey))).toBe(REFLECTED);
    expect(sent.at(-1)).toEqual(WELCOME);
  });
});
