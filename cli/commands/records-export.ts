/** `records export`: a part of the records to take along, with what it is verified by. */
import { exportFormats } from '../../trail/wire.ts';
import type { Command } from '../command.ts';
import { addSourceOptions } from '../records/record-source.ts';

const help = `
kubectl support-access records export audit-2026.jsonl
kubectl support-access records export week.csv -o csv --after 41000 --last 52000

Writes the records into FILE, and FILE.manifest.json beside it: which part of which log it is, the hash of the record before it and of
its last one, and of the file. "records verify --file FILE" then checks the part by itself; with --head, a head of a record of it that was kept
elsewhere, it proves that these are the records that were written. The manifest is not signed.

jsonl has one record a line in its canonical form. csv is a table for spreadsheets: a cell that would be taken for a formula begins with an
apostrophe; what has no column is left out, and only its bytes can be verified.

It needs the right "export" on auditrecords.supportaccess.dev, and is recorded with the range before the first line is given
(audit.exported). From a file (--file) nothing is recorded. A file that is there is never written over.`;

export const recordsExport: Command = {
  words: ['records', 'export'],
  summary: 'Write a part of the records into a file that can be verified alone',
  cluster: true,
  configure(parser) {
    parser.argument('<to>', 'the new file');
    addSourceOptions(parser);
    parser
      .option('-o, --output <format>', exportFormats.join(', '), 'jsonl')
      .option('--after <seq>', 'only records after this sequence number', '0')
      .option('--last <seq>', 'up to this sequence number; else to the end as it is now')
      .addHelpText('after', help);
  },
  async run(input, terminal) {
    const { exportRecords } = await import('../records/export-records.ts');
    return exportRecords(input, terminal);
  },
};
