/** What the image holds: the bundles start with Node alone, say what is wrong with their settings, and do the whole job. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../tools/image/bundles.ts';
import { type Bundles, makeBundles } from '../kit/installation/bundles.ts';
import type { ExampleInstallation } from '../kit/installation/example-installation.ts';
import { anExampleInstallation } from '../kit/installation/example-installation.ts';
import { ask, signedIn } from '../kit/people/acts.ts';
import { liftLock, lock } from '../kit/people/customer.ts';
import { verifyRecords } from '../kit/records/trail-reading.ts';

let bundles: Bundles;

beforeAll(async () => {
  bundles = await makeBundles();
});

afterAll(async () => bundles?.remove());

/** Runs a bundle where a pod would: nothing of this repository around it, not even an environment. */
function run(program: string, ...args: string[]): { code: number | null; problems: unknown[] } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
    cwd: '/',
    env: {},
    encoding: 'utf8',
    timeout: 20_000,
  });
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { problem?: unknown });
  return { code: status, problems: lines.map(({ problem }) => problem) };
}

describe('the bundles', () => {
  it('hold the programs that the chart starts, the thread of the records, and the plugin', () => {
    const names = readdirSync(bundles.folder).filter((name) => !/^part-\w+\.js$/.test(name));
    expect(names.toSorted()).toEqual([
      'kubectl-support_access.js',
      'operator.js',
      'package.json',
      'search-worker.js',
      'sqlite-worker.js',
      'webhook.js',
    ]);
  });

  it('hold a plugin that runs by itself, and says its version', () => {
    const plugin = join(bundles.folder, 'kubectl-support_access.js');
    expect(readFileSync(plugin, 'utf8')).toMatch(/^#!\/usr\/local\/bin\/node /);
    const { status, stdout } = spawnSync(process.execPath, [plugin, 'version'], {
      cwd: '/',
      env: {},
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, `${version}\n`]);
  });

  it('leave out the 15 MiB of the official client that nothing ever loads', () => {
    const sizes = readdirSync(bundles.folder).map((name) => statSync(join(bundles.folder, name)).size);
    expect(sizes.reduce((all, size) => all + size, 0)).toBeLessThan(8 * 2 ** 20);
  });

  it('refuse to start with unusable settings, and name every problem at once', () => {
    const operator = run(bundles.operator);
    expect(operator.code).toBe(2);
    // The lines of a log are written in any order when a program ends at once.
    expect(new Set(operator.problems)).toEqual(
      new Set([
        '--records-url must be given, for example https://support-access-records.support-access.svc:8445',
        '--records-token-file must be given, for example /var/run/secrets/support-access/token',
      ]),
    );
    const webhook = run(bundles.webhook, '--roles=gateway', '--support-port=none', '--bind=nowhere');
    expect(webhook.code).toBe(2);
    expect(webhook.problems.length).toBeGreaterThan(2);
    expect(webhook.problems.join('\n')).toContain('--support-port');
  });
});

describe('the product from its bundles', () => {
  let installation: ExampleInstallation;

  beforeAll(async () => {
    installation = await anExampleInstallation({ programs: bundles });
  });

  afterAll(async () => installation?.stop());

  it('lets a person in, masks, obeys a lock, and keeps records that verify', async () => {
    const ada = await signedIn(installation, 'case-4711');
    const log = await ask(installation, ada, '/api/email-log');
    expect([log.status, /@(customer|agency)\.example/.test(log.body)]).toEqual([200, false]);
    await lock(installation, 'all');
    expect((await ask(installation, ada)).status).not.toBe(200);
    await liftLock(installation, 'all');
    ada.leave();
    await verifyRecords(installation);
  });
});
