/** Namespaces may be called as YAML writes a number or a truth value; and what a gateway must not be given. */
import { describe, expect, it } from 'vitest';
import { renderChart } from '../../kit/installation/chart.ts';

/** Every value, with the field that has it. */
function* scalarsOf(value: unknown, field = ''): Generator<readonly [field: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [field, value];
    return;
  }
  for (const [key, below] of Object.entries(value))
    yield* scalarsOf(below, Array.isArray(value) ? field : key);
}

describe('namespaces', () => {
  it.each([
    ['123', 'true'],
    ['null', '0x10'],
    ['1e3', 'no'],
  ])('stay texts where they are called %s and %s', async (namespace, identities) => {
    const objects = await renderChart({ identities: { namespace: identities } }, { namespace });
    const scalars = objects.flatMap((one) => [...scalarsOf(one)]);
    const odd = scalars.filter(
      ([field, value]) => /^(namespace|name|resourceNames|values)$/.test(field) && typeof value !== 'string',
    );
    expect(odd).toEqual([]);
    expect(scalars.filter(([field, value]) => field === 'namespace' && value === namespace)).not.toEqual([]);
    expect(objects.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === identities)).toBe(
      true,
    );
  });
});

describe('operator.noticeSecretNames', () => {
  it.each(['support-access-sso', 'support-access-gateway-tls', 'support-access-gateway-keys'])(
    'must not have %s, which holds a private key of another process',
    async (name) => {
      await expect(renderChart({ operator: { noticeSecretNames: [name] } })).rejects.toThrow(
        `operator.noticeSecretNames must not have ${name}: `,
      );
    },
  );

  it('C42-5 gives the operator the right to get these Secrets by name, and none where there are none', async () => {
    const secretsOf = async (noticeSecretNames: readonly string[]) =>
      (await renderChart({ operator: { noticeSecretNames } }))
        .filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'support-access-operator')
        .flatMap((role) => (role as unknown as { readonly rules: readonly Rule[] }).rules)
        .filter(({ resources, verbs }) => resources.includes('secrets') && verbs.includes('get'))
        .map(({ resourceNames }) => resourceNames);
    expect(await secretsOf([])).toEqual([['support-access-sso']]);
    expect(await secretsOf(['smtp'])).toEqual([['support-access-sso'], ['smtp']]);
  });
});

interface Rule {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

describe('gateway.tlsSecretNames', () => {
  it.each(['support-access-sso', 'support-access-webhook-tls', 'support-access-gateway-keys'])(
    'must not have %s, which holds a private key of another sort',
    async (name) => {
      await expect(renderChart({ gateway: { tlsSecretNames: [name] } })).rejects.toThrow(
        `gateway.tlsSecretNames must not have ${name}: `,
      );
    },
  );
});
