/** The API server alone, with none of our processes: what the schemas and rules of the kinds refuse and let through. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { matrices, matrixName } from '../../../crds/matrices/index.ts';
import { readManifests, type Schema, storedSchema } from '../../../tools/generate/manifests.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { refusalComplaints } from '../../kit/messages/good-message.ts';
import { allKinds, collection, grant, type Kind, type Sent } from '../../kit/objects/valid-objects.ts';
import { dedicatedControlPlane } from '../../kit/vitest/use-control-plane.ts';
import type { Broken } from './breaking.ts';
import { brokenConsents } from './broken-consents.ts';
import { brokenSettings } from './broken-settings.ts';
import { brokenUpdates } from './broken-updates.ts';
import { oddObjects } from './odd-objects.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const manifests = readManifests(root);
const brokenAtCreation = [...brokenSettings, ...brokenConsents];

let cp: ControlPlane;

beforeAll(async () => {
  cp = await dedicatedControlPlane();
  const files = manifests.flatMap(({ file }) => ['-f', `${root}/crds/manifests/${file}`]);
  await cp.kubectl(['apply', '--server-side', ...files]);
  const names = manifests.map(({ definition }) => `crd/${definition.metadata.name}`);
  await cp.kubectl(['wait', '--for=condition=Established', ...names]);
  for (const kind of allKinds) {
    const { status, text } = await cp.admin.send('POST', collection(kind), { body: kind.base() });
    if (status !== 201) throw new Error(`the base ${kind.kind} is not valid: ${text}`);
  }
  for (const closings of [1, 2]) await countEnds(closings);
});

/** As the operator counts the ends of access, one by one. */
async function countEnds(closings: number): Promise<void> {
  const path = `${collection(grant)}/${grant.base().metadata.name}`;
  const { body } = await cp.admin.send('GET', path);
  const object = { ...(body as Sent), status: { closings } };
  const { status, text } = await cp.admin.send('PUT', `${path}/status`, { body: object });
  if (status !== 200) throw new Error(`an end is not counted: ${text}`);
}

