import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Called, call } from '../../../kit/cli/call.ts';
import { anApplication, aRoute, type RouteSpec, withRoutes } from '../../../kit/objects/application.ts';
import { aMatrix, disabling, withModules } from '../../../kit/objects/matrix.ts';

/** A matrix with two places, each of whose actions a route of `good` leads to. */
const matrix = aMatrix(
  disabling(),
  withModules(
    { name: 'Scheduled Jobs', access: 'Limited', actions: ['Run'] },
    { name: 'Email Log', access: 'Read' },
  ),
);
const good = [
  aRoute('GET /jobs', 'Scheduled Jobs: Read'),
  aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
  aRoute('GET /email-log', 'Email Log: Read'),
];

const lint = async (routes: readonly unknown[], ...words: string[]): Promise<Called> => {
  const application = anApplication(withRoutes(...(routes as RouteSpec[])));
  const documents = [application, matrix].map((each) => `---\n${stringify(each)}`);
  return call(['routes', 'lint', '-', ...words], { stdin: documents.join('') });
};

/** Each finding as `severity field rule`. */
async function findings(...routes: unknown[]): Promise<string[]> {
  const { out } = await lint([...good, ...routes], '-o', 'json');
  const { findings: found } = JSON.parse(out) as {
    findings: Record<'severity' | 'field' | 'rule', string>[];
  };
  return found.map(({ severity, field, rule }) => `${severity} ${field} ${rule}`);
}

