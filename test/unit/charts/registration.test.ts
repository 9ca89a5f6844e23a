/** The registration that the chart renders is the one that the operator compares what it finds with. */
import { expect, it } from 'vitest';
import { registeredEntries } from '../../../crds/rules/registration.ts';
import { renderChart } from '../../kit/installation/chart.ts';
import { ofKind } from './fixture.ts';

it.each(['support-access', 'elsewhere'])(
  'the API server asks what the operator expects, in %s',
  async (namespace) => {
    const rendered = await renderChart({}, { namespace });
    const [decide, record] = ofKind(rendered, 'ValidatingWebhookConfiguration').flatMap(
      (one) => one['webhooks'] as object[],
    );
    const made = registeredEntries(`system:serviceaccount:${namespace}:support-access-gateway`);
    expect({ decide, record }).toMatchObject(made);
  },
);
