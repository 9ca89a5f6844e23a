/** Where the records cannot be opened: a Node without SQLite, and a webhook of another release. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { installed } from '../../../../crds/names.ts';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const main = fileURLToPath(new URL('../../../../cli/main.ts', import.meta.url));

it('a Node without SQLite says which one reads a records file, and what can be read instead', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'records-')), 'records.db');
  writeFileSync(file, 'SQLite format 3\0');
  const words = ['--no-experimental-sqlite', main, 'records', 'head', '--file', file];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(stderr).toContain('a records file is read by Node 22.13 or newer, and this is');
  expect(stderr).toContain('a copy made by "records print -o json" can be read by it');
  expect(status).toBe(3);
});

it('a pod without the port of the records is of another release, and is not connected to', async () => {
  const pod = {
    metadata: { name: 'webhook-0', namespace: 'support-access' },
    spec: { containers: [{ ports: [{ name: 'admission', containerPort: 10250 }] }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const replies: Readonly<Record<string, Reply>> = {
    [`/configmaps/${installed.authority}`]: [200, { metadata: {}, data: { 'ca.crt': 'a ca' } }],
    [`/services/${installed.webhookService}`]: [
      200,
      {
        metadata: {},
        spec: {
          selector: { app: 'webhook' },
          ports: [{ name: 'records', port: 8445, targetPort: 'records' }],
        },
      },
    ],
    '/pods': [200, { kind: 'List', metadata: { resourceVersion: '1' }, items: [pod] }],
  };
  const { options, calls } = await scriptedServer((asked) => {
    const [, reply] = Object.entries(replies).find(([end]) => asked.endsWith(end)) ?? [];
    return reply ?? failure(404, 'none', 'none');
  });
  const { code, err } = await call(['records', 'head', ...options.slice(0, 2)]);
  expect(err).toContain('the pod webhook-0 has no port named records; use the plugin of its release');
  expect(code).toBe(3);
  expect(calls.filter((each) => each.includes('portforward'))).toEqual([]);
});