describe('routes lint', () => {
  it('says that good routes are good, beside the matrix of the same file', async () => {
    expect(await lint(good)).toEqual({ code: 0, out: '', err: 'The text on stdin is good.\n' });
  });

  it('CC-11 names the actions that no route leads to, by their places', async () => {
    const { code, out, err } = await lint(good.slice(0, 1));
    expect(code).toBe(0);
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'matrix ecase-1: "Scheduled Jobs": should be reached by a route, and none leads to Run',
    );
    expect(text).toContain(
      'matrix ecase-1: "Email Log": should be reached by a route, and none leads to Read',
    );
    expect(err).toBe('The text on stdin would be taken; 2 things are unwise.\n');
    expect(await lint(good.slice(0, 1), '--strict')).toMatchObject({ code: 1 });
  });

  it('CC-11 names the routes that no action covers, and what was probably meant', async () => {
    const { out } = await lint([...good, aRoute('POST /jobs/{id}/again', 'Scheduled Jobs: Rum')]);
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('spec.routes[3]: "Rum in Scheduled Jobs": should be allowed by ecase-1');
    expect(text).toContain('write "Run" if that is meant');
  });

  it('names a route that no request ever meets, and the one that takes them all', async () => {
    expect(
      await findings(
        aRoute('GET /files/{name}', 'Email Log: Read'),
        aRoute('GET /files/{name}/*', 'Email Log: Read'),
        aRoute('GET /files/', 'Email Log: Read'),
        aRoute('GET /files/*', 'Email Log: Read'),
      ),
    ).toEqual([
      expect.stringMatching(/^unwise spec\.routes\[6\] should be met by some request, and spec\.routes\[/),
    ]);
  });

  it('does not take routes for shadowed that parameters, methods or a longer rest tell apart', async () => {
    expect(
      await findings(
        aRoute('GET /files/{name}', 'Email Log: Read'),
        aRoute('GET /files/*', 'Email Log: Read'),
        {
          ...aRoute('GET /jobs', 'Scheduled Jobs: Read'),
          name: 'open',
          query: [{ name: 'state', value: 'a b' }],
        },
        aRoute('HEAD /jobs', 'Scheduled Jobs: Read'),
        aRoute('GET /jobs.csv', 'Scheduled Jobs: Read'),
      ),
    ).toEqual([]);
  });

  it('asks no matrix about a Static route, and tells routes of one path apart by the types of their bodies', async () => {
    expect(
      await findings(
        { name: 'files', type: 'Static', methods: ['GET'], path: '/assets/*' },
        { ...aRoute('POST /jobs', 'Scheduled Jobs: Run'), name: 'json', contentTypes: ['application/json'] },
        {
          ...aRoute('POST /jobs', 'Scheduled Jobs: Run'),
          name: 'file',
          contentTypes: ['multipart/form-data'],
        },
      ),
    ).toEqual([]);
    expect(await findings({ name: 'files', type: 'Static', methods: ['POST'], path: '/assets/*' })).toEqual([
      'wrong spec.routes[3].methods must be GET and HEAD only where type is Static',
    ]);
  });

  it.each([
    ['a colon', '/jobs/:id', 'has ":id" as it stands'],
    ['a repeated any', '/jobs/.+', 'has ".+" as it stands, and reads like a regular expression'],
    ['a group', '/jobs/(new)', 'reads like a regular expression'],
    ['an anchor', '/jobs$', 'reads like a regular expression'],
    ['a repeated letter', '/jobs/d+', 'reads like a regular expression'],
    ['an address of the gateway', '/support-access/home', "is the gateway's own"],
  ])('tells of a path with %s', async (_, path, says) => {
    const found = await findings(aRoute(`GET ${path}`, 'Email Log: Read'));
    expect(found).toEqual([expect.stringContaining(says)]);
    expect(found[0]).toMatch(/^unwise spec\.routes\[3\]\.path /);
  });

  it.each(['/a+b', '/~ada', '/c.d', '/price$1', '/a(b', '/v1.0', '/@me'])(
    'takes a plain name for one: %s',
    async (path) => {
      expect(await findings(aRoute(`GET ${path}`, 'Email Log: Read'))).toEqual([]);
    },
  );

  it.each([
    ['a class of characters', '/jobs/[0-9]'],
    ['a choice', '/jobs/a|b'],
    ['a backslash', '/jobs/\\d'],
    ['a placeholder without a name', '/jobs/{}'],
    ['two stars', '/jobs/**'],
    ['a star in the middle', '/*/jobs'],
  ])('says that a path with %s would be refused', async (_, path) => {
    const { code, out } = await lint([...good, aRoute(`GET ${path}`, 'Email Log: Read')]);
    expect(code).toBe(1);
    expect(out).toMatch(/^wrong +spec\.routes\[3\]\.path/m);
  });

  it('says that two routes for the same requests would be refused, and fields that are missing', async () => {
    const { action: _, ...half } = aRoute('GET /half', 'Email Log: Read');
    expect((await lint([...good, half])).out).toMatch(/^wrong +spec\.routes\[3\]\.action: must be given/m);
    const twins = await findings(
      aRoute('GET /jobs/{x}', 'Email Log: Read'),
      aRoute('GET /jobs/{y}', 'Email Log: Read'),
    );
    expect(twins).toEqual(['wrong spec.routes[4] must not mean the same requests as spec.routes[3]']);
  });

  it('takes a matrix of the product by --system, and says where none is there', async () => {
    const stdin = stringify(anApplication(withRoutes(...good)));
    const alone = await call(['routes', 'lint', '-'], { stdin });
    expect(alone.err).toContain('No matrix is laid beside the routes: name one with --matrix or --system');
    const { out } = await call(['routes', 'lint', '-', '--system', 'zoho-crm'], { stdin });
    expect(out).toContain('matrix zoho-crm-1: "Records"');
  });

  it('says what is missing in a file, and in a matrix that would be refused', async () => {
    const none = await call(['routes', 'lint', '-'], { stdin: stringify(matrix) });
    expect(none).toMatchObject({
      code: 3,
      err: expect.stringContaining('must hold one SupportApplication and holds none'),
    });
    const stdin = [anApplication(), { ...matrix, spec: {} }]
      .map((each) => `---\n${stringify(each)}`)
      .join('');
    const broken = await call(['routes', 'lint', '-'], { stdin });
    expect(broken).toMatchObject({ code: 3, err: expect.stringContaining('matrix lint') });
  });
});
