import { describe, expect, it } from 'vitest';
import { type Report, whatFailed } from '../../../tools/what-failed.ts';

const passed = { fullName: 'a lock stops it', status: 'passed', failureMessages: [] };
const failed = {
  fullName: 'a lock is lifted',
  status: 'failed',
  failureMessages: ['expected 1 to be 2\n    at x.ts'],
};

function aReport(...testResults: Report['testResults']): Report {
  const success = testResults.every(({ status }) => status === 'passed');
  return { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, success, testResults };
}

function aFile(
  status: string,
  assertionResults: Report['testResults'][number]['assertionResults'],
  message = '',
) {
  return { name: '/repo/test/a.test.ts', status, message, assertionResults };
}

describe('what failed', () => {
  it('is a line for each test, with its file and the first line of why', () => {
    expect(whatFailed('unit', aReport(aFile('failed', [passed, failed])), '/repo')).toEqual([
      'failed: unit test/a.test.ts: a lock is lifted: expected 1 to be 2',
    ]);
  });

  it('is a line for a file that failed in a hook', () => {
    expect(
      whatFailed('e2e', aReport(aFile('failed', [passed], 'Hook timed out in 60000ms.')), '/repo'),
    ).toEqual(['failed: e2e test/a.test.ts: Hook timed out in 60000ms.']);
  });

  it('is a line for a suite that failed outside of its files, and none for one that passed', () => {
    const report = aReport(aFile('passed', [passed]));
    expect(whatFailed('node', { ...report, success: false }, '/repo')).toEqual([
      'failed: node: the runner ended with an error outside of every test; see its output above',
    ]);
    expect(whatFailed('node', report, '/repo')).toEqual([]);
  });
});
