/** Puts the CEL of the widening rule into the chart, from the one list of fields that the processes judge by too. */
import { type WideningKind, wideningExpression } from '../../crds/rules/widening/widening.ts';
import type { Output } from './output.ts';

const kinds: readonly WideningKind[] = ['SupportAccessGrant', 'SupportAccessPolicy', 'SupportApplication'];

/** One JSON file, kind to expression, which the templates of policies and webhook read. */
export function generateChartWidening(): Output {
  const expressions = Object.fromEntries(kinds.map((kind) => [kind, wideningExpression(kind)]));
  const text = `${JSON.stringify(expressions, undefined, 2)}\n`;
  return { folder: 'charts/support-access/files', files: new Map([['widening.json', text]]) };
}
