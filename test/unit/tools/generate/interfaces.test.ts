/** How a structural schema becomes a type: what JSON Schema has no word for must not get lost. */
import { describe, expect, it } from 'vitest';
import { kebab, toJsonSchema } from '../../../../tools/generate/interfaces.ts';

describe('a structural schema as JSON Schema', () => {
  it('is a number or a string where it says int-or-string', () => {
    expect(toJsonSchema({ 'x-kubernetes-int-or-string': true })).toEqual({ type: ['integer', 'string'] });
  });

  it('may be null where it says nullable, also among listed values', () => {
    expect(toJsonSchema({ type: 'string', nullable: true, enum: ['A'] })).toEqual({
      type: ['string', 'null'],
      enum: ['A', null],
    });
  });

  it('is closed, unless it preserves what it does not know', () => {
    expect(toJsonSchema({ type: 'object' })).toMatchObject({ additionalProperties: false });
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    expect(toJsonSchema(open)).toMatchObject({ additionalProperties: true });
  });

  it('keeps what maps hold', () => {
    const schema = { type: 'object', additionalProperties: { type: 'string' } };
    expect(toJsonSchema(schema)).toMatchObject({ additionalProperties: { type: 'string' } });
  });

  it('keeps which properties are required', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      properties: { a: { type: 'string' }, b: { type: 'integer' } },
    };
    expect(toJsonSchema(schema)).toMatchObject({ required: ['a'], properties: { b: { type: 'integer' } } });
  });
});

it('a kind becomes a file name', () => {
  expect(kebab('SupportAccessGrant')).toBe('support-access-grant');
});
