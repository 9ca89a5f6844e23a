import { describe, expect, it } from 'vitest';
import { installing } from '../../../../cli/check/before-rights.ts';
import { judgeClock, judgeVersion } from '../../../../cli/check/server.ts';
import { problemComplaints } from '../../../kit/messages/good-message.ts';

describe('the version of the API server', () => {
  it.each([
    ['v1.30.9', 'failed'],
    ['v1.31.0', 'to do'],
    ['v1.34.5', 'to do'],
    ['v1.35.0', 'ok'],
    ['v1.37.1', 'ok'],
    ['v1.36.2-eks-1234', 'ok'],
    ['v1.38.0', 'ok'],
    ['v2.0.0', 'to do'],
    ['', 'to do'],
  ])('%s is %s', (gitVersion, state) => {
    const found = judgeVersion({ gitVersion });
    expect(found.state).toBe(state);
    if (state === 'failed') expect(problemComplaints(found.says)).toEqual([]);
  });

  it('that is newer than what is tested is told as that', () => {
    expect(judgeVersion({ gitVersion: 'v1.38.0' }).says).toContain('newer than what is tested');
  });
});

describe('the clocks', () => {
  it.each([
    [0, 'ok'],
    [5_000, 'ok'],
    [5_001, 'to do'],
    [-5_001, 'to do'],
    [60_000, 'to do'],
    [60_001, 'failed'],
    [-60_001, 'failed'],
  ])('%i ms apart are %s', (offset, state) => {
    const found = judgeClock(offset);
    expect(found.state).toBe(state);
    if (state !== 'ok') expect(found.says).toContain(offset > 0 ? 'ahead of yours' : 'behind yours');
  });
});

it('each right of an installer is asked about once', () => {
  const keys = installing.map(({ verb, group, resource }) => `${verb} ${resource}.${group}`);
  expect(new Set(keys).size).toBe(keys.length);
});
