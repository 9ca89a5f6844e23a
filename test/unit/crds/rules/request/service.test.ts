import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../../../../crds/audit/canonical.ts';
import {
  nameLabel,
  productName,
  type ServiceSpec,
  servedService,
  serviceHash,
} from '../../../../../crds/rules/request/service.ts';

import { root } from '../../../../kit/architecture/source-files.ts';
import { noService, reading } from '../../../../kit/objects/service.ts';

const ref = { name: 'web', port: 8080 };
const metadata = { name: 'web', uid: 'u' };
const spec: ServiceSpec = {
  type: 'ClusterIP',
  selector: { app: 'web' },
  clusterIPs: ['10.96.0.7'],
  ports: [{ port: 80 }, { port: 8080 }],
};

describe('a Service', () => {
  it('is served when it selects pods, has an address and has the port', () => {
    const service = { metadata, spec };
    expect(servedService(reading(service), ref)).toEqual({ ok: true, service, port: { port: 8080 } });
  });

  it('is served when its type is not written, which means ClusterIP', () => {
    const { type: _type, ...untyped } = spec;
    expect(servedService(reading({ metadata, spec: untyped }), ref).ok).toBe(true);
  });

  it('is served by its TCP port where another protocol has the same number', () => {
    const ports = [
      { port: 8080, protocol: 'UDP' },
      { port: 8080, protocol: 'TCP', appProtocol: 'https' },
    ];
    expect(servedService(reading({ metadata, spec: { ...spec, ports } }), ref)).toMatchObject({
      port: ports[1],
    });
  });

  const { selector: _selector, ...selecting } = spec;
  const { ports: _ports, ...withoutPorts } = spec;
  const refused: Readonly<Record<string, [spec: ServiceSpec | undefined, reason: string]>> = {
    'it is a name for a host elsewhere': [{ ...spec, type: 'ExternalName' }, 'ExternalService'],
    'it has no selector': [selecting, 'ExternalService'],
    'its selector is empty': [{ ...spec, selector: {} }, 'ExternalService'],
    'it has nothing at all': [{}, 'ExternalService'],
    'CC-5 ZH-6 it leads to this product': [
      {
        ...spec,
        selector: { 'app.kubernetes.io/name': 'support-access', 'app.kubernetes.io/component': 'webhook' },
      },
      'ExternalService',
    ],
    'it is headless': [{ ...spec, clusterIPs: ['None'] }, 'ExternalService'],
    'it has no address': [{ ...spec, clusterIPs: [] }, 'ExternalService'],
    'it has other ports only': [{ ...spec, ports: [{ port: 80 }] }, 'NoService'],
    'it has the port for UDP only': [{ ...spec, ports: [{ port: 8080, protocol: 'UDP' }] }, 'NoService'],
    'it has no ports': [withoutPorts, 'NoService'],
  };
  it.each(Object.entries(refused))('is not served when %s', (_, [said, reason]) => {
    const detail = expect.stringContaining('web');
    expect(servedService(reading({ metadata, spec: said ?? {} }), ref)).toEqual({
      ok: false,
      reason,
      detail,
    });
  });

  it('is known for one of this product by the label that the chart gives to each of its pods', () => {
    const names = readFileSync(join(root, 'charts/support-access/templates/_names.tpl'), 'utf8');
    const selector = /define "support-access\.selector" -\}\}\n([^]*?)\{\{- end/.exec(names)?.[1];
    expect(selector).toContain(`${nameLabel}: ${productName}\n`);
  });

  it('is not served when an address behind it is not of its pods', () => {
    const backend = { ...reading({ metadata, spec }), strays: ['it leads away'] };
    const told = { ok: false, reason: 'ExternalService', detail: 'it leads away' };
    expect(servedService(backend, ref)).toEqual(told);
  });

  it('is not served when there is none, or it is being deleted', () => {
    const leaving = { metadata: { ...metadata, deletionTimestamp: '2026-12-01T11:59:59Z' }, spec };
    for (const backend of [noService, reading(leaving)])
      expect(servedService(backend, ref)).toMatchObject({ ok: false, reason: 'NoService' });
  });
});

const label = fc.stringMatching(/^[a-z]{1,8}$/);
const port = fc.record(
  {
    name: label,
    port: fc.integer({ min: 1, max: 65_535 }),
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
    targetPort: fc.oneof(label, fc.integer({ min: 1, max: 65_535 })),
    appProtocol: fc.constantFrom('http', 'https', 'kubernetes.io/wss'),
  },
  { requiredKeys: ['port'] },
);
const specs = fc.record({
  selector: fc.dictionary(label, label, { minKeys: 1, maxKeys: 4 }),
  ports: fc.uniqueArray(port, {
    minLength: 1,
    maxLength: 4,
    selector: (one) => `${one.port}/${one.protocol ?? 'TCP'}`,
  }),
  clusterIPs: fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 2 }),
});

/** What the API server fills in, written out: two specs that say the same give the same text. */
function meaning({ selector = {}, ports = [], clusterIPs = [] }: ServiceSpec): string {
  const filled = ports.map((one) =>
    [
      one.name ?? '',
      one.port,
      one.protocol ?? 'TCP',
      typeof (one.targetPort ?? 0),
      one.targetPort ?? one.port,
    ]
      .concat(one.appProtocol ?? '')
      .join(' '),
  );
  return JSON.stringify([canonicalize(selector), filled.toSorted(), clusterIPs]);
}

describe('the hash of a Service', () => {
  it('is the same exactly where selector, ports and addresses say the same', () => {
    fc.assert(
      fc.property(specs, specs, fc.subarray(['selector', 'ports', 'clusterIPs']), (one, other, changed) => {
        const next = { ...one, ...Object.fromEntries(changed.map((key) => [key, other[key as 'ports']])) };
        expect(serviceHash(next) === serviceHash(one)).toBe(meaning(next) === meaning(one));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of labels and ports, nor on what leads support nowhere else', () => {
    fc.assert(
      fc.property(specs, (one) => {
        const same = {
          selector: Object.fromEntries(Object.entries(one.selector).toReversed()),
          ports: one.ports.toReversed().map((each) => ({ ...each, nodePort: 30_080 })),
          clusterIPs: one.clusterIPs,
          type: 'LoadBalancer',
          sessionAffinity: 'ClientIP',
        };
        expect(serviceHash(same)).toBe(serviceHash(one));
      }),
    );
  });
});
