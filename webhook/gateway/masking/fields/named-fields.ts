/** Fields that a matrix names: members of JSON, elements and attributes, fields of forms and addresses, columns of tables. */
import type { ClassStage, PlacedClass, WriteValue } from '../classes/data-class.ts';
import type { TextKind } from '../reading/grammar.ts';
import { CsvColumns } from './csv-columns.ts';
import { FieldNames } from './field-names.ts';
import { FieldStage } from './field-stage.ts';
import type { HiddenPlace } from './taking.ts';

/** The class of what stands in these fields. */
export function namedFields(names: readonly string[]): PlacedClass {
  const listed = new FieldNames(names);
  const replacement = '[field-hidden]';
  const follow = (kind: TextKind, write: WriteValue): ClassStage => {
    let count = 0;
    const hide = (
      written: string,
      { isKept = true, isCut = false, before = '' }: HiddenPlace = {},
    ): string => {
      if (written === '') return '';
      count += 1;
      return write({ written, before, isKept, isCut });
    };
    const counting = { hide, counted: () => count };
    return kind === 'csv'
      ? new CsvColumns(name, (column) => listed.has(column), counting)
      : new FieldStage(name, { names: listed, kind, ...counting });
  };
  return { name, plural: 'fields of the matrix', replacement, follow };
}

const name = 'NamedField';
