/**
 * What the plugin says when it fails, provoked by the call, the file, the right or the object that leads to it, on a real API
 * server with the rules of the chart. That no message is forgotten, test/unit/cli/messages.test.ts reads from the source.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../../kit/cli/call.ts';
import { callerOf, mergePatch } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installChart, releaseNamespace, webhookConfigurations } from '../../kit/installation/install.ts';
import { problemComplaints, refusalComplaints } from '../../kit/messages/good-message.ts';
import { collection, grant, matrix, user } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { fileOf, refused, untold, type Way } from './plugin-failures.ts';

const folder = mkdtempSync(join(tmpdir(), 'support-access-plugin-'));
const at = (name: string): string => join(folder, name);
const now = Date.parse('2026-12-01T12:00:00Z');

let cp: ControlPlane;
/** The kubeconfigs that the calls name. */
const kubeconfigs: Record<string, string> = {};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  writeFileSync(at('text.txt'), 'no record\n');
  writeFileSync(at('two.yaml'), 'a: 1\n---\nb: 2\n');
  writeFileSync(at('empty.yaml'), '');
  writeFileSync(at('broken.yaml'), 'a: [1\n');
  writeFileSync(at('alias.yaml'), 'a: &x 1\nb: *x\n');
  const other = new DatabaseSync(at('other.db'));
  other.exec('CREATE TABLE notes (text)');
  other.close();
  const text = readFileSync(cp.kubeconfig, 'utf8');
  const variant = (name: string, change: (before: string) => string): void => {
    writeFileSync(at(name), change(text));
    kubeconfigs[name] = at(name);
  };
  variant('unreachable', (before) => before.replace(/server: \S+/, 'server: https://127.0.0.1:9'));
  variant('untrusted', (before) => before.replace(/certificate-authority-data: \S+/, ''));
  variant('unknown', (before) =>
    before.replace(/client-certificate-data: \S+/, 'token: nobody').replace(/client-key-data: \S+/, ''),
  );
  kubeconfigs['admin'] = cp.kubeconfig;
  kubeconfigs['powerless'] = await cp.userKubeconfig('vera');
});

async function said({ words, as, says, code }: Way): Promise<string> {
  const path = as === undefined ? undefined : (kubeconfigs[as] ?? expect.unreachable(as));
  const typed = words.map((word) => word.replace(fileOf(''), `${folder}/`));
  const called = await call([...typed, ...(path === undefined ? [] : ['--kubeconfig', path])], { now });
  expect(called.code, called.err).toBe(code);
  const lines = called.err.split('\n');
  const text = lines
    .slice(lines.findIndex((line) => line.startsWith('error: ')))
    .join('\n')
    .replace(/^error: /, '')
    .trim();
  if (typeof says === 'string') expect(text).toContain(says);
  else expect(text).toMatch(says);
  return text;
}

describe('before the product is there, the plugin', () => {
  it('says so, and how to go on', async () => {
    const text = await said({
      words: ['grant', 'enable', 'x'],
      as: 'admin',
      code: 3,
      says: 'support-access is not installed',
    });
    expect(problemComplaints(text)).toEqual([]);
  });
});

describe('the plugin', () => {
  beforeAll(async () => {
    await installChart(cp, {}, { without: webhookConfigurations });
    const operator = callerOf(
      (await cp.serviceAccountKubeconfig(releaseNamespace, 'support-access-operator')).kubeconfig,
    );
    for (const kind of [user, matrix, grant]) await make(collection(kind), kind.base());
    const prepared = { ...grant.base().spec, access: 'Disabled' };
    const before = { startTime: '2026-11-01T08:00:00Z', expirationTime: '2026-11-03T08:00:00Z' };
    await make(collection(grant), {
      ...grant.base(),
      metadata: { name: 'over' },
      spec: { ...prepared, ...before },
    });
    await make(collection(grant), { ...grant.base(), metadata: { name: 'ended' }, spec: prepared });
    const consentEnded = { consent: 2, reason: 'MatrixChanged', time: '2026-12-01T09:00:00Z' };
    const { status, text } = await operator('PATCH', `${collection(grant)}/ended/status`, {
      body: { status: { consentEnded } },
      contentType: mergePatch,
    });
    expect(status, text).toBe(200);
  });

  async function make(path: string, body: object): Promise<void> {
    const { status, text } = await cp.admin.send('POST', path, { body });
    expect(status, text).toBe(201);
  }

  it.each(refused.map((way) => [way.words.join(' '), way] as const))(
    'says rule and way out: %s',
    async (_, way) => {
      expect(refusalComplaints({ text: await said(way) })).toEqual([]);
    },
  );

  it.each(untold.map((way) => [`${way.words.join(' ')} (${way.as ?? 'no cluster'})`, way] as const))(
    'says what to do: %s',
    async (_, way) => {
      expect(problemComplaints(await said(way))).toEqual([]);
    },
  );
});
