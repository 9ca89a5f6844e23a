/** What failed in a suite, a line each, from the report that its runner leaves behind. */
import { relative } from 'node:path';

/** What is read of the JSON report of a suite. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages: readonly string[];
  }[];
}

const longest = 300;

/**
 * Lines such as `failed: unit test/a.test.ts: a lock stops it: expected 1 to be 2`. A file that failed outside its tests,
 * in a hook or by an import, is one line; a runner that left no report is one too.
 */
export function whatFailed(suite: string, { success, testResults }: Report, root: string): string[] {
  const lines = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length > 0)
      return failed.map((one) => lineOf(`${suite} ${file}: ${one.fullName}`, one.failureMessages[0]));
    return status === 'failed' ? [lineOf(`${suite} ${file}`, message)] : [];
  });
  if (success || lines.length > 0) return lines;
  return [`failed: ${suite}: the runner ended with an error outside of every test; see its output above`];
}

function lineOf(what: string, message = ''): string {
  const [first = ''] = message.split('\n', 1);
  return `failed: ${what}: ${first.slice(0, longest)}`;
}
