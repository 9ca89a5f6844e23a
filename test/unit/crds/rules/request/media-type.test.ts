import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from '../../../../../crds/rules/request/media-type.ts';
import { compileRoutes, routeConflicts } from '../../../../../crds/rules/request/routes.ts';
import { aRoute } from '../../../../kit/objects/application.ts';

describe('the type of a body', () => {
  it.each([
    [undefined, undefined],
    ['application/json', 'application/json'],
    ['Multipart/Form-Data; boundary="a;b"', 'multipart/form-data'],
    [' text/plain ;charset=utf-8', 'text/plain'],
    ['', 'unclear'],
    ['json', 'unclear'],
    ['application/json, multipart/form-data', 'unclear'],
    ['application/json; x=1, text/html', 'unclear'],
    ['application /json', 'unclear'],
    ['application/json\u00a0', 'unclear'],
  ])('of %j is %j', (line, type) => {
    expect(mediaTypeOf(line)).toBe(type);
  });
});

const upload = {
  ...aRoute('POST /documents', 'Documents: Upload'),
  name: 'upload',
  contentTypes: ['multipart/form-data'],
};
const save = {
  ...aRoute('POST /documents', 'Documents: Save'),
  name: 'save',
  contentTypes: ['application/json'],
};
const other = { ...aRoute('POST /documents', 'Documents: Other'), name: 'other' };

describe('a route that names the types of its body', () => {
  const found = (routes: Parameters<typeof compileRoutes>[0], contentType?: string) =>
    compileRoutes(routes).find('POST', '/documents', { contentType })?.action;

  it('is met by a body of such a type, and tells uploads and forms of one path apart', () => {
    expect(found([upload, save], 'multipart/form-data; boundary=x')).toBe('Upload');
    expect(found([upload, save], 'application/json')).toBe('Save');
    expect(routeConflicts([upload, save])).toEqual([]);
  });

  it.each([[undefined], ['text/plain'], [''], ['application/json, multipart/form-data']])(
    'is not met by %j, and the customer reads why',
    (contentType) => {
      expect(found([upload, save], contentType)).toBeUndefined();
      expect(compileRoutes([upload]).explain('POST', '/documents', { contentType })).toContain(
        'contentTypes',
      );
    },
  );

  it('goes before one that names none, which takes what is left and clear', () => {
    expect(found([other, upload], 'multipart/form-data; boundary=x')).toBe('Upload');
    expect(found([other, upload], 'text/plain')).toBe('Other');
    expect(found([other, upload])).toBe('Other');
    expect(found([other, upload], 'multipart/form-data, text/plain')).toBeUndefined();
  });

  it('lets no wider path take the request', () => {
    const rest = aRoute('POST /*', 'Documents: Rest');
    expect(found([upload, rest], 'text/plain')).toBeUndefined();
  });

  it('is in conflict with one of the same types in another order', () => {
    const [one, two] = [
      ['a/b', 'c/d'],
      ['c/d', 'a/b'],
    ].map((contentTypes) => ({ ...upload, contentTypes }));
    expect(routeConflicts([one, two] as (typeof upload)[])).toMatchObject([{ first: 0, second: 1 }]);
  });

  it('means both where two of them take the type and neither is stricter', () => {
    const [one, two] = [
      { ...upload, contentTypes: ['a/b', 'c/d'] },
      { ...save, contentTypes: ['c/d', 'e/f'] },
    ];
    const route = compileRoutes([one, two]).find('POST', '/documents', { contentType: 'c/d' });
    expect(new Set([route?.action, ...(route?.also ?? []).map(({ action }) => action)])).toEqual(
      new Set(['Save', 'Upload']),
    );
  });
});
