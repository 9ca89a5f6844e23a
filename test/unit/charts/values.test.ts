/** Whatever values people give: a strict reader reads what is rendered, or Helm names the value that is wrong. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartFolder, renderChart, renderChartText } from '../../kit/installation/chart.ts';
import { majors, programs, renderedStrictly as strictly, whateverPeopleWrite } from './written-values.ts';

type Values = Record<string, unknown>;

const helms: Record<string, string> = {};

beforeAll(async () => {
  Object.assign(helms, await programs());
}, 120_000);

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

const readChart = (path: string): string => readFileSync(join(chartFolder, path), 'utf8');
const schema = JSON.parse(readChart('values.schema.json')) as Schema;
const standard = parse(readChart('values.yaml')) as Values;

/** Every path of the schema with properties below it, and every path without. */
function pathsOf(
  section: Schema,
  above: readonly string[] = [],
): { sections: string[][]; leaves: string[][] } {
  const found = { sections: [] as string[][], leaves: [] as string[][] };
  for (const [key, below] of Object.entries(section.properties ?? {})) {
    const path = [...above, key];
    // `propertyNames` and items have no paths of their own
    if (below.properties === undefined) {
      found.leaves.push(path);
      continue;
    }
    const within = pathsOf(below, path);
    found.sections.push(path, ...within.sections);
    found.leaves.push(...within.leaves);
  }
  return found;
}

const { sections, leaves } = pathsOf(schema);

function at(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((within, key) => (within as Values | undefined)?.[key], values);
}

function withAll(paths: readonly (readonly string[])[], value: unknown): Values {
  const values: Values = {};
  for (const path of paths) {
    let within = values;
    for (const key of path.slice(0, -1)) within = (within[key] ??= {}) as Values;
    within[path.at(-1) ?? ''] = value;
  }
  return values;
}

/** Whether the message names the path, as either major writes it. */
const names = (message: string, path: readonly string[]): boolean =>
  message.includes(`- ${path.join('.')}: `) || message.includes(`at '/${path.join('/')}'`);

async function refusal(values: Values, helm: string): Promise<string> {
  return renderChartText(values, { helm }).then(
    () => '',
    (error: unknown) => (error as { stderr: string }).stderr,
  );
}

describe.each(majors)('with %s', (major) => {
  it('every value and section may be null, which is its default', async () => {
    const usual = await strictly({}, major);
    for (const paths of [leaves, sections, sections.filter((path) => path.length === 1)])
      expect(await strictly(withAll(paths, null), major)).toEqual(usual);
  });

  it.each([
    ['a number', 41],
    ['a broken number', 1.5],
    ['a number as text', '41'],
    ['a word', 'off'],
    ['a yes', true],
    ['a list', [7]],
    ['a list of words', ['a']],
    ['a mapping', { some: { thing: 1 } }],
    ['an empty text', ''],
  ])('%s in place of any value is rendered, or refused with its path', async (_, value) => {
    const message = await refusal(withAll(leaves, value), helms[major] ?? '');
    const fitting = leaves.filter((path) => !names(message, path) && !items(message, path));
    expect(fitting.length).toBeLessThan(leaves.length);
    // These say more than one value does; each has a test of its own.
    const spoken = [
      'webhook.replicas',
      'nameOverride',
      'fullnameOverride',
      'webhook.url',
      'webhook.apiServerClient.ca',
    ];
    const alone = [
      'webhook.apiServerClient.names',
      'gateway.service.nodePort',
      'operator.noticeSecretNames',
      'extraObjects',
    ];
    const rendered = fitting.filter((path) => ![...spoken, ...alone].includes(path.join('.')));
    await strictly(withAll(rendered, value), major);
  });

  it.each([3, 'off', true, ['a']])('%j in place of a section is refused with its path', async (value) => {
    const depths = new Set(sections.map((path) => path.length));
    for (const depth of depths) {
      // `global` itself belongs to Helm, which does not ask the chart
      const paths = sections.filter((path) => path.length === depth && path[0] !== 'global');
      if (paths.length === 0) continue;
      const message = await refusal(withAll(paths, value), helms[major] ?? '');
      expect(paths.filter((path) => !names(message, path))).toEqual([]);
    }
  });
});

/** Whether the message names an entry of the value. */
function items(message: string, path: readonly string[]): boolean {
  return message.includes(`- ${path.join('.')}.`) || message.includes(`at '/${path.join('/')}/`);
}

it('whatever people write, no key stands twice, selectors find their pods, and texts stay texts', async () => {
  // Each run is a process; hundreds more are in `npm run test:long`.
  await whateverPeopleWrite({ runs: 8 });
});

describe('labels', () => {
  it('of people are on every object, the kinds among them, and give way to those that find objects', async () => {
    const commonLabels = {
      team: 'platform',
      'app.kubernetes.io/part-of': 'platform',
      'app.kubernetes.io/name': 'x',
    };
    const objects = await strictly({ global: { commonLabels } }, 'Helm 4');
    for (const { metadata } of objects)
      expect(metadata.labels).toMatchObject({ ...commonLabels, 'app.kubernetes.io/name': 'support-access' });
  });

  it.each([
    'rbac.authorization.k8s.io/aggregate-to-admin',
    'pod-security.kubernetes.io/enforce',
    'supportaccess.dev/output',
    'kubernetes.io/metadata.name',
  ])('that would give rights or change what objects mean are refused: %s', async (key) => {
    await expect(renderChart({ global: { commonLabels: { [key]: 'true' } } })).rejects.toThrow(
      `global.commonLabels must not have ${key}`,
    );
  });
});

it('values.yaml and its schema have the same paths', () => {
  const missing = leaves.filter((path) => path.join('.') !== 'enabled' && at(standard, path) === undefined);
  expect(missing).toEqual([]);
});

it.each([
  'system:authenticated',
  'system:serviceaccounts',
  'system:serviceaccounts:support-access-identities',
])('the group %s reads no matrices, since support identities are in it', async (group) => {
  await expect(renderChart({ rbac: { matrixReaders: [group] } })).rejects.toThrow(
    `rbac.matrixReaders must not have ${group}: support identities would be in it`,
  );
});

it('refuses an authority of the API server without the names that it gives to it', async () => {
  const apiServerClient = { ca: '-----BEGIN CERTIFICATE-----' };
  await expect(renderChart({ webhook: { apiServerClient } })).rejects.toThrow(
    'webhook.apiServerClient.ca and webhook.apiServerClient.names must be given together',
  );
});
