/** The registration that the chart renders is the one that the operator compares what it finds with. */
import { expect, it } from 'vitest';
import { registeredEntries, registrations } from '../../../crds/rules/registration.ts';
import { renderChart } from '../../kit/installation/chart.ts';
import { ofKind } from './fixture.ts';

it.each(['support-access', 'elsewhere'])(
  'the API server asks what the operator expects, in %s',
  async (namespace) => {
    const rendered = await renderChart({ identities: { namespace: 'the-identities' } }, { namespace });
    const entriesOf = (kind: string) => ofKind(rendered, kind).flatMap((one) => one['webhooks'] as object[]);
    const made = registeredEntries({
      gatewayUser: `system:serviceaccount:${namespace}:support-access-gateway`,
      identitiesNamespace: 'the-identities',
    });
    for (const [kind, paths] of Object.entries(registrations)) {
      expect(entriesOf(kind), kind).toMatchObject(paths.map((path) => made[path]));
      expect(entriesOf(kind)).toHaveLength(paths.length);
    }
  },
);

it('what support identities write is matched by a condition that no other writer meets, and is refused without admission', () => {
  const { support, owner } = registeredEntries({ gatewayUser: 'x', identitiesNamespace: 'the-identities' });
  for (const { failurePolicy, matchConditions } of [support, owner]) {
    expect(failurePolicy).toBe('Fail');
    expect(matchConditions[0]?.expression).toBe(
      "'system:serviceaccounts:the-identities' in request.userInfo.?groups.orValue([])",
    );
  }
  const operations = support.rules.flatMap((rule) => rule.operations);
  expect(operations).toEqual(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);
});
