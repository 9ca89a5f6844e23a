/** Which files pass: where the matrix lists the action in `downloadActions`, and nowhere else but on Static routes. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { SupportPermissionMatrix } from '../../../../../../crds/generated/support-permission-matrix.ts';
import { problemsOf } from '../../../../../../crds/rules/problems/index.ts';
import { aGrant, fromAddresses, opened } from '../../../../../kit/objects/grant.ts';
import { aMatrix } from '../../../../../kit/objects/matrix.ts';
import { withMetadata, withSpec } from '../../../../../kit/objects/object.ts';
import { aServedGateway } from '../../../../../kit/objects/served-gateway.ts';

let gateway: Awaited<ReturnType<typeof aServedGateway>>;

afterEach(() => gateway?.close());

const png = `${Buffer.from('89504e470d0a1a0a', 'hex').toString('latin1')}ada@x.com`;

/** What a person gets of a response of this type, by a matrix with this beside the usual. */
async function got(spec: Partial<SupportPermissionMatrix['spec']>, type: string, body: Buffer) {
  gateway = await aServedGateway((_, response) =>
    response.writeHead(200, { 'content-type': type }).end(body),
  );
  const matrix = aMatrix(withSpec(spec), withMetadata({ resourceVersion: '2' }));
  gateway.objects.put(matrix, aGrant(opened({ matrix }), fromAddresses('127.0.0.0/8')));
  const { status, body: text } = await gateway.ask('/jobs');
  return { status, text, refused: gateway.refused };
}

describe('CC-10 a file', () => {
  it.each([
    ['image/png', Buffer.from(png, 'latin1')],
    ['application/octet-stream', Buffer.from(png, 'latin1')],
    ['application/gzip', gzipSync('ada@x.com')],
    ['application/pdf', Buffer.from('%PDF-1.7 (ada@x.com)')],
  ])('of the type %s is refused where the action is no download', async (type, body) => {
    const { status, text, refused } = await got({}, type, body);
    expect([status, refused]).toEqual([502, ['NotMaskable']]);
    expect(text).not.toContain('ada@');
    expect(JSON.stringify(gateway.trail.records)).toContain('downloadActions');
  });

  it('passes with every byte where the matrix lists the action', async () => {
    const { status, text } = await got(
      { downloadActions: ['Read'] },
      'image/png',
      Buffer.from('GIF89a\0\0ada@x.com'),
    );
    expect([status, text]).toEqual([200, 'GIF89a\0\0ada@x.com']);
  });

  it('passes where nothing is masked', async () => {
    const { status, text } = await got(
      { masking: 'Disabled' },
      'image/png',
      Buffer.from('GIF89a\0\0ada@x.com'),
    );
    expect([status, text]).toEqual([200, 'GIF89a\0\0ada@x.com']);
  });

  it('that is no file but a text is masked also there, and what its type does not say is refused', async () => {
    const text = await got(
      { downloadActions: ['Read'] },
      'application/octet-stream',
      Buffer.from('name,ada@x.com\n'),
    );
    expect([text.status, text.text]).toEqual([200, 'name,[e-mail-hidden]\n']);
    await gateway.close();
    const other = await got(
      { downloadActions: ['Read'] },
      'application/pdf',
      Buffer.from('GIF89a\0\0ada@x.com'),
    );
    expect([other.status, other.refused]).toEqual([502, ['NotMaskable']]);
  });
});

it('a download that the matrix does not list is refused when the matrix is applied', () => {
  expect(problemsOf(aMatrix(withSpec({ downloadActions: ['Read'] })))).toEqual([]);
  const [problem] = problemsOf(aMatrix(withSpec({ downloadActions: ['Read', 'Downlaod'] })));
  expect(problem).toMatchObject({
    field: 'spec.downloadActions[1]',
    rule: 'must be an action that the matrix lists',
    fix: expect.stringContaining('correct the spelling'),
  });
});
