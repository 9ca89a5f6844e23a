/** The law of what people may write as values, for as many of them as a suite has time for. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type ChartValues, type RenderedObject, renderChartText } from '../../kit/installation/chart.ts';
import { helm3, helm4 } from '../../kit/machine/helm.ts';
import { ofKind } from './fixture.ts';

export const majors = ['Helm 3', 'Helm 4'];

/** Where each major's program is. */
export async function programs(): Promise<Readonly<Record<string, string>>> {
  return { 'Helm 3': await helm3(), 'Helm 4': await helm4() };
}

/** The objects, read as strictly as YAML can be: every key once. */
export async function renderedStrictly(values: ChartValues, major: string): Promise<RenderedObject[]> {
  const text = await renderChartText(values, { helm: (await programs())[major] ?? '' });
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  return documents.map((document) => document.toJS() as RenderedObject | null).filter((one) => one !== null);
}

const label = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/);
const keys = fc.oneof(
  fc.constantFrom(
    'app.kubernetes.io/name',
    'app.kubernetes.io/component',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/managed-by',
    'app.kubernetes.io/part-of',
    'app.kubernetes.io/version',
    'y',
    'null',
    '1e3',
    'on',
  ),
  label,
);
const someLabels = fc.dictionary(
  keys,
  fc.oneof(label, fc.integer({ min: 0 }), fc.boolean(), fc.constant(null)),
  {
    maxKeys: 8,
  },
);
const text = fc.oneof(
  fc.constantFrom(
    '{{ fail "no" }}',
    ': x',
    '- a',
    '"',
    "'",
    '#',
    '&a',
    '*a',
    '!x',
    '%',
    '`',
    '@',
    '\n---\n',
    'y',
    '~',
    '0x1',
    '1e3',
  ),
  fc.string({ unit: 'grapheme' }),
);
const someAnnotations = fc.dictionary(keys, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 6 });
const anEntry = fc.record({ name: text, value: text });

/** What people may write where the chart does not know the form: anything that JSON can say. */
const someValues = fc.record({
  global: fc.record({ commonLabels: someLabels }),
  gateway: fc.record({
    podLabels: someLabels,
    podAnnotations: someAnnotations,
    extraEnv: fc.array(anEntry, { maxLength: 3 }),
    extraArgs: fc.array(text, { maxLength: 4 }),
    nodeSelector: someLabels,
    affinity: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
    serviceAccount: fc.record({ annotations: someAnnotations }),
    service: fc.record({
      annotations: someAnnotations,
      loadBalancerClass: text,
      type: fc.constant('LoadBalancer'),
    }),
  }),
  webhook: fc.record({
    podLabels: someLabels,
    tolerations: fc.array(anEntry, { maxLength: 3 }),
    persistence: fc.record({ annotations: someAnnotations }),
  }),
  image: fc.record({ tag: fc.oneof(fc.integer({ min: 1 }), fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,12}$/)) }),
});

/** No key stands twice, selectors find their pods, and texts stay texts. */
export async function whateverPeopleWrite({ runs }: { readonly runs: number }): Promise<void> {
  await fc.assert(
    fc.asyncProperty(someValues, fc.constantFrom(...majors), async (values, major) => {
      // the kinds are large and have one template: what is fixed about their labels is tested below
      const objects = await renderedStrictly({ ...values, crds: { enabled: false } }, major);
      for (const { spec } of ofKind(objects, 'Deployment')) {
        const { selector, template } = spec as {
          selector: { matchLabels: object };
          template: { metadata: { labels: object } };
        };
        expect(template.metadata.labels).toMatchObject(selector.matchLabels);
      }
      for (const { metadata } of objects) {
        const { labels = {}, annotations = {} } = metadata;
        expect(
          [...Object.values(labels), ...Object.values(annotations)].filter((one) => typeof one !== 'string'),
        ).toEqual([]);
        expect(labels).toMatchObject({
          'app.kubernetes.io/name': 'support-access',
          'app.kubernetes.io/instance': 'support-access',
          'app.kubernetes.io/managed-by': 'Helm',
        });
      }
      const image = `ghcr.io/support-access/support-access:${values.image.tag}`;
      expect(JSON.stringify(ofKind(objects, 'Deployment'))).toContain(JSON.stringify(image));
    }),
    { numRuns: runs },
  );
}
