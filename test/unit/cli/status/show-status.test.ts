/** Which grant a call means, and what is not printed as if there were none. */
import { expect, it } from 'vitest';
import { call } from '../../../kit/cli/call.ts';
import { failure, type Reply, scriptedServer } from '../../../kit/cli/scripted-server.ts';

const list = (...namespaces: string[]): Reply => [
  200,
  {
    kind: 'List',
    metadata: { resourceVersion: '1' },
    items: namespaces.map((namespace) => ({ metadata: { name: 'case-1', namespace }, spec: {} })),
  },
];

it('a name that grants of several namespaces have is told with these namespaces', async () => {
  const { options } = await scriptedServer((asked) =>
    asked.endsWith('/supportaccessgrants') ? list('ecase', 'hr') : failure(404, 'none', 'none'),
  );
  const { code, err } = await call(['status', 'case-1', '-A', ...options]);
  expect(err).toContain('there are grants named case-1 in these namespaces: ecase, hr; say which with -n');
  expect(code).toBe(3);
});

it('names are not printed where grants may not be listed: none would mean that there is none', async () => {
  const { options } = await scriptedServer(() => failure(403, 'not for you'));
  const { code, out, err } = await call(['status', '-A', '-o', 'name', ...options]);
  expect(err).toContain('name one namespace with -n, or ask for that right');
  expect({ code, out }).toEqual({ code: 3, out: '' });
});
