/** Names that are not quite right, in every command that takes one: the failure names what was probably meant. */
import { expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { smallCluster } from '../../../kit/cli/small-cluster.ts';

const rest = 'until 2026-12-04T18:00:00Z';
const create = `grant create case-9 --person ada --matrix NAME --application ecase ${rest}`;

/** Calls with NAME in the place of the name, and the name that there is; a matrix in capitals is refused before it is looked for. */
const calls: [line: string, name: string, more?: 'of a namespace' | 'refused in capitals'][] = [
  ['grant enable NAME', 'case-1', 'of a namespace'],
  ['grant disable NAME', 'case-1', 'of a namespace'],
  [`grant extend NAME ${rest}`, 'case-1', 'of a namespace'],
  ['revoke grant NAME', 'case-1', 'of a namespace'],
  ['unlock grant NAME --reason over', 'case-1', 'of a namespace'],
  ['status NAME', 'case-1', 'of a namespace'],
  ['sessions --grant NAME', 'case-1', 'of a namespace'],
  ['revoke person NAME', 'ada'],
  ['unlock person NAME --reason over', 'ada'],
  ['user deactivate NAME', 'ada'],
  ['case close NAME', 'case-1'],
  ['case add-contact NAME hedy', 'case-1'],
  ['case remove-contact NAME grace', 'case-1'],
  ['sessions --person NAME', 'ada'],
  ['can-i NAME --from 203.0.113.7', 'ada'],
  ['can-i ada --from 203.0.113.7 --grant NAME', 'case-1', 'of a namespace'],
  ['revoke namespace NAME', 'ecase'],
  ['unlock lock NAME --reason over', 'ns.ecase'],
  ['matrix show NAME', 'casepoint-1', 'refused in capitals'],
  ['matrix lint NAME', 'casepoint-1', 'refused in capitals'],
  ['routes lint NAME', 'ecase'],
  ['routes test GET /jobs NAME', 'ecase'],
  ['matrix diff NAME casepoint-1', 'casepoint-1', 'refused in capitals'],
  [create, 'casepoint-1'],
  [create.replace('ecase', 'NAME').replace('NAME', 'casepoint-1'), 'ecase'],
];

async function failing(line: string, typed: string) {
  const { options, writes } = await smallCluster();
  const words = line.replace('NAME', typed).split(' ');
  const called = await call([...words, ...options], { now: Date.parse('2026-12-01T12:00:00Z'), answers: [] });
  expect({ code: called.code, writes: writes() }).toEqual({ code: 3, writes: 0 });
  return called.err;
}

const misspelt = (name: string): string =>
  name.slice(0, 1) + name.slice(2, 3) + name.slice(1, 2) + name.slice(3);

it.each(calls)('%s: names %s, where letters are swapped, or in another case', async (line, name, more) => {
  const inCapitals = more === 'refused in capitals' ? [] : [name.toUpperCase()];
  for (const typed of [misspelt(name), ...inCapitals])
    expect(await failing(line, typed), typed).toContain(`did you mean ${name}?`);
  if (more === 'of a namespace')
    expect(await failing(line, 'case-2')).toContain('there is one in namespace other: add -n other');
});

it('grant create: says of a person who is not there yet which one was probably meant', async () => {
  const { options } = await smallCluster();
  const words = `grant create case-9 --person Ada2 --matrix casepoint-1 ${rest}`.split(' ');
  const { err } = await call([...words, ...options], {
    now: Date.parse('2026-12-01T12:00:00Z'),
    answers: ['n'],
  });
  expect(err.replaceAll(/\s+/g, ' ')).toContain(
    'Ada2 (no such SupportUser yet; access waits until there is; did you mean ada?)',
  );
});
