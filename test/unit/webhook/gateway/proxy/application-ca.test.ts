import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../../../kube/errors.ts';
import { createReadCa } from '../../../../../webhook/gateway/proxy/application-ca.ts';
import { createAuthority } from '../../../../kit/control-plane/pki.ts';

const ref = { name: 'support-access-application-ca', key: 'ca.crt' };

function reading(data: Readonly<Record<string, string>> | undefined) {
  return createReadCa({ get: () => Promise.resolve({ metadata: { name: ref.name }, data } as never) })(
    'ecase',
    ref,
  );
}

function failing(status: number, details: object = {}) {
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: status === 404 ? 'NotFound' : 'Forbidden',
    details,
    code: status,
  });
  const error = new KubeError({ method: 'GET', path: '/x', status, body });
  return createReadCa({ get: () => Promise.reject(error) })('ecase', ref);
}

describe('the authorities of an application', () => {
  it('are all certificates under the key, and nothing that stands around them', async () => {
    const [one, other] = await Promise.all([createAuthority('one'), createAuthority('other')]);
    const text = `# ours\n${one.certificate}\n# theirs\n${other.certificate}`;
    const read = await reading({ 'ca.crt': text, 'tls.crt': 'x' });
    expect(read).toEqual({ ok: true, ca: [one.certificate.trim(), other.certificate.trim()] });
  });

  it.each([
    ['another key', { 'tls.crt': 'x' }, 'has no key ca.crt; store the certificates of the authority as PEM'],
    ['no data', undefined, 'has no key ca.crt'],
    ['nothing', { 'ca.crt': '' }, 'must hold certificates under the key ca.crt, and has other text'],
    ['no PEM', { 'ca.crt': 'MIIB' }, 'must hold certificates'],
    [
      'a block that is no certificate',
      { 'ca.crt': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      'must hold certificates',
    ],
  ])('are none where there is %s', async (_, data, says) => {
    const read = await reading(data);
    expect(read).toMatchObject({ ok: false, detail: expect.stringContaining(says) });
  });

  it('are none where one of several cannot be read', async () => {
    const { certificate } = await createAuthority('one');
    const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
    expect(await reading({ 'ca.crt': `${certificate}\n${broken}` })).toMatchObject({ ok: false });
  });

  it('are told to be missing where the ConfigMap is, and not readable where the gateway may not', async () => {
    const missing = await failing(404, { name: ref.name, kind: 'configmaps' });
    expect(missing).toMatchObject({
      detail:
        'ConfigMap support-access-application-ca of namespace ecase, which spec.tls.caRef names, does not exist; create it with the certificates of the authority as PEM under the key ca.crt.',
    });
    expect(await failing(403)).toMatchObject({
      detail: expect.stringContaining("add its name to the chart's value gateway.caConfigMapNames."),
    });
  });

  it('are unknown where the API server says something else', async () => {
    await expect(failing(404, { name: 'another', kind: 'configmaps' })).rejects.toThrow('404');
    await expect(failing(500)).rejects.toThrow('500');
  });
});