interface Refusal {
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

function expectRefusal(
  { status, text, body }: { status: number; text: string; body: unknown },
  broken: Broken,
): void {
  expect(status, text).toBe(422);
  const causes = (body as Refusal).details?.causes ?? [];
  const there = causes.filter(({ field }) => field === broken.field).map(({ message }) => message);
  expect(there, text).not.toHaveLength(0);
  expect(there.join('\n'), text).toContain(broken.says);
  // What the schema alone says, and the name of any object, is told by the API server in its own words.
  for (const message of there) {
    const line = `${broken.field}: ${message}`;
    const complaints = isOurs(message ?? '', broken)
      ? refusalComplaints({ text: line, field: broken.field })
      : [];
    expect(complaints, line).toEqual([]);
  }
}

/** Sent under another name, so that a singleton or an existing name is not what is complained about. */
async function create(kind: Kind, object: Sent): Promise<{ status: number; text: string; body: unknown }> {
  const renamed = object.metadata.name === kind.base().metadata.name && kind.kind !== 'SupportAccessPolicy';
  const stem = object.metadata.name.replace(/(?=-\d+$)|$/, '-x');
  const isLock = kind.kind === 'SupportAccessLock';
  if (renamed && !isLock) object.metadata.name = stem;
  return cp.admin.send('POST', `${collection(kind)}?dryRun=All`, { body: object });
}

describe('the API server, on creation,', () => {
  it.each(brokenAtCreation.map((broken) => [`${broken.kind.kind}: ${broken.sentence}`, broken] as const))(
    'refuses %s',
    async (_, broken) => {
      const object = broken.kind.base();
      broken.change(object);
      expectRefusal(await create(broken.kind, object), broken);
    },
  );

  it.each(oddObjects.map((odd) => [`${odd.kind.kind}: ${odd.sentence}`, odd] as const))(
    'takes %s',
    async (_, { kind, change }) => {
      const object = kind.base();
      change(object);
      const { status, text } = await create(kind, object);
      // a singleton exists already: 409 says that nothing but its name was in the way
      expect([201, 409], text).toContain(status);
    },
  );
});

describe('the API server, on update,', () => {
  it.each(brokenUpdates.map((broken) => [`${broken.kind.kind}: ${broken.sentence}`, broken] as const))(
    'refuses %s',
    async (_, broken) => {
      const path = `${collection(broken.kind)}/${broken.kind.base().metadata.name}`;
      const { body } = await cp.admin.send('GET', path);
      const object = body as Sent;
      broken.change(object);
      const part = broken.field.startsWith('status.') ? '/status' : '';
      expectRefusal(await cp.admin.send('PUT', `${path}${part}?dryRun=All`, { body: object }), broken);
    },
  );
});

const ourMessages = manifests.flatMap(({ definition }) => messagesOf(storedSchema(definition)));
/** How the API server begins and ends what it says itself; it does not stand for the sentences of our rules. */
const serverSays = [
  'Unsupported value',
  'Required value',
  'Duplicate value',
  'should have at least',
  'must have at most',
  'in body should be',
  'RFC 1123',
];

/** Also what a rule says by an expression, with the value in it: the manifest holds no such text, but the case expects it. */
const isOurs = (message: string, { says }: Broken): boolean =>
  ourMessages.some((ours) => ours !== '' && message.includes(ours)) ||
  (says !== '' && message.includes(says) && !serverSays.some((theirs) => says.includes(theirs)));

/** Of the rules across fields; each rule about one text has its value in messages.test.ts. */
function messagesOf(schema: Schema): string[] {
  const rules = schema.type === 'string' ? [] : (schema['x-kubernetes-validations'] ?? []);
  const own = rules.map(({ message }) => message ?? '');
  const below = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [...own, ...below.flatMap(messagesOf)];
}

describe('the table of broken objects', () => {
  const said = [...brokenAtCreation, ...brokenUpdates].filter(({ says }) => says !== '');

  it.each(manifests.map(({ file, definition }) => [file, definition] as const))(
    'has a case for each rule of %s',
    (_, definition) => {
      const { kind } = definition.spec.names;
      const cases = said.filter((broken) => broken.kind.kind === kind).map(({ says }) => says);
      const untested = messagesOf(storedSchema(definition)).filter(
        (message) => !cases.some((says) => message.includes(says)),
      );
      expect(untested).toEqual([]);
    },
  );
});

describe('kubectl', () => {
  it.each(allKinds.map(({ kind, plural }) => [kind, plural] as const))('explains %s', async (_, plural) => {
    const { stdout } = await cp.kubectl(['explain', `${plural}.spec`]);
    expect(stdout).toContain('Example:');
  });

  it.each(['sapol', 'sapp', 'sag', 'suser', 'spm', 'ssess', 'salock'])(
    'knows the short name %s',
    async (short) => {
      const { stdout } = await cp.kubectl(['get', short, '-o', 'name', '-A']);
      expect(stdout).toContain('supportaccess.dev/');
    },
  );

  it('lists everything by the category', async () => {
    const { stdout } = await cp.kubectl(['get', 'support-access', '-A', '-o', 'name']);
    expect(stdout.trim().split('\n')).toHaveLength(allKinds.length);
  });

  it('finds grants by field, without reading them all', async () => {
    const { stdout } = await cp.kubectl([
      'get',
      'sag',
      '-A',
      '-o',
      'name',
      '--field-selector',
      'spec.access=Enabled',
    ]);
    expect(stdout).toContain('case-4711');
    const none = await cp.kubectl([
      'get',
      'sag',
      '-A',
      '-o',
      'name',
      '--field-selector',
      'spec.access=Disabled',
    ]);
    expect(none.stdout).toBe('');
  });

  it('prints a future expiry as a time', async () => {
    const { stdout } = await cp.kubectl(['get', 'sag', '-A']);
    expect(stdout).toContain('2026-12-03T08:00:00Z');
    expect(stdout).not.toContain('<invalid>');
  });

  // the ends of grants are counted above, as if they had been looked at
  it.each(allKinds.filter((kind) => kind !== grant).map(({ kind, plural }) => [kind, plural] as const))(
    'does not take a %s for current that no one has looked at',
    async (_, plural) => {
      const { stdout } = await cp.kubectl(['get', plural, '-A', '-o', 'jsonpath={.items[*].status}']);
      expect(JSON.parse(stdout)).toEqual({ observedGeneration: -1 });
      const waiting = ['wait', plural, '--all', '-A', '--for=condition=Ready', '--timeout=0'];
      expect((await cp.kubectl(waiting, { expectFailure: true })).stderr).toMatch(
        /^error: condition not met for /,
      );
    },
  );

  it.each(matrices.map((spec) => [matrixName(spec), spec] as const))(
    'CC-8 CC-9 EC-11 C42-6 ZH-5 keeps %s as the document has it, in its order',
    async (name, spec) => {
      await cp.kubectl(['replace', '--force', '-f', `${root}/examples/generated/${name}.yaml`]);
      const { stdout } = await cp.kubectl(['get', 'spm', name, '-o', 'yaml']);
      expect(parse(stdout)).toMatchObject({ spec });
    },
  );

  it('makes a grant Disabled that does not say', async () => {
    const { stdout } = await cp.kubectl(
      ['create', '--dry-run=server', '-o', 'jsonpath={.spec.access}', '-f', '-'],
      {
        input: readFileSync(new URL('silent-grant.yaml', import.meta.url), 'utf8'),
      },
    );
    expect(stdout).toBe('Disabled');
  });
});
