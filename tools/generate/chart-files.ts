/**
 * The files that the chart's templates read: the CEL of the widening rule, from the one list of fields that the processes
 * judge by too, what the API server asks admission of, and the defaults of values.yaml.
 */
import { registeredEntries } from '../../crds/rules/registration.ts';
import {
  type WideningKind,
  widenedFieldsExpression,
  wideningExpression,
} from '../../crds/rules/widening/widening.ts';
import { chartDefaults } from './chart-values/outputs.ts';
import type { Output } from './output.ts';

const kinds: readonly WideningKind[] = ['SupportAccessGrant', 'SupportAccessPolicy', 'SupportApplication'];

/**
 * `widening.json` and `widened-fields.json`, kind to expression; `registration.json`, where the chart fills in the gateway's user
 * and the namespace of the identities;
 * and `defaults.json`.
 */
export function generateChartFiles(root: string): Output {
  const files = new Map([
    ['widening.json', byKind(wideningExpression)],
    ['widened-fields.json', byKind(widenedFieldsExpression)],
    [
      'registration.json',
      json(registeredEntries({ gatewayUser: '<gateway>', identitiesNamespace: '<identities>' })),
    ],
    ['defaults.json', chartDefaults(root)],
  ]);
  return { folder: 'charts/support-access/files', files };
}

const byKind = (expression: (kind: WideningKind) => string): string =>
  json(Object.fromEntries(kinds.map((kind) => [kind, expression(kind)])));

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;
