/**
 * The widening rule in CEL, as the API server judges it, agrees with the rule in TypeScript on 2,000 generated pairs, and the
 * refusal names the fields that the rule names.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type WideningKind, widenedFields, widens } from '../../../crds/rules/widening/widening.ts';
import { type Caller, callerOf } from '../../kit/control-plane/caller.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installChart, webhookConfigurations } from '../../kit/installation/install.ts';
import { application, grant, type Kind, policy, type Sent } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import { applicationFamilies, type Family, grantFamilies, policyFamilies } from './spec-pairs.ts';

let cp: ControlPlane;
let admin: Caller;
/** May write everything and open nothing. */
let writer: Caller;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  await installChart(cp, {}, { without: webhookConfigurations });
  await cp.kubectl([
    'create',
    'clusterrole',
    'writer',
    '--verb=get,create,update,patch,delete',
    '--resource=supportaccesspolicies.supportaccess.dev,supportaccessgrants.supportaccess.dev,supportapplications.supportaccess.dev',
  ]);
  await cp.kubectl(['create', 'clusterrolebinding', 'writer', '--clusterrole=writer', '--user=writer']);
  admin = callerOf(cp.kubeconfig);
  writer = callerOf(await cp.userKubeconfig('writer'));
});

/** How many pairs the API server was asked about and judged, of all kinds. */
let judged = 0;

interface Tally {
  widening: number;
  narrowing: number;
}

function pathOf({ plural, namespaced }: Kind): string {
  return `/apis/supportaccess.dev/v1beta1/${namespaced ? 'namespaces/default/' : ''}${plural}`;
}

async function judgeFamily(kind: Kind, { old, news }: Family, tally: Tally): Promise<void> {
  const object = { ...kind.base(), spec: old };
  const path = `${pathOf(kind)}/${object.metadata.name}`;
  await judgeOne({
    kind,
    caller: async () => writer('POST', `${pathOf(kind)}?dryRun=All`, { body: object }),
    next: old,
    tally,
  });
  const stored = await admin('POST', pathOf(kind), { body: object });
  if (stored.status === 422) return;
  expect(stored.status, stored.text).toBe(201);
  const current = stored.body as Sent;
  try {
    // the specs are written out in full, so that the defaults of the API server change nothing
    expect(current.spec).toEqual(old);
    await Promise.all(
      news.map(async (next) => {
        const body = { ...current, spec: next };
        const caller = async () => writer('PUT', `${path}?dryRun=All`, { body });
        await judgeOne({ kind, caller, old: current.spec, next, tally });
      }),
    );
  } finally {
    await admin('DELETE', path);
  }
}

async function judgeOne(question: {
  kind: Kind;
  caller: () => ReturnType<Caller>;
  old?: object;
  next: object;
  tally: Tally;
}): Promise<void> {
  const { status, text } = await question.caller();
  // a schema or a rule of the kind refused it before the question whether it widens
  if (status === 422) return;
  const expected = widens(question.kind.kind as WideningKind, question.old, question.next);
  const pair = JSON.stringify({ old: question.old, next: question.next });
  expect([pair, status === 403], text).toEqual([pair, expected]);
  if (expected) expect(namedFields(text)).toEqual(fieldsThatWiden(question));
  judged += 1;
  question.tally[expected ? 'widening' : 'narrowing'] += 1;
}

/** The fields that a refusal names before what it says of them. */
function namedFields(text: string): string[] {
  const { message } = JSON.parse(text) as { message: string };
  const [, named = ''] =
    /denied request: (.*): enabling or widening needs the verb `open`/.exec(message) ?? [];
  return named.split(', ').sort();
}

function fieldsThatWiden({ kind, old, next }: { kind: Kind; old?: object; next: object }): string[] {
  if (old === undefined) return [kind.kind === 'SupportApplication' ? 'spec' : 'spec.access'];
  return widenedFields(kind.kind as WideningKind, old, next).map((field) => `spec.${field}`);
}

describe('CC-7 the API server and the processes agree on what widens, and by which fields,', () => {
  it.each([
    ['grants', grant, grantFamilies, 70],
    ['policies', policy, policyFamilies, 45],
    ['applications', application, applicationFamilies, 30],
  ] as const)(
    'of %s',
    async (_, kind, families, numRuns) => {
      const tally = { widening: 0, narrowing: 0 };
      await fc.assert(
        fc.asyncProperty(families, async (family) => judgeFamily(kind, family, tally)),
        { numRuns },
      );
      // both answers must have been given often, or the agreement would say little
      expect(tally.widening).toBeGreaterThan(numRuns / 2);
      expect(tally.narrowing).toBeGreaterThan(numRuns / 4);
    },
    120_000,
  );

  it('on 2,000 pairs at least', () => {
    expect(judged).toBeGreaterThanOrEqual(2000);
  });
});
