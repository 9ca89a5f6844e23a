import { describe, expect, it } from 'vitest';
import { type ServiceSpec, servedService } from '../../../../../crds/rules/request/service.ts';

const ref = { name: 'web', port: 8080 };
const spec: ServiceSpec = {
  type: 'ClusterIP',
  selector: { app: 'web' },
  ports: [{ port: 80 }, { port: 8080 }],
};

describe('a Service', () => {
  it('is served when it selects pods and has the port', () => {
    expect(servedService({ spec }, ref)).toEqual({ ok: true, service: { spec } });
  });

  it('is served when its type is not written, which means ClusterIP', () => {
    const { type: _type, ...untyped } = spec;
    expect(servedService({ spec: untyped }, ref).ok).toBe(true);
  });

  const { selector: _selector, ...selecting } = spec;
  const { ports: _ports, ...withoutPorts } = spec;
  const refused: Readonly<Record<string, [service: { spec?: ServiceSpec } | undefined, reason: string]>> = {
    'there is none': [undefined, 'NoService'],
    'it is a name for a host elsewhere': [{ spec: { ...spec, type: 'ExternalName' } }, 'ExternalService'],
    'it has no selector': [{ spec: selecting }, 'ExternalService'],
    'its selector is empty': [{ spec: { ...spec, selector: {} } }, 'ExternalService'],
    'it has nothing at all': [{}, 'ExternalService'],
    'it has other ports only': [{ spec: { ...spec, ports: [{ port: 80 }] } }, 'NoService'],
    'it has no ports': [{ spec: withoutPorts }, 'NoService'],
  };
  it.each(Object.entries(refused))('is not served when %s', (_, [service, reason]) => {
    expect(servedService(service, ref)).toEqual({
      ok: false,
      reason,
      detail: expect.stringContaining('web'),
    });
  });
});
