/** Makes of values.yaml what Helm checks values by, what the templates fill in, and the table for people. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../output.ts';
import { leaves, readValues, type Value } from './read.ts';
import { isShared, type Schema } from './rules.ts';

const chart = 'charts/support-access';

/** The schema beside values.yaml, and the table in docs. */
export function generateChartValues(root: string): Output[] {
  const values = valuesOfChart(root);
  const schema = `${JSON.stringify(schemaOf(values), undefined, 2)}\n`;
  return [
    { folder: chart, isShared: true, files: new Map([['values.schema.json', schema]]) },
    { folder: 'docs', isShared: true, files: new Map([['values.md', tableOf(values)]]) },
  ];
}

/**
 * What the templates fill in where a value is null or absent. A section is `{"section": …}` and is filled in value by value;
 * a value is `{"value": …}` and is taken whole, so that an entry which was removed from a block stays removed.
 */
export function chartDefaults(root: string): string {
  return `${JSON.stringify(defaultsOf(valuesOfChart(root)), undefined, 1)}\n`;
}

function valuesOfChart(root: string): readonly Value[] {
  return readValues(readFileSync(join(root, chart, 'values.yaml'), 'utf8'));
}

function defaultsOf(values: readonly Value[]): unknown {
  return Object.fromEntries(
    values.map(({ path, rule, standard, values: within }) => [
      path.at(-1),
      rule === undefined ? { section: defaultsOf(within) } : { value: standard },
    ]),
  );
}

function schemaOf(values: readonly Value[]): Schema {
  const enabled = { description: 'Set by umbrella charts that switch this one; not read here.' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: 'Generated from values.yaml by tools/generate.ts, do not edit.',
    title: 'support-access',
    type: 'object',
    properties: { enabled: { ...enabled, type: ['boolean', 'null'] }, ...propertiesOf(values) },
    additionalProperties: false,
  };
}

function propertiesOf(values: readonly Value[]): Record<string, Schema> {
  return Object.fromEntries(values.map((value) => [value.path.at(-1), propertyOf(value)]));
}

function propertyOf({ path, words, rule, values }: Value): Schema {
  const description = words === '' ? {} : { description: words };
  if (rule !== undefined) return { ...description, ...rule };
  const more = isShared(path) ? {} : { additionalProperties: false };
  return { ...description, type: ['object', 'null'], properties: propertiesOf(values), ...more };
}

function tableOf(values: readonly Value[]): string {
  const rows = leaves(values).map(
    ({ path, words, standard }) =>
      `| \`${path.join('.')}\` | \`${cell(JSON.stringify(standard))}\` | ${cell(words)} |`,
  );
  const lines = [
    '<!-- Generated from charts/support-access/values.yaml by tools/generate.ts, do not edit. -->',
    '',
    '# Values of the chart',
    '',
    'A value that is null or left out is the default. What is refused stands in `values.schema.json`.',
    '',
    '| value | default | what it is |',
    '|---|---|---|',
    ...rows,
  ];
  return `${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
