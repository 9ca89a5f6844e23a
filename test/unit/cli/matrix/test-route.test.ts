import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Called, call } from '../../../kit/cli/call.ts';
import { scriptedServer } from '../../../kit/cli/scripted-server.ts';
import { anApplication, aRoute, withRoutes } from '../../../kit/objects/application.ts';
import { aGrant } from '../../../kit/objects/grant.ts';
import { aMatrix } from '../../../kit/objects/matrix.ts';

const application = anApplication(
  withRoutes(
    aRoute('GET /jobs/{id}', 'Scheduled Jobs: Read'),
    aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
    aRoute('DELETE /jobs/{id}', 'Scheduled Jobs: Delete'),
    aRoute('GET /export', 'Email Log: Export'),
    aRoute('GET /{page}', 'Email Log: Read'),
    { name: 'files', type: 'Static', methods: ['GET'], path: '/assets/*' },
    { ...aRoute('POST /jobs', 'Scheduled Jobs: Run'), contentTypes: ['multipart/form-data'] },
  ),
);
const documents = [application, aMatrix()].map((each) => `---\n${stringify(each)}`).join('');

const ask = async (...words: string[]): Promise<Called> =>
  call(['routes', 'test', ...words, '-'], { stdin: documents });

describe('routes test', () => {
  it('says which route a request has, what it means, and that the matrix allows it', async () => {
    const { code, out, err } = await ask('GET', 'https://anything.example/jobs/7?x=1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Request      GET /jobs/7?x=1
Application  the text on stdin
Route        GET /jobs/{id} (/jobs/{id})
Means        Read in Scheduled Jobs
Matrix       ecase-1: yes, the matrix allows "Read" in "Scheduled Jobs"
`);
  });

  it('exits with 1 where the matrix refuses it, and says why', async () => {
    const { code, out } = await ask('delete', '/jobs/7');
    expect(code).toBe(1);
    expect(out).toContain('ecase-1: no, the matrix disables "Delete" in "Scheduled Jobs"');
  });

  it('EC-11 says that a request without a route is refused, and which methods have one', async () => {
    const { code, out } = await ask('PUT', '/jobs/7');
    expect(code).toBe(1);
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('The application does not say what this request means, so it is refused.');
    expect(text).toContain('The same address has a route for GET, HEAD, DELETE.');
  });

  it('shows what a lenient application may take the request for besides, which must be allowed too', async () => {
    const { code, out } = await ask('GET', '/export.csv');
    expect(code).toBe(1);
    expect(out).toMatch(/Or as well +GET/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain('does not list the action "Export" in "Email Log"');
  });

  it('refuses what has no single meaning, with the way out', async () => {
    expect((await ask('GET', '/jobs//7')).out).toContain('must not have an empty segment');
    expect(await ask('OPTIONS', '/jobs/7')).toMatchObject({ code: 4 });
    expect(await ask('GET', 'jobs/7')).toMatchObject({ code: 4 });
    expect(await ask('GET', 'ftp://a.example/jobs')).toMatchObject({ code: 4 });
  });

  it('says of a file that no matrix is asked, and of a body that its type is another', async () => {
    const file = await ask('GET', '/assets/a.css');
    expect(file.code).toBe(0);
    expect(file.out).toContain('a file that everyone with a session may load');
    expect(file.out).toContain('no matrix is asked about a Static route');
    expect(await ask('POST', '/jobs', '--content-type', 'multipart/form-data; boundary=x')).toMatchObject({
      code: 0,
    });
    const other = await ask('POST', '/jobs', '--content-type', 'text/plain');
    expect(other.code).toBe(1);
    expect(other.out.replaceAll(/\s+/g, ' ')).toContain('must be one that the route names in "contentTypes"');
  });

  it('prints the same for programs', async () => {
    const { out } = await ask('GET', '/jobs/7', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      request: 'GET /jobs/7',
      route: { module: 'Scheduled Jobs', action: 'Read', template: '/jobs/{id}' },
      matrices: [{ name: 'ecase-1', allowed: true }],
    });
  });

  it('finds the application of the cluster by the host of the URL, and the matrices by its grants', async () => {
    const grant = aGrant();
    const server = await scriptedServer((line) => {
      const path = line.split(' ')[1] ?? '';
      if (path.endsWith('/supportapplications')) return [200, list('SupportApplication', application)];
      if (path.endsWith('/supportaccessgrants')) return [200, list('SupportAccessGrant', grant)];
      return [200, aMatrix()];
    });
    const called = await call([
      'routes',
      'test',
      'GET',
      'https://ecase.apps.example.com/jobs/7',
      ...server.options,
    ]);
    expect(called).toMatchObject({ code: 0, err: '' });
    expect(called.out).toContain('the installed application ecase/ecase');
    const elsewhere = await call([
      'routes',
      'test',
      'GET',
      'https://other.example.com/jobs/7',
      ...server.options,
    ]);
    expect(elsewhere).toMatchObject({
      code: 3,
      err: expect.stringContaining('no SupportApplication has the host'),
    });
  });
});

const list = (kind: string, ...items: object[]): object => ({
  kind: `${kind}List`,
  apiVersion: 'supportaccess.dev/v1beta1',
  metadata: { resourceVersion: '7' },
  items,
});
