/**
 * The files that the chart's templates read: the CEL of the widening rule, from the one list of fields that the processes
 * judge by too, and the defaults of values.yaml.
 */
import { type WideningKind, wideningExpression } from '../../crds/rules/widening/widening.ts';
import { chartDefaults } from './chart-values/outputs.ts';
import type { Output } from './output.ts';

const kinds: readonly WideningKind[] = ['SupportAccessGrant', 'SupportAccessPolicy', 'SupportApplication'];

/** `widening.json`, kind to expression, and `defaults.json`. */
export function generateChartFiles(root: string): Output {
  const expressions = Object.fromEntries(kinds.map((kind) => [kind, wideningExpression(kind)]));
  const text = `${JSON.stringify(expressions, undefined, 2)}\n`;
  const files = new Map([
    ['widening.json', text],
    ['defaults.json', chartDefaults(root)],
  ]);
  return { folder: 'charts/support-access/files', files };
}
