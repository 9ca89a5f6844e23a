/** With which options does a call name the records that it means? */
import type { Command as Parser } from 'commander';

/** Adds the options that name a source. */
export function addSourceOptions(parser: Parser): void {
  parser
    .option(
      '--file <path>',
      'the records file (records.db), or a copy written by "records print -o json"; - is stdin',
    )
    .option('--url <url>', 'the records door, for example https://127.0.0.1:8445')
    .option('--token-file <path>', 'token for --url (audience support-access); or set SUPPORT_ACCESS_TOKEN')
    .option('--ca-file <path>', 'CA certificates for --url (PEM)')
    .option('--server-name <name>', 'name in the certificate of --url, when it is reached under another one');
}
